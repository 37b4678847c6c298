import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import type { Instant } from '../checks/check.js';
import { withAdvisoryLock } from '../database/advisory-lock.js';
import { runLock } from '../database/run-lock.js';
import type { Actor } from '../trail/actor.js';
import { recordChange } from '../trail/record-change.js';
import type { StageProgress } from './run-progress.js';

export const commandLeft = 'The terminal that it ran in is gone.';

/** So often may a run break down by itself before it is given up. */
const mostFailures = 5;
/** A run that is left behind so often may be what ends the processes: the next ones wait a little. */
const manyAttempts = 10;
const lockRetryMs = 100;

/** A run that this process works on, for as long as nobody has begun with it anew. */
export interface ClaimedRun {
  readonly id: string;
  readonly cause: 'schedule' | 'request' | 'command';
  /** The clock of beliefs. */
  readonly at: Instant;
  readonly attempt: number;
}

/** Another process has taken the run up, so that nothing of this one's may be recorded. */
export class RunTakenOver extends Error {
  constructor({ id }: ClaimedRun) {
    super(`Run ${id} has been taken up by another process.`);
  }
}

/**
 * The rows of runs, as those see them who work on one. Everything but `alone` and `hasWork` is for whoever holds the lock; the
 * writes of an attempt that has been overtaken do nothing.
 */
export class RunRecords {
  constructor(private readonly dataSource: DataSource) {}

  /** Cheap: whether it is worth asking for the lock. */
  async hasWork(): Promise<boolean> {
    const [row]: { found: boolean }[] = await this.dataSource.query(
      `select exists (
         select from run where state = 'running'
             or state = 'waiting' and (not_before is null or not_before <= clock_timestamp())) as found`,
    );
    return row?.found ?? false;
  }

