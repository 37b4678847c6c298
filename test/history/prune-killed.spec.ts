import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ConfigurationFile } from '../support/configuration-file.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/database-process.js';
import { runCommand } from '../support/recorded-session.js';

const program = fileURLToPath(new URL('../../dist/src/cli/hubwarden.js', import.meta.url));
const text =
  'organizations:\n  - name: acme\n    hub: { identifier: acme, secret: s }\nroster:\n  source: people.csv\nretention: { history: 400d }\n';
const many = 100_000;
const configuration = (): string => join(file.folder, 'hubwarden.yaml');

let database: TestDatabase;
let file: ConfigurationFile;
beforeEach(async () => {
  database = await testDatabase();
  file = await ConfigurationFile.create();
  await file.load(text);
  // Two nights of which the first is to go, and what the first one said.
  await database.dataSource.query(`
    insert into evaluation (id, at, started_at, finished_at, roster_dataset, catalogue_version, policy)
    select gen_random_uuid(), at, at, at, '{}', '1', '{}'
      from unnest(array['2026-01-01Z', '2026-01-02Z', '2028-01-01Z']::timestamptz[]) as at order by at`);
  await database.dataSource.query(
    `insert into verdict (check_id, organization_id, subject_kind, subject_key, subject_name, outcome, reason, message, facts, since,
                          first_evaluation, last_evaluation)
     select 'user-identified', 1, 'account', n::text, 'user ' || n, 'pass', 'LINKED', 'known', '{}', now(), 1,
            case when n % 10 = 0 then null when n % 10 = 1 then 2 else 1 end
       from generate_series(1, $1) as n`,
    [many],
  );
});
afterEach(async () => {
  await database.drop();
  await file.remove();
});

async function verdicts(): Promise<{ rows: number; current: number; kept: number }> {
  const [row] = await database.dataSource.query<{ rows: number; current: number; kept: number }[]>(
    `select count(*)::integer as rows, (count(*) filter (where last_evaluation is null))::integer as current,
            (count(*) filter (where last_evaluation = 2))::integer as kept from verdict`,
  );
  return row ?? { rows: 0, current: 0, kept: 0 };
}

it('a process that is killed while rows go leaves a history that begins where it says, and the next one goes on', async () => {
  const env = { PATH: process.env['PATH'], DATABASE_URL: database.url };
  const child = spawn(process.execPath, [program, 'history', 'prune', '--config', configuration()], { env });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const exit = once(child, 'exit');
  await until(async () => child.exitCode !== null || (await verdicts()).rows < many, `rows go: ${said}`);
  child.kill('SIGKILL');
  await exit;
  const left = await verdicts();
  expect({ killed: child.signalCode, said }).toMatchObject({ killed: 'SIGKILL' });
  expect(left.rows).toBeGreaterThan(many / 5);
  // It is said before anything goes, and counted with what goes.
  const horizon = (): Promise<unknown[]> =>
    database.dataSource.query(
      `select evaluation_number, state, (removed->>'verdict')::integer as verdicts from history_horizon`,
    );
  expect(await horizon()).toEqual([{ evaluation_number: '2', state: 'removing', verdicts: many - left.rows }]);

  const { status, out } = await runCommand(['history', 'prune', '--config', configuration()], {
    DATABASE_URL: database.url,
  });
  expect({ status, out }).toEqual({
    status: 0,
    out: 'History begins on 2026-01-02T00:00:00.000Z. Removed:\n  verdict     80000 rows\n  evaluation  1 row\n',
  });
  expect(await horizon()).toEqual([{ evaluation_number: '2', state: 'removed', verdicts: many * 0.8 }]);
  expect(await verdicts()).toEqual({ rows: many / 5, current: many / 10, kept: many / 10 });
  const trail = await database.dataSource.query<{ action: string }[]>('select action from trail_entry order by number');
  expect(trail.map(({ action }) => action)).toEqual(['history.removal_begun', 'history.removed']);
}, 60_000);

it('two processes do not remove at once, and a dry run says the same without either', async () => {
  const runner = database.dataSource.createQueryRunner();
  await runner.query(`select pg_advisory_lock(hashtextextended('history prune', 0))`);
  const asked = ['history', 'prune', '--config', configuration()];
  try {
    expect(await runCommand(asked, { DATABASE_URL: database.url })).toMatchObject({
      status: 3,
      err: expect.stringContaining('another process removes history at this moment'),
    });
    expect(await runCommand([...asked, '--dry-run'], { DATABASE_URL: database.url })).toMatchObject({
      status: 0,
      out: 'History would begin on 2026-01-02T00:00:00.000Z. These rows would go:\n  verdict     80000 rows\n  evaluation  1 row\n',
    });
  } finally {
    await runner.release();
  }
  expect((await verdicts()).rows).toBe(many);
});
