import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeDemoFiles } from '../../src/demo/demo-files.js';
import { startHub, type RunningHub } from '../../src/demo/hub.js';
import { largeWorld } from '../../src/demo/large-world.js';
import { temporaryFolder } from '../support/database-process.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

const now = '2026-11-21T02:00:00.000Z';
const company = () => largeWorld({ members: 900, teams: 30, repositories: 120, seed: 7, now });

interface Run {
  readonly exit: number | null;
  readonly report: string;
  readonly requests: number;
}

describe('kill -9 in the middle of a sync', () => {
  const databases: TestDatabase[] = [];
  const directories: string[] = [];
  let hub: RunningHub;

  beforeAll(async () => {
    hub = await startHub(company().world, { latencyMs: 15 });
  });
  afterAll(async () => {
    await hub.stop();
    await Promise.all(databases.map((database) => database.drop()));
    await Promise.all(directories.map((directory) => rm(directory, { recursive: true, force: true })));
  });

  async function place(): Promise<{ database: TestDatabase; start(): ChildProcess }> {
    const database = await testDatabase();
    databases.push(database);
    const directory = temporaryFolder();
    directories.push(directory);
    const files = await writeDemoFiles(directory, company(), hub.url);
    const start = (): ChildProcess =>
      spawn(
        process.execPath,
        ['dist/src/cli/hubwarden.js', 'check', '--config', files.configuration, '--format', 'json', '--now', now],
        {
          env: {
            ...process.env,
            DATABASE_URL: database.url,
            DOCKERHUB_URL: hub.url,
            HUBWARDEN_DATA_DIR: directory,
          },
          stdio: ['ignore', 'pipe', 'ignore'],
        },
      );
    return { database, start };
  }

  async function finish(child: ChildProcess, before: number): Promise<Run> {
    let report = '';
    child.stdout?.on('data', (chunk: Buffer) => (report += chunk.toString()));
    const [exit] = (await once(child, 'close')) as [number | null];
    return { exit, report, requests: hub.requests.length - before };
  }

  /** Every row of the sealed snapshot, without the numbers that differ from database to database. */
  async function snapshot({ dataSource }: TestDatabase): Promise<unknown> {
    const rows: unknown[] = await dataSource.query(
      `select dataset, key, data from observation where last_snapshot is null order by dataset, key collate "C"`,
    );
    const readings: unknown[] = await dataSource.query(
      'select dataset, status, reason, received, reported from dataset_reading order by run_id, dataset',
    );
    return { rows, readings };
  }

  it('goes on where it was, and seals the same snapshot', async () => {
    const whole = await place();
    const uninterrupted = await finish(whole.start(), hub.requests.length);
    expect(uninterrupted.exit).toBe(1);

    const killed = await place();
    const before = hub.requests.length;
    const child = killed.start();
    const running = finish(child, before);
    while (hub.requests.length - before < uninterrupted.requests / 2) await wait(2);
    child.kill('SIGKILL');
    const first = await running;
    expect(first.exit).toBeNull();
    expect(await snapshot(killed.database)).toMatchObject({ rows: [] });

    const second = await finish(killed.start(), hub.requests.length);
    expect(second.exit).toBe(1);
    expect(second.requests).toBeLessThan(uninterrupted.requests * 0.75);
    // What was in the air when it died is asked for again, and the sign-ins.
    const repeated = first.requests + second.requests - uninterrupted.requests;
    expect(repeated).toBeLessThanOrEqual(40 + 2);
    expect(await snapshot(killed.database)).toEqual(await snapshot(whole.database));

    const results = (run: Run): unknown => (JSON.parse(run.report) as { results: unknown }).results;
    expect(results(second)).toEqual(results(uninterrupted));
  });
});