  /**
   * Does the work while nobody else on this database works on a run. `lost` aborts when that can no longer be said. Runs that
   * somebody left behind are settled before: the work of a terminal has failed, everybody else's waits to be taken up.
   */
  async alone<Result>(
    work: (lost: AbortSignal) => Promise<Result>,
    { patienceMs = 0, signal }: { readonly patienceMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<Result | 'held elsewhere'> {
    const until = Date.now() + patienceMs;
    for (;;) {
      const result = await withAdvisoryLock(this.dataSource, runLock, async (lost) => {
        await this.#settleLeftRuns();
        return work(lost);
      });
      if (result !== 'held elsewhere' || Date.now() >= until || signal?.aborted === true) return result;
      await wait(lockRetryMs);
    }
  }

  /**
   * Takes the oldest run that waits, or null. It is judged at the database's clock, which all processes share, but not before
   * the last evaluation, where that is a little ahead; a run that is taken up again soon keeps the clock that it had.
   */
  async claim(): Promise<ClaimedRun | null> {
    const [rows]: [ClaimedRow[]] = await this.dataSource.query(
      `with clock as (
         select date_trunc('milliseconds', clock_timestamp()) as now
       ), believed as (
         select clock.now, last.at as last,
                case when last.at > clock.now and last.at <= clock.now + interval '5 minutes' then last.at
                     else clock.now end as fresh
           from clock, (select max(at) as at from evaluation where finished_at is not null) as last
       )
       update run
          set state = 'running', attempts = attempts + 1, not_before = null, message = null, progress = '[]',
              started_at = coalesce(run.started_at, believed.now),
              at = case when run.at >= believed.now - interval '15 minutes' and run.at <= believed.fresh
                         and (believed.last is null or run.at >= believed.last)
                        then run.at else believed.fresh end
         from believed
        where run.id = (
          select id from run
           where state = 'waiting' and (not_before is null or not_before <= (select now from clock))
           order by number limit 1)
       returning run.id, run.cause, run.at, run.attempts`,
    );
    return claimed(rows[0]);
  }

  /** The run of a terminal, which nobody else may go on with. */
  async begin(at: Instant, by: Actor = 'terminal'): Promise<ClaimedRun> {
    return this.dataSource.transaction(async (manager) => {
      const rows: ClaimedRow[] = await manager.query(
        `insert into run (id, cause, state, requested_at, at, started_at, attempts)
         values ($1, 'command', 'running', clock_timestamp(), $2, clock_timestamp(), 1)
         returning id, cause, at, attempts`,
        [randomUUID(), at],
      );
      const run = claimed(rows[0]);
      if (run === null) throw new Error('The run that was just added is not there.');
      const after = { at };
      await recordChange(manager, {
        actor: by,
        action: 'evaluation.requested',
        subject: `evaluation/${run.id}`,
        after,
      });
      return run;
    });
  }

  /**
   * In the transaction that records the evaluation, so that neither can be without the other.
   * @throws {RunTakenOver} the evaluation must not be recorded.
   */
  async finish(manager: EntityManager, run: ClaimedRun, progress: readonly StageProgress[]): Promise<void> {
    const [, finished]: [unknown, number] = await manager.query(
      `update run set state = 'finished', finished_at = clock_timestamp(), message = null, progress = $3
        where id = $1 and attempts = $2 and state = 'running'`,
      [run.id, run.attempt, JSON.stringify(progress)],
    );
    if (finished !== 1) throw new RunTakenOver(run);
  }

  /** There is nothing to try again. */
  async fail(run: ClaimedRun, message: string): Promise<void> {
    await this.dataSource.query(
      `update run set state = 'failed', finished_at = clock_timestamp(), message = $3
        where id = $1 and attempts = $2 and state = 'running'`,
      [run.id, run.attempt, message],
    );
  }

  /** It broke down by itself: again after a pause that doubles, until it is given up. */
  async retry(run: ClaimedRun, message: string): Promise<'waiting' | 'failed'> {
    const [[row]]: [{ state: 'waiting' | 'failed' }[]] = await this.dataSource.query(
      `update run
          set failures = failures + 1, message = $3,
              state = case when failures + 1 < $4 then 'waiting' else 'failed' end,
              not_before = case when failures + 1 < $4
                                then clock_timestamp() + interval '30 seconds' * power(2, failures) end,
              finished_at = case when failures + 1 < $4 then null else clock_timestamp() end
        where id = $1 and attempts = $2 and state = 'running'
       returning state`,
      [run.id, run.attempt, message, mostFailures],
    );
    return row?.state ?? 'waiting';
  }

  /** This process stops; the next one goes on, or this one when it is back. */
  async park(run: ClaimedRun): Promise<void> {
    await this.dataSource.query(
      `update run set state = 'waiting' where id = $1 and attempts = $2 and state = 'running'`,
      [run.id, run.attempt],
    );
  }

  async noteProgress(run: ClaimedRun, progress: readonly StageProgress[]): Promise<void> {
    await this.dataSource.query(`update run set progress = $3 where id = $1 and attempts = $2 and state = 'running'`, [
      run.id,
      run.attempt,
      JSON.stringify(progress),
    ]);
  }

  async #settleLeftRuns(): Promise<void> {
    await this.dataSource.query(
      `update run
          set state = case cause when 'command' then 'failed' else 'waiting' end,
              finished_at = case cause when 'command' then clock_timestamp() end,
              message = case cause when 'command' then $1 end,
              not_before = case when cause <> 'command' and attempts > $2
                                then clock_timestamp() + interval '1 second' * power(2, least(attempts - $2, 6)) end
        where state = 'running'`,
      [commandLeft, manyAttempts],
    );
  }
}

interface ClaimedRow {
  readonly id: string;
  readonly cause: ClaimedRun['cause'];
  readonly at: Date;
  readonly attempts: number;
}

function claimed(row: ClaimedRow | undefined): ClaimedRun | null {
  if (row === undefined) return null;
  return { id: row.id, cause: row.cause, at: row.at.toISOString(), attempt: row.attempts };
}
