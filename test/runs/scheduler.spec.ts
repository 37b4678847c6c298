import { setTimeout as wait } from 'node:timers/promises';
import { SchedulerRegistry } from '@nestjs/schedule';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Scheduler } from '../../src/runs/scheduler.js';
import { openGateway } from '../support/gateway.js';
import { eventually, type Instance, RunsRig } from './rig.js';

let rig: RunsRig;
let one: Instance;
let other: Instance;
const schedulers: Scheduler[] = [];

beforeAll(async () => {
  rig = await RunsRig.start();
  await rig.edit((text) => `${text}\nschedule: { evaluation: "*/2 * * * * *", timeZone: UTC }\n`);
});
afterAll(() => rig.stop());
beforeEach(async () => {
  await rig.forget();
  [one, other] = await Promise.all([rig.instance(), rig.instance()]);
});
afterEach(async () => {
  await Promise.all(schedulers.splice(0).map((scheduler) => scheduler.stop()));
});

function schedule({ slots, configuration }: Instance, clock?: () => Date, catchUpMs?: number): Scheduler {
  const scheduler = new Scheduler(new SchedulerRegistry(), slots, configuration, clock, catchUpMs);
  schedulers.push(scheduler);
  scheduler.start();
  return scheduler;
}

test('each slot is claimed as it comes, once, also where the clocks differ by 20 seconds', async () => {
  schedule(one);
  schedule(other, () => new Date(Date.now() + 20_000));
  const claimed: { late: number }[] = await eventually(
    'some slots have come',
    () =>
      one.dataSource.query(
        'select extract(epoch from claimed_at - slot)::float as late from schedule_slot order by slot',
      ),
    ({ length }) => length >= 14,
  );
  // On its own time, or by the process that believes that it is later.
  expect(claimed.every(({ late }) => late > -21 && late < 15)).toBe(true);
  expect(claimed.some(({ late }) => late >= 0)).toBe(true);
  // Nobody worked on the first one, which stands for all of them.
  expect(await rig.runs()).toHaveLength(1);
});

test('with workers, each slot leads to an evaluation', async () => {
  const workers = [one.worker(), other.worker()];
  for (const worker of workers) worker.start();
  schedule(one);
  schedule(other);
  await eventually(
    'slots have come that are not all of one run',
    () => rig.slots(),
    (slots) => new Set(slots.map(({ run_id: run }) => run)).size > 1,
  );
  await Promise.all(schedulers.splice(0).map((scheduler) => scheduler.stop()));
  const runs = await eventually(
    'all runs have ended',
    () => rig.runs(),
    (rows) => rows.every(({ state }) => state === 'finished'),
  );
  await Promise.all(workers.map((worker) => worker.stop()));
  expect(new Set((await rig.slots()).map(({ run_id: run }) => run))).toEqual(new Set(runs.map(({ id }) => id)));
  expect((await rig.evaluations()).map(({ id }) => id)).toEqual(runs.map(({ id }) => id));
});

test('another schedule holds from the moment that the configuration is in force', async () => {
  schedule(one);
  await eventually(
    'it is at work',
    () => rig.slots(),
    ({ length }) => length >= 2,
  );
  await rig.edit((text) => text.replace('*/2 * * * * *', '0 0 1 1 *'));
  expect(await one.configuration.reload()).toEqual([]);
  const before = await rig.slots();
  await wait(4_500);
  expect(await rig.slots()).toEqual(before);

  await rig.edit((text) => text.replace('0 0 1 1 *', '* * * * * *'));
  expect(await one.configuration.reload()).toEqual([]);
  await eventually(
    'it is at work again',
    () => rig.slots(),
    ({ length }) => length >= before.length + 3,
  );
  await rig.edit((text) => text.replace('* * * * * *', '*/2 * * * * *'));
});

test('one that is stopped claims nothing, also after a change of the configuration', async () => {
  const scheduler = schedule(one);
  expect(scheduler.trouble).toBeNull();
  await scheduler.stop();
  expect(scheduler.trouble).toBe('it is not at work');
  await one.configuration.reload();
  const before = await rig.slots();
  await wait(3_000);
  expect(await rig.slots()).toEqual(before);
});

test('a database that was away when the slot came costs no night', async () => {
  const gateway = await openGateway(rig.database.url);
  const cut = await rig.instance(gateway.url);
  const worker = cut.worker();
  worker.start();
  await cut.queue.request('ci');
  await eventually(
    'there was a night before',
    () => rig.evaluations(),
    ({ length }) => length === 1,
  );
  gateway.off();
  const slot = new Date(Math.floor(Date.now() / 1000) * 1000 + 3_000);
  const nightly = `${slot.getUTCSeconds()} ${slot.getUTCMinutes()} * * * *`;
  await rig.edit((text) => text.replace('*/2 * * * * *', nightly));
  await cut.configuration.reload();
  const scheduler = schedule(cut, undefined, 200);
  await wait(slot.getTime() + 1_500 - Date.now());
  expect(scheduler.trouble).toBe('it cannot reach the database');
  expect(worker.trouble).toBe('it cannot reach the database');
  expect(await rig.slots()).toEqual([]);

  gateway.on();
  const [claimed] = await eventually(
    'it is caught up',
    () => rig.slots(),
    ({ length }) => length > 0,
  );
  expect(claimed?.slot).toEqual(slot);
  await eventually(
    'it is evaluated',
    () => rig.runs(),
    (runs) => runs.some(({ id, state }) => id === claimed?.run_id && state === 'finished'),
  );
  await eventually(
    'nobody misses it any more',
    () => [scheduler.trouble, worker.trouble],
    (troubles) => troubles.every((trouble) => trouble === null),
  );
  await scheduler.stop();
  await worker.stop();
  await gateway.close();
  await rig.edit((text) => text.replace(nightly, '*/2 * * * * *'));
});
