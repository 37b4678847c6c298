import type { View } from './view.query.js';

/** The parameters of `standing`, always the first of a statement. */
export const standingParameters = (view: View): (string | null)[] => [view.number, view.through, view.asOf];

/** Whether a row of `finding_transition` belongs to the view. */
export const seenTransition = `coalesce(evaluation_number <= $1::bigint,
  id <= $2::bigint and ($3::timestamptz is null or at <= $3))`;

/** How urgent a finding is: critical is 1. The index of the open ones has to have the same words. */
export const severityRank = `case finding.severity when 'critical' then 1 when 'high' then 2 when 'medium' then 3 else 4 end`;

/**
 * For a `with`: every finding that the view ($1 evaluation, $2 transition, $3 instant) has, as it stood there. A finding's row
 * is what it is now: coming back takes its resolution away, a second acknowledgement the first. So whatever has a transition
 * that the view does not see is put together from those that it sees; on the newest view that is nothing, and costs nothing.
 * Severity, due date and first sight are frozen and never differ. Reason, message and name are those of now: see `saidThen`. `unchanged` and
 * `changed` are its two parts, for a list: each is cut off by itself, the first one along an index.
 */
export const standing = standingAmong('true');
/** The same of one finding, $5. */
export const standingOne = standingAmong('finding_id = $5');

function standingAmong(chosen: string): string {
  return `
  rebuilt as materialized (
    select finding_id,
           max(id) filter (where seen and kind in ('opened', 'reopened', 'resolved')) as state_id,
           max(id) filter (where seen and kind = 'acknowledged') as acknowledged_id,
           count(*) filter (where seen and kind = 'reopened')::integer as reopened
      from (select id, finding_id, kind, ${seenTransition} as seen from finding_transition
             where finding_id in (
               select finding_id from finding_transition where evaluation_number > $1::bigint and ${chosen}
               union all
               select finding_id from finding_transition
                where evaluation_number is null and (id > $2::bigint or at > $3::timestamptz) and ${chosen})) as transition
     group by finding_id),
  unchanged as not materialized (
    select id, check_id, organization_id, subject_kind, subject_key, subject_name, subject_system, severity, reason, message,
           first_seen_at, due_at, acknowledged_at, acknowledged_by, acknowledged_reason, resolved_at, resolved_because,
           reopened, recurrence_of, ${severityRank} as severity_rank
      from finding where id not in (select finding_id from rebuilt)),
  changed as not materialized (
    select finding.id, finding.check_id, finding.organization_id, finding.subject_kind, finding.subject_key,
           finding.subject_name, finding.subject_system, finding.severity, finding.reason, finding.message,
           finding.first_seen_at, finding.due_at, acknowledged.at as acknowledged_at,
           acknowledged.by as acknowledged_by, acknowledged.because as acknowledged_reason,
           case when state.kind = 'resolved' then state.at end as resolved_at,
           case when state.kind = 'resolved' then state.because end as resolved_because,
           rebuilt.reopened, finding.recurrence_of, ${severityRank} as severity_rank
      from rebuilt
      join finding on finding.id = rebuilt.finding_id
      join finding_transition as state on state.id = rebuilt.state_id
      left join finding_transition as acknowledged on acknowledged.id = rebuilt.acknowledged_id),
  standing as (select * from unchanged union all select * from changed)`;
}

/** The last failing verdict of `standing` up to the view; no row where there is no evaluation after it. */
export const saidSince = `(
  select verdict.reason, verdict.message, verdict.subject_name
    from verdict join evaluation on evaluation.number = verdict.first_evaluation
   where (select max(number) from evaluation) > $1::bigint
     and verdict.organization_id = standing.organization_id and verdict.subject_kind = standing.subject_kind
     and verdict.subject_key = standing.subject_key and verdict.check_id = standing.check_id
     and verdict.outcome = 'fail' and verdict.first_evaluation <= $1::bigint
     and evaluation.at between standing.first_seen_at and coalesce(standing.resolved_at, 'infinity')
   order by verdict.first_evaluation desc limit 1)`;

/**
 * What was said of a finding's subject the last time that it failed, where evaluations after the view may have changed it
 * since: `standing.reason` and the like of the newest view are as good and cost nothing.
 */
export function saidThen(column: 'reason' | 'message' | 'subject_name'): string {
  return `coalesce((select said.${column} from ${saidSince} as said), standing.${column})`;
}

/** Whether a row of `verdict` is what the evaluation $1 said. */
export const verdictThen = `verdict.first_evaluation <= $1::bigint
  and (verdict.last_evaluation is null or verdict.last_evaluation > $1::bigint)`;
