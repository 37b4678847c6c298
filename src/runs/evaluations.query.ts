import type { EntityManager } from 'typeorm';
import type { StageProgress } from './run-progress.js';

export const runStates = ['waiting', 'running', 'finished', 'failed'] as const;
export const runCauses = ['schedule', 'request', 'command'] as const;
export type RunState = (typeof runStates)[number];
export type RunCause = (typeof runCauses)[number];

/** One evaluation, or a run that is not one yet or never became one. */
export interface EvaluationRow {
  readonly id: string;
  /** Null: there is no evaluation. */
  readonly number: string | null;
  readonly at: Date;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly state: RunState;
  /** Null: it is from before runs were kept. */
  readonly cause: RunCause | null;
  readonly requested_by: string | null;
  readonly message: string | null;
  readonly progress: readonly StageProgress[];
}

export interface EvaluationFilters {
  readonly state: readonly RunState[];
  readonly cause: readonly RunCause[] | null;
  readonly since: string | null;
  readonly until: string | null;
}

/** Where a row stands in the list: open runs first, then evaluations and failed runs among them. */
export type EvaluationPlace = readonly [rank: number, number: string, run: string];

const recorded = `
  select evaluation.id, evaluation.number, evaluation.at, evaluation.started_at, evaluation.finished_at,
         'finished' as state, run.cause, run.requested_by, null as message, coalesce(run.progress, '[]') as progress,
         0 as rank, evaluation.number as position, 0::bigint as run_position
    from evaluation left join run on run.id = evaluation.id
   where evaluation.finished_at is not null`;

const unrecorded = `
  select run.id, null::bigint as number, coalesce(run.at, run.requested_at) as at,
         coalesce(run.started_at, run.requested_at) as started_at, run.finished_at, run.state, run.cause, run.requested_by,
         run.message, run.progress, case run.state when 'failed' then 0 else 1 end as rank,
         case run.state when 'failed' then coalesce((
           select evaluation.number from evaluation
            where evaluation.finished_at <= run.finished_at order by evaluation.number desc limit 1), 0) else 0 end as position,
         run.number as run_position
    from run where run.state <> 'finished'`;

export async function findEvaluations(
  manager: EntityManager,
  { state, cause, since, until }: EvaluationFilters,
  after: EvaluationPlace | null,
  limit: number,
): Promise<(EvaluationRow & { readonly place: EvaluationPlace })[]> {
  const [rank, position, run] = after ?? [null, null, null];
  const rows: (EvaluationRow & { rank: number; position: string; run_position: string })[] = await manager.query(
    `select * from (
       select * from (${recorded}) as recorded where 'finished' = any ($1)
       union all
       select * from (${unrecorded}) as unrecorded where state = any ($1)) as entry
      where ($2::text[] is null or cause = any ($2))
        and ($3::timestamptz is null or at >= $3) and ($4::timestamptz is null or at <= $4)
        and ($5::integer is null or (rank, position, run_position) < ($5, $6::bigint, $7::bigint))
      order by rank desc, position desc, run_position desc
      limit $8`,
    [state, cause, since, until, rank, position, run, limit],
  );
  return rows.map((row) => ({ ...row, place: [row.rank, row.position, row.run_position] }));
}

/** Null: there is neither an evaluation nor a run of that id. */
export async function findEvaluation(manager: EntityManager, id: string): Promise<EvaluationRow | null> {
  const [row]: EvaluationRow[] = await manager.query(
    `select * from (${recorded} and evaluation.id = $1
                    union all
                    ${unrecorded} and run.id = $1) as entry limit 1`,
    [id],
  );
  return row ?? null;
}
