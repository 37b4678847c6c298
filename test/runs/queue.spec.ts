import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { withAdvisoryLock } from '../../src/database/advisory-lock.js';
import { eventually, type Instance, RunsRig } from './rig.js';

let rig: RunsRig;
let one: Instance;
let other: Instance;

beforeAll(async () => {
  rig = await RunsRig.start();
  [one, other] = await Promise.all([rig.instance(), rig.instance()]);
});
afterAll(() => rig.stop());
beforeEach(() => rig.forget());

test('of two who ask at once, on two processes, one is told about the other', async () => {
  const asked = await Promise.all([one.queue.request('ci'), other.queue.request('jo'), one.queue.request('jo')]);
  expect(asked.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(1);
  expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
  expect(await rig.runs()).toMatchObject([{ cause: 'request', state: 'waiting' }]);
});

test('a run that is at work is in the way, one that has ended is not', async () => {
  const first = await one.queue.request('ci');
  await rig.leaveBehind(first.id);
  expect(await other.queue.request('ci')).toEqual({ outcome: 'in the way', id: first.id });
  await rig.database.dataSource.query(`update run set state = 'failed'`);
  expect((await other.queue.request('ci')).outcome).toBe('accepted');
});

test('a terminal that is at work is in the way; one that is gone has failed', async () => {
  const run = await one.records.alone(async () => {
    const begun = await one.records.begin(new Date().toISOString());
    expect(await other.queue.request('ci')).toEqual({ outcome: 'in the way', id: begun.id });
    return begun;
  });
  const asked = await other.queue.request('ci');
  expect(asked.outcome).toBe('accepted');
  if (run === 'held elsewhere') throw new Error('nobody else had the lock');
  expect(await rig.run(run.id)).toMatchObject({ state: 'failed', message: 'The terminal that it ran in is gone.' });
});

test('whoever gets the lock settles what others have left behind', async () => {
  const { id } = await one.queue.request('ci');
  await rig.leaveBehind(id);
  await one.dataSource.query(
    `insert into run (id, cause, state, requested_at, at, attempts) values (gen_random_uuid(), 'command', 'running', now(), now(), 1)`,
  );
  await one.records.alone(async () => undefined);
  expect(await rig.runs()).toMatchObject([
    { cause: 'request', state: 'waiting', not_before: null },
    { cause: 'command', state: 'failed' },
  ]);
});

test('a run that is left behind again and again waits a little, so that what ends the processes has to wait too', async () => {
  const { id } = await one.queue.request('ci');
  await one.dataSource.query(`update run set attempts = 14 where id = $1`, [id]);
  await rig.leaveBehind(id);
  await one.records.alone(async () => expect(await one.records.claim()).toBeNull());
  const { not_before: notBefore } = await rig.run(id);
  expect(Number(notBefore) - Date.now()).toBeGreaterThan(25_000);
  expect(Number(notBefore) - Date.now()).toBeLessThan(65_000);
});

test('an attempt that was overtaken writes nothing more, and can record no evaluation', async () => {
  const { id } = await one.queue.request('ci');
  const slow = await one.records.claim();
  if (slow === null) throw new Error('there is a run to claim');
  await rig.leaveBehind(id);
  await one.records.noteProgress(slow, [{ stage: 'late', done: 1, total: 1, note: null, finished: true }]);
  await one.records.fail(slow, 'late');
  await one.records.park(slow);
  await one.records.retry(slow, 'late');
  await expect(one.dataSource.transaction((manager) => one.records.finish(manager, slow, []))).rejects.toThrow(
    'has been taken up by another process',
  );
  expect(await rig.run(id)).toMatchObject({ state: 'running', message: null, progress: [], attempts: 2, failures: 0 });
});

test('the lock is held by one; who is patient gets it next', async () => {
  const order: string[] = [];
  let tellHeld: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (tellHeld = resolve));
  const holding = withAdvisoryLock(one.dataSource, 'check run', async () => {
    tellHeld();
    await eventually(
      'the other waits',
      () => order.length,
      (length) => length > 0,
    );
    order.push('first');
  });
  await held;
  expect(await other.records.alone(async () => 'free')).toBe('held elsewhere');
  order.push('waits');
  expect(await other.records.alone(async () => order.push('second'), { patienceMs: 5_000 })).toBe(3);
  await holding;
  expect(order).toEqual(['waits', 'first', 'second']);
});

test('it is judged at the clock of the database, kept for a while, and never before the last evaluation', async () => {
  const { dataSource } = one;
  const { id } = await one.queue.request('ci');
  const first = await one.records.claim();
  expect(Math.abs(Date.parse(String(first?.at)) - Date.now())).toBeLessThan(10_000);
  const again = async (): Promise<number> => {
    await dataSource.query(`update run set state = 'waiting' where id = $1`, [id]);
    return Date.parse(String((await one.records.claim())?.at));
  };
  expect(await again()).toBe(Date.parse(String(first?.at)));
  await dataSource.query(`update run set at = at - interval '20 minutes'`);
  expect(await again()).toBeGreaterThanOrEqual(Date.parse(String(first?.at)));

  const evaluated = (at: string): Promise<unknown> =>
    dataSource.query(
      `insert into evaluation (id, at, started_at, finished_at, roster_dataset, catalogue_version, policy)
       values (gen_random_uuid(), now() + $1::interval, now(), now(), '{}', '1', '{}')`,
      [at],
    );
  await evaluated('2 minutes');
  expect(await again()).toBe((await rig.evaluations()).at(-1)?.at.getTime());
  await evaluated('1 hour');
  expect(await again()).toBeLessThan(Date.now() + 10_000);
});
