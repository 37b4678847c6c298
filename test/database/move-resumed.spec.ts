import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataSourceFor } from '../../src/database/data-source.js';
import { isMistake } from '../../src/database/mistake.js';
import { moveDatabase, type MoveOutcome } from '../../src/database/move/move-database.js';
import { demoCompany } from '../../src/demo/company.js';
import { entities } from '../../src/entities.js';
import { JudgedCompany } from '../support/company.js';
import { administer, copyOfDatabase, type TestDatabase } from '../support/database.js';
import { runCommand } from '../support/recorded-session.js';
import { move, ownedDatabase, type OwnedDatabase, rowsOf, schemaOf } from './move-rig.js';

let company: JudgedCompany;
let original: { rows: Record<string, string[]>; schema: string[] };

beforeAll(async () => {
  company = await JudgedCompany.start(demoCompany('2026-11-21T02:00:00.000Z'));
  await company.night('2026-11-21T02:00:00.000Z');
  const { dataSource } = company.database;
  original = { rows: await rowsOf(dataSource), schema: await schemaOf(dataSource) };
  await dataSource.destroy();
});
afterAll(() => company.stop());

/** A copy of the judged company, on its way to an empty database. */
async function onTheWay(
  work: (source: TestDatabase, target: OwnedDatabase, databases: readonly string[]) => Promise<void>,
): Promise<void> {
  const source = await copyOfDatabase(company.database.url);
  const target = await ownedDatabase();
  await source.dataSource.destroy();
  try {
    await work(
      source,
      target,
      [source.url, target.url].map((url) => new URL(url).pathname.slice(1)),
    );
  } finally {
    await source.drop();
    await target.drop();
  }
}

/** `at` is called whenever rows were copied or compared, with how often before. */
async function watched(
  source: string,
  target: string,
  at: (times: number) => void,
  signal = new AbortController().signal,
): Promise<MoveOutcome | { readonly mistake: string }> {
  let times = 0;
  const applicationName = 'hubwarden move';
  const [from, to] = [
    dataSourceFor(source, entities, { applicationName }),
    dataSourceFor(target, [], { applicationName }),
  ];
  try {
    await from.initialize();
    await to.initialize();
    return await moveDatabase({
      source: from,
      target: to,
      from: 'here',
      to: 'there',
      signal,
      progress: { stage: () => ({ advance: () => at(times++), done: () => undefined }) },
    });
  } finally {
    for (const each of [from, to]) if (each.isInitialized) await each.destroy();
  }
}

async function copiedAt({ database }: OwnedDatabase): Promise<Map<string, string>> {
  const rows = await database.dataSource.query<{ table_name: string; at: string }[]>(
    'select table_name, copied_at::text as at from database_move_table',
  );
  return new Map(rows.map(({ table_name: name, at }) => [name, at]));
}

async function isWhole({ database }: OwnedDatabase): Promise<void> {
  expect(await rowsOf(database.dataSource)).toEqual(original.rows);
  expect(await schemaOf(database.dataSource)).toEqual(original.schema);
}

describe.each([0, 3, 9, 25, 31])('after %d portions of rows', (portions) => {
  test('a move that is stopped goes on where it was', () =>
    onTheWay(async (source, target) => {
      const stop = new AbortController();
      const stopped = watched(source.url, target.url, (times) => times >= portions && stop.abort(), stop.signal);
      await expect(stopped).rejects.toThrow('aborted');
      const before = await copiedAt(target);
      for (const refused of [
        await runCommand(['migrate'], { DATABASE_URL: target.url }),
        await runCommand(['trail', 'verify'], { DATABASE_URL: target.url }),
      ]) {
        expect(refused).toMatchObject({ status: 2, out: '' });
        expect(refused.err).toContain('This database is not whole yet: the move from here');
      }
      // Until it is finished, the old one is the one to work with.
      expect((await runCommand(['trail', 'verify'], { DATABASE_URL: source.url })).status).toBe(0);
      const { status, out } = await move(target.url, source.url);
      expect(status).toBe(0);
      expect([...out.matchAll(/^(\w+) .* copied before$/gm)].map(([, name]) => name)).toEqual(
        [...before.keys()].sort(),
      );
      const after = await copiedAt(target);
      for (const [name, at] of before) expect(after.get(name)).toBe(at);
      await isWhole(target);
    }));

  test('a move whose connections are cut, as by a crash on either side, goes on where it was', () =>
    onTheWay(async (source, target, databases) => {
      const cuts: Promise<void>[] = [];
      const killed = watched(source.url, target.url, (times) => {
        if (times !== portions) return;
        cuts.push(
          administer(
            `select pg_terminate_backend(pid) from pg_stat_activity
              where application_name = 'hubwarden move' and datname in ('${databases.join(`', '`)}')`,
          ),
        );
      });
      const outcome = await killed.catch(() => null);
      await Promise.all(cuts);
      expect(cuts).toHaveLength(1);
      expect(outcome === null || !isMistake(outcome)).toBe(true);
      expect((await move(target.url, source.url)).status).toBe(0);
      await isWhole(target);
    }));
});

/** As far as a move comes that is killed before it can write down its end. */
async function almostDone(source: TestDatabase, target: OwnedDatabase): Promise<void> {
  expect((await move(target.url, source.url)).status).toBe(0);
  await target.database.dataSource.query('update database_move set finished_at = null');
  expect((await runCommand(['database', 'reopen'], { DATABASE_URL: source.url })).status).toBe(0);
}

test('what has changed in the old database in between is copied again', () =>
  onTheWay(async (source, target) => {
    await almostDone(source, target);
    await source.dataSource.initialize();
    await source.dataSource.query(`update finding set acknowledged_by = 'jane' where id = 1`);
    const changed = await rowsOf(source.dataSource);
    await source.dataSource.destroy();
    const { status, out } = await move(target.url, source.url);
    expect(status).toBe(0);
    const again = [...out.matchAll(/^(\w+) .* copied again, changed since$/gm)].map(([, name]) => name);
    expect(again).toEqual(['finding', 'past_row']);
    expect(await rowsOf(target.database.dataSource)).toEqual(changed);
  }));

test('what was changed in the new database in between ends it, and nobody can work there', () =>
  onTheWay(async (source, target) => {
    await almostDone(source, target);
    await target.database.dataSource.query(`update finding set message = 'nothing' where id = 2`);
    const { status, out, err } = await move(target.url, source.url);
    expect({ status, out }).toEqual({ status: 3, out: '' });
    expect(err).toContain(
      'the move is not finished: finding is not the same in both databases: the row with id 2 is not the same.',
    );
    expect((await runCommand(['migrate'], { DATABASE_URL: target.url })).err).toContain('is not whole yet');
    expect((await runCommand(['migrate'], { DATABASE_URL: source.url })).status).toBe(0);
  }));

test('killed between its last two steps, neither database can be used until it is run again', () =>
  onTheWay(async (source, target) => {
    await move(target.url, source.url);
    await target.database.dataSource.query('update database_move set finished_at = null');
    expect((await runCommand(['migrate'], { DATABASE_URL: source.url })).status).toBe(2);
    expect((await runCommand(['migrate'], { DATABASE_URL: target.url })).status).toBe(2);
    expect((await move(target.url, source.url)).out).toContain('\nMoved to ');
    expect((await runCommand(['migrate'], { DATABASE_URL: target.url })).status).toBe(0);
    await isWhole(target);
  }));
