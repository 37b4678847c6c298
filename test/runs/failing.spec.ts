import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RunWorker } from '../../src/runs/run-worker.js';
import { eventually, type Instance, type RunRow, RunsRig } from './rig.js';

let rig: RunsRig;
let one: Instance;
let worker: RunWorker | null = null;

beforeAll(async () => {
  rig = await RunsRig.start();
  one = await rig.instance();
});
afterAll(() => rig.stop());
beforeEach(() => rig.forget());
afterEach(() => worker?.stop());

function settled(id: string, attempt: number): Promise<RunRow> {
  return eventually(
    `attempt ${attempt} has ended`,
    () => rig.run(id),
    ({ attempts, state }) => attempts === attempt && state !== 'running',
  );
}

test('what breaks down is tried again after a pause that doubles, and given up after five times', async () => {
  const ends: string[] = [];
  worker = one.worker({
    beforeRun: () => Promise.reject(new Error('password=hunter2 in select * from secret')),
    onFinished: ({ outcome }) => ends.push(outcome),
  });
  worker.start();
  const { id } = await one.queue.request('ci');
  const pauses: number[] = [];
  for (let attempt = 1; attempt < 5; attempt++) {
    const run = await settled(id, attempt);
    expect(run).toMatchObject({ state: 'waiting', failures: attempt, finished_at: null });
    pauses.push(Math.round((Number(run.not_before) - Date.now()) / 10_000));
    await one.dataSource.query('update run set not_before = now() where id = $1', [id]);
  }
  expect(pauses).toEqual([3, 6, 12, 24]);
  const given = await settled(id, 5);
  expect(given).toMatchObject({ state: 'failed', failures: 5, not_before: null });
  expect(given.finished_at).not.toBeNull();
  expect(given.message).toBe('It broke down; the log of the service says why.');
  expect(ends).toEqual(['broken', 'broken', 'broken', 'broken', 'failed']);
  expect((await one.queue.request('ci')).outcome).toBe('accepted');
});

test('while it pauses, nobody works on it', async () => {
  let attempts = 0;
  worker = one.worker({
    beforeRun: () => {
      attempts++;
      return Promise.reject(new Error('no'));
    },
  });
  worker.start();
  const { id } = await one.queue.request('ci');
  await settled(id, 1);
  await new Promise((done) => setTimeout(done, 2_500));
  expect(attempts).toBe(1);
  expect(await one.records.hasWork()).toBe(false);
});

test('a first roster that is refused has to be put right: the run has failed, and says why', async () => {
  const good = await readFile(rig.files.roster, 'utf8');
  await writeFile(rig.files.roster, 'employee_id,work_email\n');
  worker = one.worker();
  worker.start();
  const { id } = await one.queue.request('ci');
  const run = await settled(id, 1);
  expect(run).toMatchObject({ state: 'failed', failures: 0 });
  expect(run.message).toContain('status');
  expect(await rig.evaluations()).toEqual([]);

  await writeFile(rig.files.roster, good);
  const again = await one.queue.request('ci');
  expect(await settled(again.id, 1)).toMatchObject({ state: 'finished', message: null });
});

test('nothing is judged before the last evaluation: a clock that is ahead by an hour was wrong, then or now', async () => {
  await one.dataSource.query(
    `insert into evaluation (id, at, started_at, finished_at, roster_dataset, catalogue_version, policy)
     values (gen_random_uuid(), now() + interval '1 hour', now(), now(), '{}', '1', '{}')`,
  );
  worker = one.worker();
  worker.start();
  const { id } = await one.queue.request('ci');
  expect((await settled(id, 1)).message).toContain('before the last recorded evaluation');
  expect(await rig.evaluations()).toHaveLength(1);
});
