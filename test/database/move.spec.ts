import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prepareJobs } from '../../src/jobs/prepare-jobs.js';
import { CompanyNights, night } from '../support/company-nights.js';
import { temporaryFolder } from '../support/database-process.js';
import { runCommand } from '../support/recorded-session.js';
import { move, ownedDatabase, type OwnedDatabase, password, rowsOf, schemaOf } from './move-rig.js';

describe('a judged company', () => {
  let nights: CompanyNights;
  let sourceUrl: string;
  let target: OwnedDatabase;
  let before: { rows: Record<string, string[]>; schema: string[]; replay: string; trail: string };

  const on = (url: string, ...args: readonly string[]) => runCommand(args, { DATABASE_URL: url });

  beforeAll(async () => {
    nights = await CompanyNights.start();
    await nights.judge(0);
    await nights.except('offboarded-access-removed', 'jonasreuter', 'a quiet "week", \\ and more…', night(0, 1));
    nights.member('jonasreuter').role = 'owner';
    await nights.judge(1);
    const { url, dataSource } = nights.company.database;
    sourceUrl = url;
    await on(url, 'token', 'create', '--name', 'grafana', '--role', 'auditor');
    // What a way over other formats would lose.
    await dataSource.query(`
      insert into observation (organization_id, dataset, key, data, first_snapshot) values
        (1, 'odd', 'json null', 'null', 1), (1, 'odd', E'tab\\t, "quote", \\\\ and \\n', '{"n": 1.10, "big": 1e400}', 1),
        (1, 'odd', '', '""', 9007199254740993), (1, 'odd', '🦉', '{"deep": [null, "\\\\u00e9"]}', 1);
      insert into voice (subject, decision, reason, actor, at) values
        ('odd', '', '\\x00 (a,"b")', '{}', '-infinity'), ('Odd', ' ', 'NULL', '', '2026-11-21 02:00:00.123456+00');
      select setval(pg_get_serial_sequence('person', 'id'), 5000)`);
    before = {
      rows: await rowsOf(dataSource),
      schema: await schemaOf(dataSource),
      replay: (await on(url, 'replay', 'latest')).out,
      trail: (await on(url, 'trail', 'verify')).out,
    };
    // Of the queue, which is no part of it.
    await prepareJobs(dataSource, url, { redisUrl: null, databaseUrl: url });
    await dataSource.destroy();
    target = await ownedDatabase();
  });
  afterAll(async () => {
    await nights.stop();
    await target.drop();
  });

  test('is the same afterwards, in a database of somebody who is no superuser', async () => {
    const shown = [
      'compare rows',
      'copy rows',
      'copy rows: done, N',
      'compare rows: done, N',
      'add foreign keys and statistics',
      'add foreign keys and statistics: done, N',
      '',
    ].join('\n');
    const { status, out, err } = await move(target.url, sourceUrl);
    expect({ status, err: err.replaceAll(/\d+/g, 'N') }).toEqual({ status: 0, err: shown });
    const rows = Object.entries(before.rows).filter(([table]) => table !== 'migration');
    for (const [table, lines] of rows)
      expect(out).toMatch(new RegExp(`^${table} +${lines.length} +[0-9a-f]{64} +copied$`, 'm'));
    const count = rows.reduce((sum, [, lines]) => sum + lines.length, 0);
    const { host, pathname } = new URL(target.url);
    expect(out).toContain(
      `\nMoved to ${host}${pathname}: ${rows.length} tables, ${count} rows, every row the same in both.\n`,
    );
    expect(out).toContain('1. Set DATABASE_URL');
    expect(out + err).not.toContain(password);
    expect(out + err).not.toContain(encodeURIComponent(password));
    const { dataSource } = target.database;
    expect(await rowsOf(dataSource)).toEqual(before.rows);
    expect(await schemaOf(dataSource)).toEqual(before.schema);
  });

  test('judges again to the same bytes, and has a whole trail', async () => {
    expect(before.replay).toContain('identical');
    expect(await on(target.url, 'replay', 'latest')).toMatchObject({ status: 0, out: before.replay });
    expect(before.trail).toContain('The trail is whole');
    expect(await on(target.url, 'trail', 'verify')).toMatchObject({ status: 0, out: before.trail });
  });

  test('is compared once more by whoever moves it again, and a row that was changed is found', async () => {
    const { dataSource } = target.database;
    expect(await move(target.url, sourceUrl)).toMatchObject({
      status: 0,
      out: expect.stringMatching(/Was moved to .* every row still the same in both\./),
    });
    const [row] = await dataSource.query<{ id: string; message: string }[]>(
      'select id, message from verdict order by id desc limit 1',
    );
    const write = (message: string | undefined) =>
      dataSource.query('update verdict set message = $2 where id = $1', [row?.id, message]);
    await write(`${row?.message} `);
    const changed = await move(target.url, sourceUrl);
    expect(changed).toMatchObject({ status: 3, out: '' });
    expect(changed.err).toContain(
      `verdict is not the same in both databases: the row with id ${row?.id} is not the same.`,
    );
    await write(row?.message);
    const [last] = await dataSource.query<{ line: object }[]>(
      'with gone as (delete from verdict where id = $1 returning *) select to_jsonb(gone) as line from gone',
      [row?.id],
    );
    expect((await move(target.url, sourceUrl)).err).toContain(`the row with id ${row?.id} is not there.`);
    await dataSource.query(
      'insert into verdict overriding system value select * from jsonb_populate_record(null::verdict, $1)',
      [last?.line],
    );
    expect((await move(target.url, sourceUrl)).status).toBe(0);
  });

  test('is left where it was: nobody goes on with the old database by mistake', async () => {
    const refused = await on(sourceUrl, 'migrate');
    expect(refused).toMatchObject({ status: 2, out: '' });
    expect(refused.err).toMatch(/This database was moved to .* Set DATABASE_URL to the address of that one/);
    expect(refused.err).not.toContain(password);
    const elsewhere = await ownedDatabase();
    expect((await move(elsewhere.url, sourceUrl)).err).toMatch(/This database was moved to .* Move from there\./);
    await elsewhere.drop();
    expect((await on(sourceUrl, 'database', 'reopen')).out).toMatch(
      /The database can be used again\. It is as it was on/,
    );
    expect(await on(sourceUrl, 'migrate')).toMatchObject({ status: 0, out: 'The database is up to date.\n' });
    expect((await on(sourceUrl, 'database', 'reopen')).out).toContain('was not moved away');
  });

  test('goes on in the new database: nights, numbers, guards', async () => {
    const { dataSource } = target.database;
    nights.company.goOnWith(target.database);
    const report = await nights.judge(2);
    expect(report.evaluation.at).toBe(night(2));
    const [next] = await dataSource.query<{ id: string }[]>(
      `insert into person (employee_id, data, first_roster) values ('E-new', '{}', 1) returning id`,
    );
    expect(Number(next?.id)).toBeGreaterThan(5000);
    await expect(dataSource.query('delete from trail_entry')).rejects.toThrow('append-only');
    expect((await on(target.url, 'replay', 'latest')).out).toContain('identical');
    const [past] = await dataSource.query<{ count: string }[]>('select count(*) from past_row');
    expect(Number(past?.count)).toBeGreaterThan(before.rows['past_row']?.length ?? 0);
  });
});

test('an installation leaves its embedded server, and is told to keep its key', async () => {
  const folder = temporaryFolder();
  const target = await ownedDatabase();
  const variables = { HUBWARDEN_DATA_DIR: join(folder, 'data') };
  try {
    const absent = await runCommand(['database', 'move', '--to', target.url], variables);
    expect(absent).toMatchObject({ status: 2, out: '' });
    expect(absent.err).toContain(`There is no database in ${variables.HUBWARDEN_DATA_DIR}.`);
    await runCommand(['token', 'create', '--name', 'one', '--role', 'admin'], variables);
    const { status, out } = await runCommand(['database', 'move', '--to', target.url], variables);
    expect(status).toBe(0);
    expect(out).toMatch(/^api_token +1 /m);
    expect(out).toContain('encryption key');
    expect(out).toContain(`Keep the old database (${variables.HUBWARDEN_DATA_DIR})`);
    expect((await runCommand(['token', 'list'], variables)).err).toContain('This database was moved to');
    expect((await runCommand(['token', 'list'], { ...variables, DATABASE_URL: target.url })).out).toContain('one');
  } finally {
    await target.drop();
    await rm(folder, { recursive: true, force: true });
  }
});
