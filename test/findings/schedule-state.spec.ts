import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EvaluationOnTimePolicy } from '../../src/checks/catalog/evaluation-on-time.check.js';
import type { CheckConfig } from '../../src/config/configuration.js';
import { scheduleState } from '../../src/findings/schedule-state.query.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

const nightly = { evaluation: '0 2 * * *', timeZone: 'UTC' };
const weekly = { evaluation: '0 2 * * 1', timeZone: 'UTC' };
const hour = 3_600_000;

const tolerating = (maxDelay: string): CheckConfig => ({
  id: 'evaluation-on-time',
  enabled: true,
  reason: null,
  severity: 'high',
  sla: '4h',
  policy: Object.assign(new EvaluationOnTimePolicy(), { maxDelay }),
});

const at = (text: string): Date => new Date(`2026-11-${text}:00Z`);

describe('how the evaluations keep to the schedule', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await testDatabase();
  });
  afterEach(() => database.drop());

  const state = (now: Date, schedule = nightly, maxDelay?: string) =>
    scheduleState(database.dataSource.manager, { schedule, checks: maxDelay ? [tolerating(maxDelay)] : [] }, now);

  async function evaluation(began: Date, took = 60_000, believed = began, schedule: object = nightly): Promise<void> {
    await database.dataSource.query(
      `insert into evaluation (id, at, started_at, finished_at, roster_dataset, catalogue_version, policy)
       values ($1, $2, $3, $4, '{}', '1', $5)`,
      [randomUUID(), believed, began, new Date(began.getTime() + took), JSON.stringify({ schedule })],
    );
  }

  async function slot(due: Date, runState: string, claimed = due): Promise<void> {
    const id = randomUUID();
    await database.dataSource.query(
      `insert into run (id, cause, state, requested_at) values ($1, 'schedule', $2, $3)`,
      [id, runState, claimed],
    );
    await database.dataSource.query('insert into schedule_slot (slot, run_id, claimed_at) values ($1, $2, $3)', [
      due,
      id,
      claimed,
    ]);
  }

  it('misses nothing before the first evaluation', async () => {
    expect(await state(at('21T12:00'))).toEqual({
      lastEvaluationAt: null,
      lastSlot: at('21T02:00'),
      nextSlot: at('22T02:00'),
      missed: 0,
      onTime: true,
    });
  });

  it.each(['waiting', 'running', 'failed'])('misses a first slot whose run is %s for too long', async (runState) => {
    await slot(at('21T02:00'), runState);
    expect(await state(at('22T04:00'))).toMatchObject({ missed: 1, onTime: false });
    expect(await state(at('22T03:59'))).toMatchObject({ missed: 0, onTime: true });
    expect(await state(at('22T03:59'), nightly, '1h')).toMatchObject({ missed: 1, onTime: false });
  });

  it('does not count the age of a first slot that was taken just now', async () => {
    await slot(at('16T02:00'), 'running', at('19T09:00'));
    expect(await state(at('19T10:00'), weekly)).toMatchObject({ missed: 0, onTime: true });
  });

  it('waits for the newest slot for as long as the delay allows', async () => {
    await evaluation(at('09T02:00'));
    expect(await state(at('16T02:00'), weekly)).toMatchObject({ missed: 0, onTime: true });
    expect(await state(at('17T04:00'), weekly)).toMatchObject({ missed: 0, onTime: true });
    expect(await state(at('17T04:01'), weekly)).toMatchObject({ missed: 0, onTime: false });
    expect(await state(at('17T04:01'), weekly, '48h')).toMatchObject({ missed: 0, onTime: true });
  });

  it('misses a slot as soon as a newer one has come', async () => {
    await evaluation(at('18T02:00'));
    expect(await state(at('20T01:59'))).toMatchObject({ missed: 0, onTime: true });
    expect(await state(at('20T02:00'))).toMatchObject({ missed: 1, onTime: false });
    expect(await state(at('23T02:00'))).toMatchObject({
      lastEvaluationAt: at('18T02:00'),
      lastSlot: at('23T02:00'),
      missed: 4,
      onTime: false,
    });
  });

  it('forgets what was missed once an evaluation has ended', async () => {
    await evaluation(at('18T02:00'));
    await evaluation(at('23T09:00'));
    expect(await state(at('23T12:00'))).toMatchObject({ missed: 0, onTime: true });
  });

  it('lets an evaluation that is still at work stand for the slots under it', async () => {
    const hourly = { evaluation: '0 * * * *', timeZone: 'UTC' };
    await evaluation(at('21T02:00'), 2.5 * hour, at('21T02:00'), hourly);
    expect(await state(at('21T05:00'), hourly)).toMatchObject({ missed: 0, onTime: true });
    expect(await state(at('21T06:00'), hourly)).toMatchObject({ missed: 1, onTime: false });
  });

  it('lets a finished run stand for its slot, and no other', async () => {
    await evaluation(at('18T02:00'));
    await slot(at('19T02:00'), 'finished');
    await slot(at('20T02:00'), 'failed');
    await slot(at('21T02:00'), 'running');
    expect(await state(at('21T03:00'))).toMatchObject({ missed: 1, onTime: false });
  });

  it('ignores an evaluation that was never finished', async () => {
    await evaluation(at('18T02:00'));
    await database.dataSource.query(
      `insert into evaluation (id, at, started_at, roster_dataset, catalogue_version, policy)
       values ($1, $2, $2, '{}', '1', '{}')`,
      [randomUUID(), at('19T12:00')],
    );
    expect(await state(at('20T12:00'))).toMatchObject({ lastEvaluationAt: at('18T02:00'), missed: 1 });
  });

  it('goes by the clock of an evaluation that had one of its own', async () => {
    await evaluation(at('21T10:00'), 2 * hour, at('18T02:00'));
    expect(await state(at('20T02:00'))).toMatchObject({ missed: 1, onTime: false });
    await evaluation(at('01T00:00'), 2 * hour, at('25T02:00'));
    expect(await state(at('25T03:00'))).toMatchObject({ lastEvaluationAt: at('25T02:00'), missed: 0, onTime: true });
  });

  it('breaks no promise that was not made: a slot counts once the schedule before the change had it too', async () => {
    await evaluation(at('16T02:00'), 60_000, at('16T02:00'), weekly);
    expect(await state(at('20T12:00'), nightly)).toMatchObject({ missed: 0, onTime: true });
    expect(await state(at('24T12:00'), nightly)).toMatchObject({ missed: 1, onTime: false });
  });

  it('does not forget a promise over a change: two schedules without a slot in common', async () => {
    const later = { evaluation: '0 3 * * *', timeZone: 'UTC' };
    await evaluation(at('16T02:00'));
    expect(await state(at('17T12:00'), later)).toMatchObject({ missed: 0, onTime: true });
    expect(await state(at('18T12:00'), later)).toMatchObject({ missed: 1, onTime: false });
    expect(await state(at('26T12:00'), later)).toMatchObject({ missed: 9, onTime: false });
  });

  it('knows that a schedule had been changed by the slots that were taken for it', async () => {
    await evaluation(at('16T02:00'), 60_000, at('16T02:00'), weekly);
    await slot(at('18T02:00'), 'failed');
    expect(await state(at('20T12:00'))).toMatchObject({ missed: 2, onTime: false });
  });

  it('is not put to sleep by an evaluation from the future, beside which no other can be recorded', async () => {
    await evaluation(at('18T02:00'));
    await evaluation(at('18T12:00'), 60_000, new Date('2030-01-01T00:00:00Z'));
    expect(await state(at('19T12:00'))).toMatchObject({ missed: 0, onTime: true });
    expect(await state(at('21T12:00'))).toMatchObject({ missed: 2, onTime: false });
  });

  it('stops counting at a thousand', async () => {
    await evaluation(at('01T00:00'), 0, at('01T00:00'), { evaluation: '* * * * *', timeZone: 'UTC' });
    expect(await state(at('09T00:00'), { evaluation: '* * * * *', timeZone: 'UTC' })).toMatchObject({
      missed: 1000,
      onTime: false,
    });
  });
});
