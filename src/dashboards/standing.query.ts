import type { View } from './view.query.js';

/** The parameters of `standing`, always the first of a statement. */
export const standingParameters = ({ number, through, until, known, asOf, knownAt }: View): (string | null)[] => [
  number,
  through,
  until,
  known,
  asOf,
  knownAt,
];

/**
 * Whether a row of `finding_transition`, joined with its `finding`, belongs to the view. That a finding was opened counts from when
 * it began to be true, if it is known at all: the evaluation that found it may be later.
 */
export const seenTransition = `case when kind = 'opened'
  then coalesce(evaluation_number <= $4::bigint, finding_transition.id <= $2::bigint and ($6::timestamptz is null or at <= $6))
   and ($5::timestamptz is null or coalesce(began_at, first_seen_at) <= $5)
  else coalesce(evaluation_number <= $1::bigint,
                finding_transition.id <= $2::bigint and ($3::timestamptz is null or at <= $3)) end`;

/** How urgent a finding is: critical is 1. The index of the open ones has to have the same words. */
export const severityRank = `case finding.severity when 'critical' then 1 when 'high' then 2 when 'medium' then 3 else 4 end`;

/**
 * The Hub user id (or the invite's id) that a row's subject is about; of an account of a system the part behind its name. An index has
 * the same words.
 */
export const holderKey = (row: 'finding' | 'standing'): string =>
  `(case when ${row}.subject_kind = 'critical_system_account'
    then substr(${row}.subject_key, length(${row}.subject_system) + 2) else ${row}.subject_key end)`;

/** What takes a finding from under its exception; it is open again, and has been all the time. */
const uncovered = `('exception_expired', 'exception_voided', 'exception_revoked')`;

/** Which findings a question is about: all that are open in the view, or what `ids`, a query of ids, answers. */
export type Asked = 'any' | 'open' | { readonly ids: string };

/**
 * For a `with`: every finding that the view (`standingParameters`) has, as it stood there. A finding's row
 * is what it is now: coming back takes its resolution away, a second acknowledgement the first. So whatever has a transition
 * that the view does not see is put together from those that it sees; on the newest view that is nothing, and costs nothing.
 * Severity, due date and first sight are frozen and never differ. Reason, message and name are those of now: see `saidThen`. `unchanged` and
 * `changed` are its two parts, for a list: each is cut off by itself, the first one along an index. Of what is not `asked` for, some may
 * be in it.
 */
export function standing(view: Pick<View, 'past'>, asked: Asked = 'any'): string {
  // Of a few findings, their transitions are few, too.
  const [touched, unchanged] =
    view.past && typeof asked === 'string' ? plainThen(asked === 'open') : touchedSince(asked);
  return `
  rebuilt as materialized (
    select finding_id,
           max(id) filter (where seen and kind in ('opened', 'reopened', 'resolved')) as state_id,
           max(id) filter (where seen and kind = 'acknowledged') as acknowledged_id,
           max(id) filter (where seen and (kind in ('opened', 'reopened', 'resolved', 'excepted') or kind in ${uncovered}))
             as accepted_id,
           count(*) filter (where seen and (kind = 'reopened' or kind in ${uncovered}))::integer as reopened
      from (select finding_transition.id, finding_id, kind, ${seenTransition} as seen
              from finding_transition join finding on finding.id = finding_id
             where finding_id in (${touched})) as transition
     group by finding_id),
  unchanged as not materialized (${unchanged}),
  changed as not materialized (
    select finding.id, finding.check_id, finding.organization_id, finding.subject_kind, finding.subject_key,
           finding.subject_name, finding.subject_system, finding.severity, finding.reason, finding.message,
           finding.first_seen_at, coalesce(finding.began_at, finding.first_seen_at) as began_at, finding.due_at,
           acknowledged.at as acknowledged_at,
           acknowledged.by as acknowledged_by, acknowledged.because as acknowledged_reason,
           case when state.kind = 'resolved' then state.at end as resolved_at,
           case when state.kind = 'resolved' then state.because end as resolved_because,
           rebuilt.reopened, finding.recurrence_of,
           case when accepted.kind = 'excepted' then accepted.exception_id end as excepted_by, ${severityRank} as severity_rank
      from rebuilt
      join finding on finding.id = rebuilt.finding_id
      join finding_transition as state on state.id = rebuilt.state_id
      join finding_transition as accepted on accepted.id = rebuilt.accepted_id
      left join finding_transition as acknowledged on acknowledged.id = rebuilt.acknowledged_id),
  standing as (select * from unchanged union all select * from changed)`;
}

/** What never changes; `date` writes the dates that lists are ordered by. */
const frozen = (date: (column: string) => string): string => `
  id, check_id, organization_id, subject_kind, subject_key, subject_name, subject_system, severity, reason, message,
  ${date('first_seen_at')} as first_seen_at, coalesce(began_at, first_seen_at) as began_at, ${date('due_at')} as due_at`;
