import type { EntityManager } from 'typeorm';
import type { Instant } from '../../checks/check.js';
import type { AcceptedState } from './accepted-state.js';

export interface Moment {
  readonly at: Instant;
  /** The number of the evaluation that does it; null: somebody does, between two evaluations. */
  readonly evaluation: string | null;
  /** Null: it happens by itself. */
  readonly by: string | null;
}

export interface Cover {
  readonly exception: string;
  readonly finding: string;
  readonly accepted: AcceptedState;
  readonly because: string;
}

/** Puts findings under exceptions. They stay open, with their dates. */
export async function coverFindings(manager: EntityManager, covers: readonly Cover[], when: Moment): Promise<void> {
  if (covers.length === 0) return;
  await manager.query(
    `with cover as (
       select row.* from jsonb_to_recordset($1) as row (exception bigint, finding bigint, accepted jsonb, because text)
     ), changed as (
       update finding set excepted_by = cover.exception from cover
        where finding.id = cover.finding and finding.resolved_at is null
       returning finding.id, cover.exception, cover.accepted, cover.because
     ), kept as (
       insert into excepted_finding (exception_id, finding_id, accepted, started_at)
       select exception, id, accepted, $2::timestamptz from changed order by id)
     insert into finding_transition (finding_id, evaluation_number, at, kind, because, by, exception_id)
     select id, $3::bigint, $2::timestamptz, 'excepted', because, $4, exception from changed order by id`,
    [JSON.stringify(covers), when.at, when.evaluation, when.by],
  );
}

export interface Uncover {
  /** The id of the row in excepted_finding. */
  readonly id: string;
  /** Of the transition: a code, or what somebody wrote. */
  readonly because: string;
}

/**
 * Takes findings from under their exceptions: they are open again, due when they were due at first. One that is resolved
 * meanwhile is only written off.
 */
export async function uncoverFindings(
  manager: EntityManager,
  uncovers: readonly Uncover[],
  ending: 'expired' | 'voided' | 'revoked',
  when: Moment,
): Promise<void> {
  if (uncovers.length === 0) return;
  await manager.query(
    `with over as (
       update excepted_finding
          set ended_at = $2, ended_because = upper($3), ended_cause = row.because, last_evaluation = $4::bigint
         from jsonb_to_recordset($1) as row (id bigint, because text)
        where excepted_finding.id = row.id and excepted_finding.ended_at is null
       returning excepted_finding.finding_id, excepted_finding.exception_id, row.because
     ), changed as (
       update finding set excepted_by = null, reopened = finding.reopened + 1 from over
        where finding.id = over.finding_id and finding.resolved_at is null
       returning finding.id, over.exception_id, over.because)
     insert into finding_transition (finding_id, evaluation_number, at, kind, because, by, exception_id)
     select id, $4::bigint, $2::timestamptz, 'exception_' || $3, because, $5, exception_id from changed order by id`,
    [JSON.stringify(uncovers), when.at, ending, when.evaluation, when.by],
  );
}
