import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { HubUsage } from '../../src/runs/check-run.js';
import type { RunWorker } from '../../src/runs/run-worker.js';
import { eventually, type Instance, type RunRow, RunsRig } from './rig.js';

let rig: RunsRig;
let one: Instance;
let other: Instance;

beforeAll(async () => {
  rig = await RunsRig.start();
  [one, other] = await Promise.all([rig.instance(), rig.instance()]);
});
afterAll(() => rig.stop());
beforeEach(() => rig.forget());
afterEach(async () => {
  rig.hub.options.latencyMs = 0;
  await Promise.all(started.splice(0).map((worker) => worker.stop()));
});

const started: RunWorker[] = [];
function work(...workers: readonly RunWorker[]): void {
  for (const worker of workers) {
    started.push(worker);
    worker.start();
  }
}

async function inState(id: string, state: string): Promise<RunRow> {
  return eventually(
    `the run is ${state}`,
    () => rig.run(id),
    (run) => run.state === state,
  );
}

/** It reads Docker Hub, and takes its time. */
async function inMidst(worker: RunWorker): Promise<string> {
  rig.hub.options.latencyMs = 150;
  const before = rig.hub.requests.length;
  work(worker);
  const { id } = await one.queue.request('ci');
  await eventually(
    'it reads',
    () => rig.hub.requests.length,
    (requests) => requests > before + 4,
  );
  return id;
}

test('a run becomes the evaluation of its id, at its clock, and those who want to know are told', async () => {
  const told: string[] = [];
  const usages: HubUsage[] = [];
  work(
    one.worker({
      beforeRun: async ({ organizations }) => void told.push(`before ${organizations.length}`),
      onHubUsage: (usage) => usages.push(usage),
      onFinished: ({ outcome, seconds }) => told.push(`${outcome} ${seconds > 0}`),
      afterRun: () => told.push('after'),
    }),
  );
  const asked = Date.now();
  const { id } = await one.queue.request('ci');
  const run = await inState(id, 'finished');
  expect(await rig.evaluations()).toEqual([{ id, at: run.at }]);
  expect(Math.abs(Number(run.at) - asked)).toBeLessThan(5_000);
  expect(run.progress.map(({ stage }) => stage)).toEqual(
    expect.arrayContaining(['roster', 'read acme', 'match accounts to people', 'evaluate']),
  );
  expect(run.progress.every(({ finished }) => finished)).toBe(true);
  expect(run.progress.at(-1)?.done).toBeGreaterThan(100);
  await eventually(
    'all is told',
    () => told,
    ({ length }) => length === 3,
  );
  expect(told).toEqual(['before 2', 'finished true', 'after']);
  expect(usages).toHaveLength(1);
  expect(usages[0]?.requests).toBeGreaterThan(10);
  expect(usages[0]?.budget.length).toBeGreaterThan(0);
});

test('two processes that look for work do it once', async () => {
  work(one.worker(), other.worker());
  const { id } = await one.queue.request('ci');
  await inState(id, 'finished');
  expect((await rig.run(id)).attempts).toBe(1);
  expect(await rig.evaluations()).toHaveLength(1);
});

test('a process that stops puts its run back, and another one goes on with it', async () => {
  const worker = one.worker();
  const id = await inMidst(worker);
  const stopping = Date.now();
  await worker.stop();
  expect(Date.now() - stopping).toBeLessThan(10_000);
  expect(await rig.run(id)).toMatchObject({ state: 'waiting', failures: 0, not_before: null });
  expect(await rig.evaluations()).toEqual([]);

  rig.hub.options.latencyMs = 0;
  const { at } = await rig.run(id);
  work(other.worker());
  expect(await inState(id, 'finished')).toMatchObject({ attempts: 2, at });
  expect(await rig.evaluations()).toEqual([{ id, at }]);
});

test('an evaluation that is being recorded while the process stops comes to its end', async () => {
  const { dataSource } = rig.database;
  await dataSource.query(`
    create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(1.5); return null; end $$;
    create constraint trigger slow after update on evaluation deferrable initially deferred
      for each row execute function slow();`);
  const worker = one.worker();
  work(worker);
  const { id } = await one.queue.request('ci');
  await eventually(
    'it is being recorded',
    () =>
      dataSource.query(`select 1 from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`),
    ({ length }: unknown[]) => length > 0,
  );
  await worker.stop();
  await dataSource.query('drop trigger slow on evaluation; drop function slow');
  expect(await rig.run(id)).toMatchObject({ state: 'finished', attempts: 1 });
  expect(await rig.evaluations()).toHaveLength(1);
});

test('a run that a process has left behind is taken up by another, with the same id', async () => {
  const worker = one.worker();
  const id = await inMidst(worker);
  await rig.breakConnections();
  await worker.stop();
  expect(await rig.run(id)).toMatchObject({ state: 'running', attempts: 1 });

  rig.hub.options.latencyMs = 0;
  work(other.worker());
  expect(await inState(id, 'finished')).toMatchObject({ attempts: 2, failures: 0 });
  expect((await rig.evaluations()).map((evaluation) => evaluation.id)).toEqual([id]);
});

test('a process that loses all its connections goes on when it has new ones', async () => {
  const id = await inMidst(one.worker());
  await rig.breakConnections();
  rig.hub.options.latencyMs = 0;
  expect(await inState(id, 'finished')).toMatchObject({ attempts: 2, failures: 0 });
  expect((await rig.evaluations()).map((evaluation) => evaluation.id)).toEqual([id]);
});

test.each([
  // The evaluation is there, and whoever worked on it never hears of it.
  ['behind the record', `pid <> pg_backend_pid()`, 1],
  // The last statement has run, and nothing is there.
  ['before the record', `pid = pg_backend_pid()`, 2],
])('a connection that breaks just %s: one evaluation, and the run is finished', async (_, whose, attempts) => {
  const { dataSource } = rig.database;
  await dataSource.query(`
    create sequence crash;
    create function crash() returns trigger language plpgsql as $$ begin
      if nextval('crash') = 1 then
        perform pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and ${whose}
            and (pid = pg_backend_pid() or pid in (
              select pid from pg_locks where locktype = 'advisory'));
      end if;
      return null; end $$;
    create constraint trigger crash after update on evaluation deferrable initially deferred
      for each row execute function crash();`);
  try {
    work(one.worker(), other.worker());
    const { id } = await one.queue.request('ci');
    const run = await inState(id, 'finished');
    expect(run.attempts).toBe(attempts);
    expect(await rig.evaluations()).toEqual([{ id, at: run.at }]);
    // Whoever looks for work once more finds none.
    expect(await other.records.hasWork()).toBe(false);
    const after = await one.queue.request('ci');
    await inState(after.id, 'finished');
    expect((await rig.evaluations()).map((evaluation) => evaluation.id)).toEqual([id, after.id]);
  } finally {
    await dataSource.query('drop trigger crash on evaluation; drop function crash; drop sequence crash');
  }
});
