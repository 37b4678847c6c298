import type { EntityManager } from 'typeorm';
import { EvaluationOnTimePolicy, evaluationOnTime } from '../checks/catalog/evaluation-on-time.check.js';
import { millisecondsOf } from '../checks/threshold.js';
import type { Configuration } from '../config/configuration.js';
import { nextSlot, previousSlot, slotsBetween, type Schedule } from '../config/schedule.js';

/** How the evaluations keep to the schedule, as seen between two of them. */
export interface ScheduleState {
  /** The clock of the last recorded evaluation; null: there was none yet. */
  readonly lastEvaluationAt: Date | null;
  /** The newest slot that has come; null where the schedule had none in nine years. */
  readonly lastSlot: Date | null;
  readonly nextSlot: Date;
  /** Slots before the newest that no evaluation was for and none has made up for, counted up to `mostSlots`. */
  readonly missed: number;
  /** False where a slot is missed, and where the newest one has waited for an evaluation for longer than the check tolerates. */
  readonly onTime: boolean;
}

/** More slots than these are not counted: a schedule of seconds that stood still for a year has millions. */
export const mostSlots = 1_000;

/** Two clocks differ by less. An evaluation from later on says nothing about the nights until then, and keeps them from being judged. */
const aheadMs = 5 * 60_000;

/**
 * When an evaluation ended, by the clock that it was judged at. Where that clock was the machine's this is when it really
 * ended; with a clock of its own (`--now`) it took as long as it took, but never into a time that had not come yet.
 */
export const endedAtSql =
  'greatest(evaluation.at, least(evaluation.at + (evaluation.finished_at - evaluation.started_at), evaluation.finished_at))';

/**
 * The dead man's switch. A slot is missed when a newer one has come, no evaluation ended after it, and no run that it was
 * handed to has finished. Before the first evaluation nothing is missed, except from a slot on that was taken and whose run
 * did not finish within the `maxDelay` of `evaluation-on-time`.
 */
export async function scheduleState(
  manager: EntityManager,
  { schedule, checks }: Pick<Configuration, 'schedule' | 'checks'>,
  now: Date,
): Promise<ScheduleState> {
  const maxDelayMs = maxDelayMsOf(checks);
  const [seen]: { at: Date | null; ended_at: Date | null; schedule: Schedule | null; taken: Date | null }[] =
    await manager.query(
      `select max(evaluation.at) as at,
              max(case when evaluation.at > $2 then least(evaluation.finished_at, $2) else ${endedAtSql} end) as ended_at,
              (select last.policy->'schedule' from evaluation last
                where last.finished_at is not null order by last.number desc limit 1) as schedule,
              (select min(schedule_slot.slot) from schedule_slot
                 join run on run.id = schedule_slot.run_id
                where run.state <> 'finished' and schedule_slot.claimed_at <= $1) as taken
         from evaluation where evaluation.finished_at is not null`,
      [new Date(now.getTime() - maxDelayMs), new Date(now.getTime() + aheadMs)],
    );
  const lastSlot = previousSlot(schedule, now);
  const since = seen?.ended_at ?? justBefore(seen?.taken ?? null);
  const promised = { schedule, before: seen?.schedule ?? null };
  const due = since === null ? [] : await slotsWithoutRun(manager, promised, since, now);
  const missed = due.filter((slot) => slot.getTime() !== lastSlot?.getTime()).length;
  const waits = missed < due.length && lastSlot !== null && now.getTime() - lastSlot.getTime() > maxDelayMs;
  return {
    lastEvaluationAt: seen?.at ?? null,
    lastSlot,
    nextSlot: nextSlot(schedule, now),
    missed,
    onTime: missed === 0 && !waits,
  };
}

/** Between two evaluations the schedule may have become another one, at a time that nobody noted. */
interface Promised {
  readonly schedule: Schedule;
  /** Null: not recorded. */
  readonly before: Schedule | null;
}

/**
 * The slots after `since` and not after `until`, oldest first, at most `mostSlots`, without those whose run has finished: a
 * run that was still at work when they came stood for them. Of a schedule that was changed, the slots that were promised
 * whenever that was, so that a change breaks no promise, and hides no broken one either.
 */
export async function slotsWithoutRun(
  manager: EntityManager,
  { schedule, before }: Promised,
  since: Date,
  until: Date,
): Promise<Date[]> {
  const slots = slotsBetween(schedule, since, until, mostSlots);
  const isChanged =
    before !== null && (before.evaluation !== schedule.evaluation || before.timeZone !== schedule.timeZone);
  const then = isChanged ? slotsBetween(before, since, until, mostSlots) : slots;
  if (slots.length === 0) return [];
  const taken: { slot: Date; finished: boolean }[] = await manager.query(
    `select schedule_slot.slot, run.state = 'finished' as finished from schedule_slot
       join run on run.id = schedule_slot.run_id
      where schedule_slot.slot = any ($1::timestamptz[])`,
    [[...slots, ...then]],
  );
  const stoodFor = timesOf(taken.filter(({ finished }) => finished).map(({ slot }) => slot));
  const promised = isChanged ? promisedByEither(then, slots, timesOf(taken.map(({ slot }) => slot))) : slots;
  return promised.filter((slot) => !stoodFor.has(slot.getTime()));
}

/**
 * What `before` and `after` have in common was promised anyhow. Besides, so many were as the change leaves over at the moment
 * that leaves the fewest, without the newest: that one may have been about to be kept. A slot that was taken and is in `after`
 * alone shows that the change had been made by then.
 */
function promisedByEither(before: readonly Date[], after: readonly Date[], taken: ReadonlySet<number>): Date[] {
  const [early, late] = [timesOf(before), timesOf(after)];
  const known = after.findIndex((slot) => taken.has(slot.getTime()) && !early.has(slot.getTime()));
  const latestChange = known === -1 ? after.length : known;
  let fewest = { kept: 0, from: 0 };
  for (let from = 1, kept = 0; from <= latestChange; from++) {
    while (kept < before.length && Number(before[kept]) <= Number(after[from - 1])) kept++;
    if (kept - from < fewest.kept - fewest.from) fewest = { kept, from };
  }
  const surely = [...before.slice(0, fewest.kept), ...after.slice(fewest.from)].slice(0, -1);
  const common = before.filter((slot) => late.has(slot.getTime()));
  return surely.length > common.length ? surely : common;
}

function timesOf(slots: readonly Date[]): Set<number> {
  return new Set(slots.map((slot) => slot.getTime()));
}

/** What the policy of the check says, also where the check is disabled. */
function maxDelayMsOf(checks: Configuration['checks']): number {
  const policy = checks.find(({ id }) => id === evaluationOnTime.id)?.policy;
  const { maxDelay } = policy instanceof EvaluationOnTimePolicy ? policy : new EvaluationOnTimePolicy();
  return millisecondsOf(maxDelay);
}

function justBefore(slot: Date | null): Date | null {
  return slot === null ? null : new Date(slot.getTime() - 1);
}