const plainly = (column: string): string => column;
/** The same value, and no index for the planner to walk along: past years of what was resolved long before, to what was open then. */
const unwalked = (column: string): string => `least(${column}, 'infinity')`;

/** What has a transition that the view does not see, and the rows of everything else: right for every view, quick for a recent one. */
function touchedSince(asked: Asked): readonly [touched: string, unchanged: string] {
  const among = typeof asked === 'string' ? '' : `and finding_id in (${asked.ids})`;
  return [
    `select finding_id from finding_transition where evaluation_number > $1::bigint ${among}
     union all
     select finding_id from finding_transition where evaluation_number is null and id > $2::bigint ${among}
     union all
     select finding_id from finding_transition where evaluation_number is null and at > $3::timestamptz ${among}`,
    `select ${frozen(plainly)}, acknowledged_at, acknowledged_by, acknowledged_reason, resolved_at, resolved_because,
            reopened, recurrence_of, excepted_by, ${severityRank} as severity_rank
       from finding where id not in (select finding_id from rebuilt)
        ${typeof asked === 'string' ? '' : `and id in (${asked.ids})`}`,
  ];
}

/** Whether more happened to a finding than that it was opened, acknowledged and resolved. The indexes of the past have the same words. */
const eventful = '(reopened > 0 or excepted_by is not null)';
const plain = '(reopened = 0 and excepted_by is null)';
const openThen = 'tstzrange(least(began_at, first_seen_at, resolved_at), resolved_at) @> $3::timestamptz';

/** A row has the last acknowledgement; where that came later, the transitions have the one before it. */
const acknowledgedThen = (column: 'at' | 'by' | 'reason', said: 'at' | 'by' | 'because'): string => `
  case when acknowledged_at <= $3::timestamptz then acknowledged_${column}
       when acknowledged_at is not null then (
         select acknowledged.${said} from finding_transition as acknowledged
          where acknowledged.finding_id = finding.id and acknowledged.kind = 'acknowledged' and acknowledged.at <= $3::timestamptz
          order by acknowledged.id desc limit 1) end as acknowledged_${column}`;

/**
 * The same for a view before which not much happened and after which much has: a finding that was opened once and resolved once at
 * most was open between the two dates of its row. Everything else is put together from its transitions, which are many fewer.
 */
function plainThen(open: boolean): readonly [touched: string, unchanged: string] {
  const then = open ? `and ${openThen}` : '';
  return [
    `select id from finding where ${eventful} ${then}
     union all
     select finding_id from excepted_finding ${open ? `join finding on finding.id = excepted_finding.finding_id where ${openThen}` : ''}
     union all
     select finding_id from finding_transition where id > $2::bigint
     union all
     select finding_id from finding_transition where evaluation_number > $4::bigint and $6::timestamptz is null`,
    `select ${frozen(open ? unwalked : plainly)}, ${acknowledgedThen('at', 'at')}, ${acknowledgedThen('by', 'by')}, ${acknowledgedThen('reason', 'because')},
            ${open ? 'null::timestamptz' : 'case when resolved_at <= $3::timestamptz then resolved_at end'} as resolved_at,
            ${open ? 'null::text' : 'case when resolved_at <= $3::timestamptz then resolved_because end'} as resolved_because,
            reopened, recurrence_of, excepted_by, ${severityRank} as severity_rank
       from finding
      where ${plain} ${then} and id not in (select finding_id from rebuilt)
        and ($6::timestamptz is null or first_seen_at <= $6)
        and ($5::timestamptz is null or coalesce(began_at, first_seen_at) <= $5)`,
  ];
}

/**
 * The last failing verdict of `standing` up to the view, or else the first one after it that is known; no row where there is no
 * evaluation after it.
 */
export const saidSince = `(
  select verdict.reason, verdict.message, verdict.subject_name
    from verdict
   where (select max(number) from evaluation) > $1::bigint
     and verdict.organization_id = standing.organization_id and verdict.subject_kind = standing.subject_kind
     and verdict.subject_key = standing.subject_key and verdict.check_id = standing.check_id
     and verdict.outcome = 'fail' and verdict.first_evaluation <= $4::bigint
     and (select evaluation.at from evaluation where evaluation.number = verdict.first_evaluation)
         between standing.first_seen_at and coalesce(standing.resolved_at, 'infinity')
   order by verdict.first_evaluation > $1::bigint, abs(verdict.first_evaluation - $1::bigint) limit 1)`;

/**
 * What was said of a finding's subject the last time that it failed, where evaluations after the view may have changed it
 * since: `standing.reason` and the like of the newest view are as good and cost nothing.
 */
export function saidThen(column: 'reason' | 'message' | 'subject_name'): string {
  return `case when (select max(number) from evaluation) > $1::bigint
    then coalesce((select said.${column} from ${saidSince} as said), standing.${column}) else standing.${column} end`;
}

/** Whether a row of `verdict` is what the evaluation $1 said. */
export const verdictThen = `verdict.first_evaluation <= $1::bigint
  and (verdict.last_evaluation is null or verdict.last_evaluation > $1::bigint)`;
