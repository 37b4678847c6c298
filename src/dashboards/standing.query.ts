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
 * Severity, due date and first sight are frozen and never differ. Reason, message and name are those of now: see `saidThen`. Of what is
 * not `asked` for, some may be in it. `inOrder`: what a page of it is ordered by.
 */
export function standing(view: Pick<View, 'past'>, asked: Asked = 'any', inOrder: string | null = null): string {
  // Of a few findings, their transitions are few, too.
  const byDates = view.past && typeof asked === 'string';
  const open = byDates && asked === 'open';
  const { touched, unchanged } = byDates ? plainThen(open) : touchedSince(asked);
  const touchedOnes = `finding.id in (select finding_id from touched)`;
  return `
  touched as materialized (${touched}),
  unchanged as not materialized (${unchanged}),
  changed as not materialized (${asTransitionsSay(byDates ? `${touchedOnes} and ${plain}` : touchedOnes, open)}),
  ${byDates ? `eventful as not materialized (${asTransitionsSay(eventfulThen(open), open, inOrder)}),` : ''}
  standing as (${partsOf(view, asked)
    .map((part) => `select * from ${part}`)
    .join(' union all ')})`;
}

/** The parts of `standing`, for a list: each is cut off by itself, the first one along an index. */
export function partsOf(view: Pick<View, 'past'>, asked: Asked): readonly ['unchanged', ...string[]] {
  return view.past && typeof asked === 'string' ? ['unchanged', 'changed', 'eventful'] : ['unchanged', 'changed'];
}

interface Parts {
  /** The ids of findings with transitions that the view does not see. */
  readonly touched: string;
  /** The rows of findings that are now what they were then, in whatever the view shows of them. */
  readonly unchanged: string;
}

/**
 * Findings as they stood by the transitions that the view sees; of some it sees none. Each is looked up by itself: of those that are
 * `open` and wanted `inOrder`, no more than the page takes, since the order is by what never changes.
 */
function asTransitionsSay(which: string, open: boolean, inOrder: string | null = null): string {
  const source =
    open && inOrder !== null
      ? `(select finding.*, ${severityRank} as severity_rank from finding where ${which} order by ${inOrder} offset 0)`
      : `(select finding.*, ${severityRank} as severity_rank from finding where ${which})`;
  return `
  select finding.id, finding.check_id, finding.organization_id, finding.subject_kind, finding.subject_key,
         finding.subject_name, finding.subject_system, finding.severity, finding.reason, finding.message,
         finding.first_seen_at, coalesce(finding.began_at, finding.first_seen_at) as began_at, finding.due_at,
         acknowledged.at as acknowledged_at, acknowledged.by as acknowledged_by, acknowledged.because as acknowledged_reason,
         ${open ? 'null::timestamptz as resolved_at, null::text as resolved_because' : 'resolved.at as resolved_at, resolved.because as resolved_because'},
         seen.reopened, finding.recurrence_of, excepted.exception_id as excepted_by, finding.severity_rank
    from ${source} as finding
   cross join lateral (
     select max(id) filter (where kind in ('opened', 'reopened')) as opened_id,
            max(id) filter (where kind = 'resolved') as resolved_id,
            max(id) filter (where kind = 'acknowledged') as acknowledged_id,
            max(id) filter (where kind = 'excepted') as excepted_id,
            max(id) filter (where kind in ${uncovered}) as uncovered_id,
            (count(*) filter (where kind = 'reopened' or kind in ${uncovered}))::integer as reopened
       from finding_transition where finding_id = finding.id and ${seenTransition}) as seen
    left join finding_transition as resolved
      on resolved.id = case when seen.resolved_id > coalesce(seen.opened_id, 0) then seen.resolved_id end
    left join finding_transition as acknowledged on acknowledged.id = seen.acknowledged_id
    left join finding_transition as excepted
      on excepted.id = case when seen.excepted_id > greatest(seen.opened_id, seen.resolved_id, seen.uncovered_id) then seen.excepted_id end
   where ${open ? 'seen.opened_id > coalesce(seen.resolved_id, 0)' : 'greatest(seen.opened_id, seen.resolved_id) is not null'}`;
}

