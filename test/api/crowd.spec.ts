import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { AlertChannels } from '../../src/alerts/alert-channels.js';
import type { Configuration } from '../../src/config/configuration.js';
import { ApiTokens } from '../../src/http/api-tokens.js';
import { RunQueue } from '../../src/runs/run-queue.js';
import { RunRecords } from '../../src/runs/run-records.js';
import { ConfigurationFile } from '../support/configuration-file.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { type WholeServer, wholeServer } from '../support/whole-server.js';

/** More than any pool of connections has. */
const crowd = 40;

let database: TestDatabase;
let configuration: Configuration;
let server: WholeServer;
let authorization: string;
const locks: (() => Promise<void>)[] = [];

beforeAll(async () => {
  database = await testDatabase();
  const file = await ConfigurationFile.create();
  const loaded = await file.load(
    'organizations: [{ name: acme, hub: { identifier: acme, secret: x } }]\nroster: { source: people.csv }\n',
  );
  await file.remove();
  if ('mistakes' in loaded) throw new Error(JSON.stringify(loaded.mistakes));
  ({ configuration } = loaded);
  server = await wholeServer(database, configuration);
  const made = await server.app.get(ApiTokens).create({ name: 'crowd', role: 'auditor', expiresAt: null }, 'a test');
  if (made.outcome !== 'created') throw new Error(made.outcome);
  authorization = `Bearer ${made.token}`;
});
afterEach(async () => {
  for (const release of locks.splice(0)) await release();
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

/** Whoever reads the table from now on waits, as behind a query that takes for ever. */
async function hold(table: string): Promise<void> {
  const runner = database.dataSource.createQueryRunner();
  await runner.query(`begin`);
  await runner.query(`lock table ${table} in access exclusive mode`);
  locks.push(async () => {
    await runner.query('rollback');
    await runner.release();
  });
}

async function waiting(): Promise<number> {
  const [row]: { count: number }[] = await database.dataSource.query(
    `select count(*)::integer as count from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return row?.count ?? 0;
}

test('callers who wait for the database keep neither a run nor an alert waiting', async () => {
  await hold('evaluation');
  const asked = Array.from({ length: crowd }, () =>
    server.app.inject({ url: '/api/v1/findings', headers: { authorization } }),
  );
  await expect.poll(waiting).toBeGreaterThan(3);
  const background = Promise.all([
    server.app.get(RunQueue).claimSlot(new Date()),
    server.app.get(RunRecords).hasWork(),
    server.app.get(AlertChannels).register(configuration),
  ]);
  expect(await Promise.race([background.then(() => 'done'), wait(5_000, 'kept waiting')])).toBe('done');
  for (const release of locks.splice(0)) await release();
  expect(new Set((await Promise.all(asked)).map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
});

test('few reports are put together at a time, because each holds everything there is', async () => {
  const id = randomUUID();
  await database.dataSource.query(
    `insert into evaluation (id, at, started_at, finished_at, roster_dataset, catalogue_version, policy)
     values ($1, now(), now(), now(), '{}', '1', '{}')`,
    [id],
  );
  await hold('verdict');
  const asked = Array.from({ length: 6 }, () =>
    server.app.inject({ url: `/api/v1/evaluations/${id}/report`, headers: { authorization } }),
  );
  await expect.poll(waiting).toBeGreaterThan(0);
  await wait(300);
  expect(await waiting()).toBeLessThanOrEqual(2);
  for (const release of locks.splice(0)) await release();
  for (const { statusCode } of await Promise.all(asked)) expect(statusCode).toBe(200);
});

test('a caller who asks for too much is told so, and the database stops', async () => {
  const short = await wholeServer(database, configuration, { statementTimeoutMs: 300 });
  try {
    await hold('evaluation');
    const answer = await short.app.inject({ url: '/api/v1/findings', headers: { authorization } });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers).toMatchObject({
      'retry-after': '5',
      'content-type': expect.stringContaining('problem+json'),
    });
    expect(answer.body).not.toMatch(/statement|cancel/);
    expect(await waiting()).toBe(0);
  } finally {
    await short.close();
  }
});
