import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dataSourceFor } from '../../src/database/data-source.js';
import { isMistake } from '../../src/database/mistake.js';
import type { JobPlace } from '../../src/jobs/job-place.js';
import { JobQueue, type TurnEnd } from '../../src/jobs/job-queue.js';
import { prepareJobs } from '../../src/jobs/prepare-jobs.js';
import { administer, testDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/database-process.js';

const role = `hubwarden_limited_${randomBytes(4).toString('hex')}`;
let database: TestDatabase;
let limited: DataSource;
const queues: JobQueue[] = [];

beforeAll(async () => {
  Logger.overrideLogger(false);
  database = await testDatabase();
  await database.dataSource.query(`create role ${role} login password 'limited'`);
  limited = await dataSourceFor(urlOf(role), []).initialize();
});
afterAll(async () => {
  await Promise.all(queues.map((queue) => queue.stop()));
  await limited.destroy();
  await database.drop();
  await administer(`drop role ${role}`);
  Logger.overrideLogger(['fatal', 'error', 'warn', 'log', 'debug', 'verbose']);
});

function urlOf(user: string): string {
  const url = new URL(database.url);
  [url.username, url.password] = [user, 'limited'];
  return url.href;
}

function queueAt(place: JobPlace, perform: (data: Readonly<Record<string, string>>) => Promise<TurnEnd>): JobQueue {
  const queue = new JobQueue('hubwarden-spec', place, 2);
  queues.push(queue);
  queue.start(perform);
  return queue;
}

test('a user who may make no schema is told what to do, and then has one', async () => {
  const environment = { redisUrl: null, databaseUrl: urlOf(role) };
  const refused = await prepareJobs(limited, urlOf(role), environment);
  expect(refused).toEqual({
    mistake: expect.stringContaining(`create schema hubwarden_jobs authorization "${role}"`),
  });
  await database.dataSource.query(`create schema hubwarden_jobs authorization ${role}`);
  for (const _ of ['first', 'again']) {
    const place = await prepareJobs(limited, urlOf(role), environment);
    expect(place).toEqual({ kind: 'postgres', url: urlOf(role) });
  }
  await database.dataSource.query('drop schema hubwarden_jobs cascade');
});

const places = ['the database', ...(process.env['TEST_REDIS_URL'] === undefined ? [] : ['Redis'])];

test.each(places)(
  'in %s, a job is done once while it waits, again when it asks, and anew when it is added anew',
  async (where) => {
    const redisUrl = where === 'Redis' ? (process.env['TEST_REDIS_URL'] ?? null) : null;
    const place = await prepareJobs(database.dataSource, database.url, { redisUrl, databaseUrl: database.url });
    if (isMistake(place)) throw new Error(place.mistake);
    const turns: string[] = [];
    let isFirst = true;
    const queue = queueAt(place, async ({ name = '' }) => {
      turns.push(name);
      if (name === 'broken') throw new Error('It breaks.');
      await new Promise((resolve) => setTimeout(resolve, 300));
      if (name !== 'again' || !isFirst) return 'done';
      isFirst = false;
      return { againInMs: 100 };
    });
    const add = (...names: readonly string[]) =>
      queue.add(names.map((name) => ({ id: `job-${name}`, data: { name } })));

    expect(await add('one', 'broken', 'again')).toBe(true);
    expect(await add('one')).toBe(true);
    await until(() => turns.length >= 4, 'all turns');
    expect(turns.toSorted()).toEqual(['again', 'again', 'broken', 'one']);
    await until(() => Object.values(queue.counts ?? { none: 1 }).every((count) => count === 0), 'empty queue');
    expect(queue.trouble).toBeNull();

    expect(await add('one', 'broken')).toBe(true);
    await until(() => turns.length >= 6, 'turns anew');
  },
);

test('a queue that cannot be reached says so, and keeps nobody waiting', async () => {
  const queue = queueAt({ kind: 'redis', url: 'redis://127.0.0.1:1', database: 'spec' }, () => Promise.resolve('done'));
  const began = performance.now();
  expect(await queue.add([{ id: 'job', data: {} }])).toBe(false);
  expect(await queue.add([{ id: 'job', data: {} }])).toBe(false);
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(queue.trouble).toMatch(/cannot be reached/);
  expect(queue.counts).toBeNull();
});