/** What never changes; `date` writes the dates that lists are ordered by. */
const frozen = (date: (column: string) => string): string => `
  id, check_id, organization_id, subject_kind, subject_key, subject_name, subject_system, severity, reason, message,
  ${date('first_seen_at')} as first_seen_at, coalesce(began_at, first_seen_at) as began_at, ${date('due_at')} as due_at`;
const plainly = (column: string): string => column;
/** The same value, and no index for the planner to walk along: past years of what was resolved long before, to what was open then. */
const unwalked = (column: string): string => `least(${column}, 'infinity')`;

/** What has a transition that the view does not see, and the rows of everything else: right for every view, quick for a recent one. */
function touchedSince(asked: Asked): Parts {
  const among = typeof asked === 'string' ? '' : `and finding_id in (${asked.ids})`;
  return {
    touched: `select finding_id from finding_transition where evaluation_number > $1::bigint ${among}
     union all
     select finding_id from finding_transition where evaluation_number is null and id > $2::bigint ${among}
     union all
     select finding_id from finding_transition where evaluation_number is null and at > $3::timestamptz ${among}`,
    unchanged: `select ${frozen(plainly)}, acknowledged_at, acknowledged_by, acknowledged_reason, resolved_at, resolved_because,
            reopened, recurrence_of, excepted_by, ${severityRank} as severity_rank
       from finding where id not in (select finding_id from touched)
        ${typeof asked === 'string' ? '' : `and id in (${asked.ids})`}`,
  };
}

/** Whether more happened to a finding than that it was opened, acknowledged and resolved. The indexes of the past have the same words. */
const eventful = '(finding.reopened > 0 or finding.excepted_by is not null)';
const plain = '(finding.reopened = 0 and finding.excepted_by is null)';
const eventfulThen = (open: boolean): string => (open ? `${eventful} and ${openThen}` : eventful);
const openFrom = 'least(began_at, first_seen_at, resolved_at)';
const openThen = `tstzrange(${openFrom}, resolved_at) @> $3::timestamptz`;

/** A day, two, four, …: eleven years. In hours, because a day of a time zone may be longer. */
const spans = Array.from({ length: 13 }, (_, place) => `${24 * 2 ** place}:00`);

/**
 * Which of `spans` a finding was open for less than, by its place; the last place is for what was open for longer, or still is. Whatever was
 * open at an instant for less than a span was opened within that span before it: an index of this and `openFrom` leads to what was
 * open then, and to little else.
 */
const spanPlace = `coalesce(width_bucket(resolved_at - ${openFrom}, '{${spans.join(',')}}'::interval[]), ${spans.length})`;
const eachSpan = `(values ${[...spans.map((span) => `'${span}'::interval`), 'null'].map((span, place) => `(${place}, ${span})`).join(', ')})`;
const plainOpenThen = `${spanPlace} = span.place and ${openFrom} > coalesce($3::timestamptz - span.longest, '-infinity')
  and ${openFrom} <= $3::timestamptz and (resolved_at is null or resolved_at > $3::timestamptz)`;

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
function plainThen(open: boolean): Parts {
  return {
    touched: `
     select finding_id from excepted_finding ${open ? `join finding on finding.id = excepted_finding.finding_id where ${openThen}` : ''}
     union all
     select finding_id from finding_transition where id > $2::bigint
     union all
     select finding_id from finding_transition where evaluation_number > $4::bigint and $6::timestamptz is null`,
    // No column of the counts and of the orders but those of the index that leads here, so that it alone is read for them.
    unchanged: `
     select ${frozen(open ? unwalked : plainly)}, ${acknowledgedThen('at', 'at')}, ${acknowledgedThen('by', 'by')}, ${acknowledgedThen('reason', 'because')},
            ${open ? 'null::timestamptz' : 'case when resolved_at <= $3::timestamptz then resolved_at end'} as resolved_at,
            ${open ? 'null::text' : 'case when resolved_at <= $3::timestamptz then resolved_because end'} as resolved_because,
            0 as reopened, recurrence_of, null::bigint as excepted_by, ${severityRank} as severity_rank
       from ${open ? `${eachSpan} as span (place, longest) join finding on ${plainOpenThen}` : 'finding'}
      where ${plain} and id not in (select finding_id from touched)
        and ($6::timestamptz is null or first_seen_at <= $6)
        and ($5::timestamptz is null or coalesce(began_at, first_seen_at) <= $5)`,
  };
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
