import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { demoCompany } from '../../src/demo/company.js';
import { type DemoFiles, writeDemoFiles } from '../../src/demo/demo-files.js';
import { type RunningHub, startHub } from '../../src/demo/hub.js';
import { temporaryFolder } from '../support/database-process.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { ServedProcess } from '../support/served-process.js';

const program = fileURLToPath(new URL('../../dist/src/cli/hubwarden.js', import.meta.url));

/** A query that waits for a lock lasts as long as the test likes: a supervisor would have killed the process long before. */
const patienceMs = 20_000;

let hub: RunningHub;
let database: TestDatabase;
let folder: string;
let files: DemoFiles;
let holder: Client;
const running: { stop(): Promise<unknown> }[] = [];

beforeAll(async () => {
  const company = demoCompany(new Date().toISOString());
  hub = await startHub(company.world);
  folder = temporaryFolder();
  files = await writeDemoFiles(join(folder, 'policy'), company, hub.url);
});
beforeEach(async () => {
  database = await testDatabase();
  holder = new Client({ connectionString: database.url, application_name: 'hubwarden' });
  holder.on('error', () => undefined);
  await holder.connect();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  await holder.end();
  await database.drop();
});
afterAll(async () => {
  await hub.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The compiled program, as a shell would start it. */
function start(...args: readonly string[]): { child: ChildProcess; said: Promise<string> } {
  const child = spawn(process.execPath, [program, ...args], {
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: database.url,
      DOCKERHUB_URL: hub.url,
      HUBWARDEN_DATA_DIR: join(folder, 'data'),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running.push({ stop: () => (child.kill('SIGKILL'), endOf(child)) });
  return { child, said: child.stderr ? text(child.stderr) : Promise.resolve('') };
}

async function endOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

async function until(what: string, holds: () => Promise<boolean>, tries = 1_200): Promise<void> {
  for (let left = tries; left > 0; left--) {
    if (await holds()) return;
    await wait(50);
  }
  throw new Error(`${what}: not in time`);
}

async function count(sql: string): Promise<number> {
  const [row] = await database.dataSource.query<{ count: number }[]>(`select count(*)::integer as count ${sql}`);
  return row?.count ?? 0;
}

const waiting = async (): Promise<boolean> =>
  (await count(`from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)) > 0;
const sleeping = `from pg_stat_activity where datname = current_database() and query = 'select pg_sleep(600)' and state = 'active'`;

test('a command that waits for a query is stopped within seconds, has changed nothing, and can be run again', async () => {
  await holder.query('begin; lock table verdict in access exclusive mode');
  const { child, said } = start('check', '--config', files.configuration);
  await until('a query that waits', waiting);
  // Of somebody else, under the same name and the same user.
  const other = new Client({ connectionString: database.url, application_name: 'hubwarden' });
  await other.connect();
  const slept = other.query('select pg_sleep(600)').catch((error: unknown) => error);
  const stopping = performance.now();
  child.kill('SIGTERM');
  expect(await endOf(child)).toBe(3);
  expect(performance.now() - stopping).toBeLessThan(patienceMs);
  expect(await said).toContain('hubwarden: stopped; the next run goes on from here\n');
  await holder.query('rollback');
  expect(await count(sleeping)).toBe(1);
  expect(await count('from evaluation')).toBe(0);
  expect(await count('from verdict')).toBe(0);
  expect(await database.dataSource.query('select state, message from run')).toEqual([
    { state: 'failed', message: 'It was stopped.' },
  ]);

  expect(await endOf(start('check', '--config', files.configuration).child)).toBe(1);
  expect(await count('from evaluation where finished_at is not null')).toBe(1);
  await administerEnd(other, slept);
});

async function administerEnd(client: Client, query: Promise<unknown>): Promise<void> {
  await database.dataSource.query(`select pg_terminate_backend(pid) ${sleeping}`);
  await query;
  await client.end().catch(() => undefined);
}

test('so is one that waits while the database is opened', async () => {
  await holder.query(`select pg_advisory_lock(hashtextextended('hubwarden migrate', 0))`);
  const { child, said } = start('migrate');
  await until('a query that waits', waiting);
  const stopping = performance.now();
  child.kill('SIGINT');
  expect(await endOf(child)).toBe(3);
  expect(performance.now() - stopping).toBeLessThan(patienceMs);
  expect(await said).toContain('hubwarden: stopped');
});

test('a second signal ends it at once, and the server notices that nobody waits for the query any more', async () => {
  await holder.query('begin; lock table verdict in access exclusive mode');
  const { child } = start('check', '--config', files.configuration);
  await until('a query that waits', waiting);
  child.kill('SIGTERM');
  await wait(300);
  child.kill('SIGTERM');
  expect(await endOf(child)).toBeNull();
  await until('nobody who waits', async () => !(await waiting()), 400);
});

test('a service that waits for a query parks its run in time, and the next start finishes it', async () => {
  const first = await served();
  await holder.query('begin; lock table verdict in access exclusive mode');
  const { id }: { id: string } = JSON.parse(await (await first.post('/api/v1/evaluations')).text());
  await until('a query that waits', waiting);
  const stopping = performance.now();
  expect(await first.stop()).toBe(0);
  expect(performance.now() - stopping).toBeLessThan(patienceMs);
  expect(first.written.log).not.toContain('Stopped before everything was parked');
  expect(first.written.log).toContain('Run parked; it goes on later');
  await holder.query('rollback');
  expect(await database.dataSource.query('select id, state from run')).toEqual([{ id, state: 'waiting' }]);
  expect(await count('from evaluation')).toBe(0);

  await served();
  await until('the run', async () => (await count(`from run where id = '${id}' and state = 'finished'`)) === 1);
  expect(await count('from evaluation where finished_at is not null')).toBe(1);
});

test('a caller whose query does not end is told so, and a service that stops does not wait for it', async () => {
  const service = await served();
  await holder.query('begin; lock table evaluation in access exclusive mode');
  const answer = service.status('/api/v1/overview');
  await until('a query that waits', waiting);
  expect(await service.stop()).toBe(0);
  expect(service.written.log).not.toContain('Stopped before everything was parked');
  expect(await answer).toBe(503);
});

async function served(): Promise<ServedProcess> {
  const service = await ServedProcess.start({
    configuration: files.configuration,
    databaseUrl: database.url,
    hubUrl: hub.url,
    dataDir: join(folder, 'data'),
  });
  running.push({ stop: () => service.stop('SIGKILL') });
  return service;
}
