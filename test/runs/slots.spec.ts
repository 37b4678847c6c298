import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { previousSlot } from '../../src/config/schedule.js';
import { type Instance, RunsRig } from './rig.js';

const everyMinute = { evaluation: '* * * * *', timeZone: 'UTC' };
const hourly = { evaluation: '0 * * * *', timeZone: 'UTC' };
const minute = 60_000;
const hour = 60 * minute;

let rig: RunsRig;
let one: Instance;
let other: Instance;

beforeAll(async () => {
  rig = await RunsRig.start();
  [one, other] = await Promise.all([rig.instance(), rig.instance()]);
});
afterAll(() => rig.stop());
beforeEach(() => rig.forget());

async function endRuns(state = 'finished'): Promise<void> {
  await rig.database.dataSource.query('update run set state = $1', [state]);
}

describe('a slot that has come', () => {
  test('leads to one run, of two processes whose clocks are 20 seconds apart', async () => {
    const now = Date.now();
    const slots = [-2, -1, 0, 1, 2].map((minutes) => Math.floor(now / minute) * minute + minutes * minute);
    for (const slot of slots) {
      // Each when its own clock says so: one of them 20 seconds before the other.
      await one.slots.come(everyMinute, new Date(slot + 3));
      await endRuns();
      await other.slots.come(everyMinute, new Date(slot + 3));
      await endRuns();
      await one.slots.come(everyMinute, new Date(slot + 20_000));
    }
    expect((await rig.slots()).map(({ slot }) => slot.getTime())).toEqual(slots);
    expect(await rig.runs()).toHaveLength(5);
    expect(new Set((await rig.slots()).map(({ run_id: run }) => run)).size).toBe(5);
  });

  test('leads to one run where both claim it in the same moment', async () => {
    for (let round = 0; round < 10; round++) {
      const now = new Date();
      await Promise.all([one, other, one, other].map(({ slots }) => slots.come(everyMinute, now)));
      await endRuns();
    }
    expect((await rig.runs()).length).toBe((await rig.slots()).length);
  });

  test('is the scheduled instant, also where the timer fires a moment early', async () => {
    const slot = Math.ceil(Date.now() / minute) * minute;
    await one.slots.come(everyMinute, new Date(slot - 4));
    expect((await rig.slots()).map((row) => row.slot.getTime())).toEqual([slot]);
  });

  test.each(['waiting', 'running'])('is not doubled where a run is %s', async (state) => {
    const { id } = await one.queue.request('ci');
    if (state === 'running') await rig.leaveBehind(id);
    await other.slots.come(everyMinute, new Date());
    expect(await rig.runs()).toHaveLength(1);
    expect(await rig.slots()).toMatchObject([{ run_id: id }]);
  });

  test('is not left to a terminal, which may judge by another configuration and can be closed', async () => {
    await one.records.alone(async () => {
      await one.records.begin(new Date().toISOString());
      await other.slots.come(everyMinute, new Date());
    });
    expect(await rig.runs()).toMatchObject([{ cause: 'command' }, { cause: 'schedule', state: 'waiting' }]);
  });

  test.each([-24 * hour, -10 * minute, 10 * minute, 24 * hour])(
    'by a clock that is %i ms off comes to nothing',
    async (off) => {
      await one.slots.come(everyMinute, new Date(Date.now() + off));
      expect(await rig.slots()).toEqual([]);
      expect(await rig.runs()).toEqual([]);
    },
  );
});

describe('a slot that was missed', () => {
  const missed = (): Date => previousSlot(hourly, new Date()) ?? new Date(0);
  const evaluated = (at: Date): Promise<unknown> =>
    rig.database.dataSource.query(
      `insert into evaluation (id, at, started_at, finished_at, roster_dataset, catalogue_version, policy)
       values (gen_random_uuid(), $1, $1, $1::timestamptz + interval '10 seconds', '{}', '1', '{}')`,
      [at],
    );

  test('is caught up once by two processes, and only the newest', async () => {
    await evaluated(new Date(missed().getTime() - 5 * hour));
    await Promise.all([one, other, one, other].map(({ slots }) => slots.catchUp(hourly)));
    await endRuns();
    await other.slots.catchUp(hourly);
    expect((await rig.slots()).map(({ slot }) => slot)).toEqual([missed()]);
    expect(await rig.runs()).toMatchObject([{ cause: 'schedule' }]);
  });

  test('is caught up by the run that waits anyway', async () => {
    await evaluated(new Date(missed().getTime() - 5 * hour));
    const { id } = await one.queue.request('ci');
    await other.slots.catchUp(hourly);
    expect(await rig.slots()).toMatchObject([{ run_id: id }]);
    expect(await rig.runs()).toHaveLength(1);
  });

  test('is made up for by an evaluation since', async () => {
    await evaluated(new Date(missed().getTime() - 5 * hour));
    await evaluated(new Date(missed().getTime() + 1_000));
    await one.slots.catchUp(hourly);
    expect(await rig.runs()).toEqual([]);
  });

  test('is none on a new database', async () => {
    await one.slots.catchUp(hourly);
    expect(await rig.runs()).toEqual([]);
  });

  test('is none if it is older than everything here', async () => {
    await evaluated(new Date());
    await one.dataSource.query(`update evaluation set at = at - interval '2 days', finished_at = null`);
    await one.slots.catchUp(hourly);
    expect(await rig.runs()).toEqual([]);
  });

  test('is caught up where the service was there before its first evaluation', async () => {
    await one.dataSource.query(
      `insert into api_token (id, name, role, hash, created_at, created_by)
       values (gen_random_uuid(), 'first', 'admin', 'x', now() - interval '3 hours', 'test')`,
    );
    await one.slots.catchUp(hourly);
    await one.dataSource.query('delete from api_token');
    expect(await rig.slots()).toMatchObject([{ slot: missed() }]);
  });

  test('whose run has failed is not run again', async () => {
    await evaluated(new Date(missed().getTime() - 5 * hour));
    await one.slots.catchUp(hourly);
    await endRuns('failed');
    await other.slots.catchUp(hourly);
    expect(await rig.runs()).toHaveLength(1);
  });
});
