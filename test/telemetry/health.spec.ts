import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrations } from '../../migrations/all.js';
import { DatabaseProbe } from '../../src/telemetry/database-probe.js';
import { Health, type Part } from '../../src/telemetry/health.js';
import { HealthController } from '../../src/telemetry/health.controller.js';
import { ScheduleWatch } from '../../src/telemetry/schedule-watch.js';
import { emptyTestDatabase, type TestDatabase, testDatabase } from '../support/database.js';

const names = migrations.map((migration) => migration.name);
const schedule = {
  lastEvaluationAt: new Date('2026-11-21T02:00:00Z'),
  nextSlot: new Date('2026-11-22T02:00:00Z'),
  missed: 3,
  onTime: false,
};
const working: Part[] = [
  { name: 'scheduler', trouble: () => null },
  { name: 'delivery', trouble: () => null },
];

const noQueue: (() => string | null) | null = null as (() => string | null) | null;

let database: TestDatabase;
const opened: DatabaseProbe[] = [];
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  await Promise.all(opened.map((probe) => probe.close()));
  await database.drop();
});

async function ask({
  url = database.url,
  known = names,
  parts = working,
  stopping = false,
  look = readSchedule,
  queue = noQueue,
} = {}) {
  const probe = new DatabaseProbe(url);
  opened.push(probe);
  const health = new Health(probe, known, new ScheduleWatch(look), parts, () => [], queue);
  if (stopping) health.stop();
  let status = 0;
  const started = performance.now();
  const body = await new HealthController(health).ready({ status: (code) => (status = code) });
  return { status, body, ms: performance.now() - started };
}

it('works on without its queue, and says so', async () => {
  const { status, body } = await ask({ queue: () => 'it cannot be reached' });
  expect(status).toBe(200);
  expect(body.queue).toEqual({ reachable: false, because: 'it cannot be reached' });
});

const readSchedule = () => Promise.resolve(schedule);

it('is ready, and shows missing nights without being less so', async () => {
  const { status, body } = await ask();
  expect(status).toBe(200);
  expect(body).toEqual({
    status: 'ready',
    parts: {
      database: { ready: true, because: null },
      migrations: { ready: true, because: null },
      scheduler: { ready: true, because: null },
      delivery: { ready: true, because: null },
    },
    schedule: {
      onTime: false,
      missed: 3,
      lastEvaluationAt: '2026-11-21T02:00:00.000Z',
      nextEvaluationAt: '2026-11-22T02:00:00.000Z',
    },
    alerts: { channels: 0, failing: 0, gone: 0, waiting: 0 },
    queue: null,
  });
});

it('names the part that is not', async () => {
  const parts: Part[] = [{ name: 'scheduler', trouble: () => 'it has not started' }, working[1] as Part];
  const { status, body } = await ask({ parts });
  expect({ status, word: body.status }).toEqual({ status: 503, word: 'not ready' });
  expect(body.parts['scheduler']).toEqual({ ready: false, because: 'it has not started' });
  expect(body.parts['delivery']?.ready).toBe(true);
});

it('is not ready while it stops', async () => {
  const { status, body } = await ask({ stopping: true });
  expect({ status, part: body.parts['process'] }).toEqual({
    status: 503,
    part: { ready: false, because: 'it is stopping' },
  });
});

it('needs its migrations, and takes a database that is ahead', async () => {
  const behind = await ask({ known: [...names, 'NextYear20271121080000'] });
  expect(behind.status).toBe(503);
  expect(behind.body.parts['migrations']?.because).toContain('lacks 1 of them');
  expect((await ask({ known: names.slice(0, -1) })).status).toBe(200);
  const empty = await emptyTestDatabase();
  try {
    const { status, body } = await ask({ url: empty.url });
    expect(status).toBe(503);
    expect(body.parts['database']?.ready).toBe(true);
    expect(body.parts['migrations']?.because).toContain(`lacks ${names.length} of them`);
  } finally {
    await empty.drop();
  }
});

it('says at once that nothing listens', async () => {
  const { status, body, ms } = await ask({ url: 'postgres://nobody:planted@127.0.0.1:9/nowhere' });
  expect(status).toBe(503);
  expect(body.parts['database']).toEqual({ ready: false, because: 'it does not answer' });
  expect(JSON.stringify(body)).not.toMatch(/planted|127\.0\.0\.1/);
  expect(ms).toBeLessThan(10_000);
});

it('does not wait for a server that hangs, however many ask', async () => {
  const silent = await listening(createServer((socket) => socket.on('error', () => undefined)));
  const probe = new DatabaseProbe(`postgres://nobody@127.0.0.1:${silent.port}/nowhere`);
  opened.push(probe);
  const health = new Health(probe, names, new ScheduleWatch(readSchedule), working, () => []);
  const started = performance.now();
  const answers = await Promise.all(Array.from({ length: 50 }, () => health.readiness()));
  expect(performance.now() - started).toBeLessThan(20_000);
  expect(answers.every(({ ready }) => !ready)).toBe(true);
  silent.server.close();
});

it('does not wait for a schedule that nobody can read', async () => {
  const { status, body, ms } = await ask({ look: () => new Promise(() => undefined) });
  expect({ status, schedule: body.schedule }).toEqual({ status: 200, schedule: null });
  expect(ms).toBeLessThan(20_000);
});

it('is ready again when the database is back', async () => {
  const probe = new DatabaseProbe(database.url);
  opened.push(probe);
  const health = new Health(probe, names, new ScheduleWatch(readSchedule), working, () => []);
  expect((await health.readiness()).ready).toBe(true);
  await database.dataSource.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'hubwarden telemetry' and datname = current_database()`,
  );
  await new Promise((done) => setTimeout(done, 1_100));
  expect((await health.readiness()).ready).toBe(true);
});

async function listening(server: Server): Promise<{ server: Server; port: number }> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return { server, port: address.port };
}
