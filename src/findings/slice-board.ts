import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { Instant } from '../checks/check.js';
import type { Slice } from './judge-slice.js';
import type { Remembered } from './judged-groups.js';
import type { Operation } from './operation.query.js';
import type { RecordedPolicy } from './recorded-policy.js';
import { type Place, placeNamed, type Stage } from './stage-judgements.js';

/** What a process has to know to judge slices as the one does that records the evaluation. */
export interface SharedTask {
  /** As `pg_export_snapshot` named what all of them see. */
  readonly snapshot: string;
  readonly now: Instant;
  readonly decidedThrough: string;
  readonly operation: Operation;
  readonly policy: RecordedPolicy;
  /** Of the policy, the rules and the lines that parts have: whoever has others judges nothing. */
  readonly fingerprint: string;
}

/** A slice with what is known of it from the evaluation before. */
export interface AskedSlice extends Slice {
  readonly about: Remembered & { readonly isKnown: boolean };
}

/** Ended by exactly one of `done` and `drop`. */
export interface ClaimedSlice {
  readonly number: number;
  readonly slice: AskedSlice;
  /** With the parts that `stageAsParts` has written for it. */
  done(subjects: number): Promise<void>;
  drop(): Promise<void>;
}

/**
 * Puts slices up for whoever wants to judge them. Answers the name of this attempt. What earlier attempts left behind goes, as far as
 * nobody is still at work on it.
 */
export async function putUp(dataSource: DataSource, task: SharedTask, slices: readonly AskedSlice[]): Promise<string> {
  const attempt = randomUUID();
  await takeDown(dataSource.manager);
  await dataSource.transaction(async (manager) => {
    await manager.query('insert into evaluation_at_work (attempt, task) values ($1, $2)', [
      attempt,
      JSON.stringify(task),
    ]);
    await manager.query(
      `insert into evaluation_slice (attempt, number, slice)
       select $1, row.number, row.slice from json_array_elements($2) with ordinality as row (slice, number)`,
      [attempt, JSON.stringify(slices)],
    );
  });
  return attempt;
}

/** Nobody begins with a slice any more. At most one evaluation is at work on a database, so nobody else's is lost. */
export async function takeDown(manager: EntityManager): Promise<void> {
  await manager.query('delete from evaluation_at_work');
  await manager.query(
    `delete from evaluation_slice where (attempt, number) in (
       select attempt, number from evaluation_slice for update skip locked)`,
  );
  await manager.query(
    `delete from evaluation_part where not exists (
       select from evaluation_slice
        where evaluation_slice.attempt = evaluation_part.attempt and evaluation_slice.number = evaluation_part.number)`,
  );
}

/** Null: the attempt is over, or never was. */
export async function taskOf(manager: EntityManager, attempt: string): Promise<SharedTask | null> {
  const [row]: { task: SharedTask }[] = await manager.query('select task from evaluation_at_work where attempt = $1', [
    attempt,
  ]);
  return row?.task ?? null;
}

/**
 * The first slice that nobody judges; null: there is none. It is the caller's as long as the connection holds, so that whoever dies
 * gives it back at once. `runner`: without a transaction; it gets one until the slice is done or dropped.
 */
export async function claimSlice(runner: QueryRunner, attempt: string): Promise<ClaimedSlice | null> {
  await runner.startTransaction();
  const [row]: { number: number; slice: AskedSlice }[] = await runner.manager.query(
    `select number, slice from evaluation_slice where attempt = $1 and subjects is null
      order by number limit 1 for update skip locked`,
    [attempt],
  );
  if (row === undefined) {
    await runner.rollbackTransaction();
    return null;
  }
  return {
    ...row,
    done: async (subjects) => {
      await runner.query(
        `update evaluation_slice
            set subjects = $3,
                parts = (select count(*) from evaluation_part as part where part.attempt = $1 and part.number = $2)
          where attempt = $1 and number = $2`,
        [attempt, row.number, subjects],
      );
      await runner.commitTransaction();
    },
    drop: () => runner.rollbackTransaction(),
  };
}

/** Stages for the process that records the evaluation, in the transaction that holds the slice. */
export function stageAsParts(runner: QueryRunner, attempt: string, number: number): Stage {
  let position = 0;
  return async (place, lines) => {
    position += 1;
    await runner.query(
      'insert into evaluation_part (attempt, number, position, place, lines) values ($1, $2, $3, $4, $5)',
      [attempt, number, position, place, lines],
    );
  };
}

export interface DoneSlice {
  readonly number: number;
  readonly subjects: number;
  readonly parts: number;
}

export async function doneSlices(manager: EntityManager, attempt: string): Promise<DoneSlice[]> {
  return manager.query(
    `select number, subjects::float8 as subjects, parts from evaluation_slice
      where attempt = $1 and subjects is not null order by number`,
    [attempt],
  );
}

/** What somebody else judged of a slice, one part at a time. Throws where a part is gone. */
export async function* partsOf(
  manager: EntityManager,
  attempt: string,
  { number, parts }: DoneSlice,
): AsyncIterable<{ readonly place: Place; readonly lines: Buffer }> {
  for (let position = 1; position <= parts; position += 1) {
    const [part]: { place: string; lines: Buffer }[] = await manager.query(
      'select place, lines from evaluation_part where attempt = $1 and number = $2 and position = $3',
      [attempt, number, position],
    );
    if (part === undefined) throw new Error(`A part of slice ${number} of the evaluation is gone.`);
    yield { place: placeNamed(part.place), lines: part.lines };
  }
}
