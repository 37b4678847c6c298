import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/database-process.js';
import { move, ownedDatabase, type OwnedDatabase, password, rowsOf, schemaOf } from './move-rig.js';

const program = fileURLToPath(new URL('../../dist/src/cli/hubwarden.js', import.meta.url));

let source: TestDatabase;
let target: OwnedDatabase;
beforeEach(async () => {
  source = await testDatabase();
  target = await ownedDatabase();
});
afterEach(async () => {
  await source.drop();
  await target.drop();
});

test('a process that is killed while rows travel leaves a move that goes on', async () => {
  // After the other tables in the order of names, and long enough to be killed in.
  await source.dataSource.query(`
    insert into verdict (check_id, organization_id, subject_kind, subject_key, subject_name, outcome, reason, message, facts, since,
                         first_evaluation)
    select 'user-identified', 1, 'account', n::text, 'user ' || n, 'pass', 'LINKED', repeat('known ', 20),
           jsonb_build_object('n', n), now(), 1
      from generate_series(1, 80000) as n`);
  const before = { rows: await rowsOf(source.dataSource), schema: await schemaOf(source.dataSource) };
  await source.dataSource.destroy();
  const { dataSource } = target.database;
  const started = async (): Promise<boolean> => {
    const [row] = await dataSource.query<{ there: boolean }[]>(
      `select to_regclass('database_move_table') is not null as there`,
    );
    if (row?.there !== true) return false;
    return (await dataSource.query<unknown[]>('select from database_move_table limit 1')).length > 0;
  };

  // The password by the environment, so that no list of processes shows it.
  const to = new URL(target.url);
  to.password = '';
  const child = spawn(process.execPath, [program, 'database', 'move', '--to', to.href], {
    env: { PATH: process.env['PATH'], DATABASE_URL: source.url, PGPASSWORD: password },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const exit = once(child, 'exit');
  await until(async () => child.exitCode !== null || (await started()), `a table is copied: ${said}`);
  child.kill('SIGKILL');
  await exit;
  expect({ killed: child.signalCode, said }).toMatchObject({ killed: 'SIGKILL' });
  const [record] = await dataSource.query<{ finished_at: Date | null }[]>('select finished_at from database_move');
  expect(record).toEqual({ finished_at: null });

  const { status, out, err } = await move(target.url, source.url);
  expect({ status, err }).toEqual({ status: 0, err: expect.stringContaining('copy rows: done') });
  expect(out).toContain('  copied before\n');
  expect(out).toMatch(/^verdict +80000 +[0-9a-f]{64} +copied$/m);
  expect(await rowsOf(dataSource)).toEqual(before.rows);
  expect(await schemaOf(dataSource)).toEqual(before.schema);
});
