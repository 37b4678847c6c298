import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyOfDatabase, emptyTestDatabase, testDatabase, type TestDatabase } from '../support/database.js';
import { temporaryFolder } from '../support/database-process.js';
import { type CommandResult, runCommand } from '../support/recorded-session.js';
import { move, ownedDatabase, type OwnedDatabase, password, rowsOf, schemaOf } from './move-rig.js';

let source: TestDatabase;
let target: OwnedDatabase;

beforeAll(async () => {
  source = await testDatabase();
  await source.dataSource.query(`insert into organization (name) values ('acme')`);
  await source.dataSource.destroy();
  target = await ownedDatabase();
});
afterAll(async () => {
  await source.drop();
  await target.drop();
});

/** The one sentence, with exit status 2 and nothing on standard output; the target is as empty as it was. */
async function refusalOf(result: Promise<CommandResult>): Promise<string> {
  const { status, out, err } = await result;
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err).toMatch(/^hubwarden: .*\n$/);
  expect(err).not.toContain('DATABASE_URL is not');
  expect(err).not.toContain(password);
  expect(err).not.toContain(encodeURIComponent(password));
  expect(await schemaOf(target.database.dataSource)).toEqual([]);
  expect(await rowsOf(target.database.dataSource)).toEqual({});
  return err;
}

describe('where --to cannot take it', () => {
  test.each<[string, () => string, RegExp]>([
    ['no address', () => password, /--to is not the address of a PostgreSQL database\. Expected: postgres:/],
    ['of another kind', () => `mysql://u:${encodeURIComponent(password)}@h/d`, /--to is not the address/],
    [
      'nobody listens there',
      () => `postgres://u:${encodeURIComponent(password)}@127.0.0.1:9/none`,
      /127\.0\.0\.1:9\/none cannot be used: nothing listens there\. .* port of --to right\?/,
    ],
    [
      'another password',
      () => target.url.replace(/:geheim/, ':nicht-geheim'),
      /the server does not accept the user name and password of --to\./,
    ],
    ['no such database', () => `${target.url}_none`, /there is no database of that name on the server\. Create it/],
    ['the same database', () => source.url, /The database of --to is the one that is to be moved/],
    [
      'the same one by another address',
      () => source.url.replace('127.0.0.1', 'localhost'),
      /The database of --to is the one that is to be moved/,
    ],
  ])('%s', async (_, to, sentence) => {
    expect(await refusalOf(move(to(), source.url))).toMatch(sentence);
  });

  test('another installation lives there', async () => {
    const other = await testDatabase();
    try {
      const before = await schemaOf(other.dataSource);
      expect(await refusalOf(move(other.url, source.url))).toMatch(
        /already holds tables of an installation \(\w+ and \d+ more\)\. Expected: an/,
      );
      expect(await schemaOf(other.dataSource)).toEqual(before);
    } finally {
      await other.drop();
    }
  });

  test('another installation was moved there, or is on its way', async () => {
    const [other, taken] = [await copyOfDatabase(source.url), await ownedDatabase()];
    try {
      await other.dataSource.destroy();
      expect((await move(taken.url, other.url)).status).toBe(0);
      expect(await refusalOf(move(taken.url, source.url))).toMatch(
        /holds what was moved there from another installation \(.*\)\. Expected: an empty/,
      );
      await taken.database.dataSource.query('update database_move set finished_at = null');
      expect(await refusalOf(move(taken.url, source.url))).toMatch(/holds an unfinished move of another installation/);
    } finally {
      await other.drop();
      await taken.drop();
    }
  });

  test('a move was begun there by another version', async () => {
    const [from, begun] = [await copyOfDatabase(source.url), await ownedDatabase()];
    const { dataSource } = begun.database;
    try {
      await from.dataSource.destroy();
      await move(begun.url, from.url);
      await runCommand(['database', 'reopen'], { DATABASE_URL: from.url });
      await dataSource.query('update database_move set finished_at = null');
      await dataSource.query(`insert into migration (timestamp, name) values (1, 'Console20300101000000')`);
      expect(await refusalOf(move(begun.url, from.url))).toMatch(
        /At --to: .*migrated by a newer Hubwarden .*Console20300101000000/,
      );
      await dataSource.query(`delete from migration where name like 'Console%' or name like 'History%'`);
      expect(await refusalOf(move(begun.url, from.url))).toMatch(
        /begun by an older Hubwarden \(its tables lack History\d+\)\. Empty that/,
      );
    } finally {
      await from.drop();
      await begun.drop();
    }
  });

  test('the user may not make tables', async () => {
    const closed = await ownedDatabase();
    try {
      await closed.database.dataSource.query('revoke create on schema public from pg_database_owner');
      expect(await refusalOf(move(closed.url, source.url))).toMatch(
        /may not create tables in the schema "public"\. Grant it:/,
      );
    } finally {
      await closed.drop();
    }
  });
});

describe('where the database cannot be moved', () => {
  test('somebody works with it', async () => {
    await source.dataSource.initialize();
    try {
      await source.dataSource.query('select 1');
      expect(await refusalOf(move(target.url, source.url))).toMatch(
        /at work on the database that is to be moved\. Stop every “hubwarden serve”/,
      );
    } finally {
      await source.dataSource.destroy();
    }
  });

  test('migrations are missing there, or it is not whole itself', async () => {
    const [old, half] = [await emptyTestDatabase(), await copyOfDatabase(source.url)];
    try {
      await old.dataSource.destroy();
      expect(await refusalOf(move(target.url, old.url))).toMatch(
        /has not seen every migration .* Run “hubwarden migrate” first\./,
      );
      const { dataSource } = half;
      await dataSource.query(`
        create table database_move (direction text primary key, other text, place text, started_at timestamptz, finished_at timestamptz);
        insert into database_move values ('from', '1/1', 'elsewhere', now(), null)`);
      await dataSource.destroy();
      expect(await refusalOf(move(target.url, half.url))).toMatch(
        /is not whole: the move from elsewhere into it is not finished/,
      );
    } finally {
      await old.drop();
      await half.drop();
    }
  });

  test('there is none, and none is begun', async () => {
    const folder = temporaryFolder();
    const variables = { HUBWARDEN_DATA_DIR: join(folder, 'data') };
    try {
      const args = ['database', 'move', '--to', target.url];
      expect(await refusalOf(runCommand(args, variables))).toMatch(
        /There is no database in .*data\. Expected: the HUBWARDEN_DATA_DIR of/,
      );
      expect(existsSync(variables.HUBWARDEN_DATA_DIR)).toBe(false);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

test('without --to it is exit status 2', async () => {
  const { status, err } = await runCommand(['database', 'move'], { DATABASE_URL: source.url });
  expect(status).toBe(2);
  expect(err).toContain("required option '--to <url>'");
});
