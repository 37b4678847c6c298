import { anywhere } from '../http/filters.js';
import type { FindingFilters, FindingOrder } from './finding-filters.js';
import { holderKey, saidThen, severityRank, standingParameters } from './standing.query.js';
import type { View } from './view.query.js';

/** Conditions over `standing`, and the values of their parameters. No text of a caller ever stands in a condition. */
export interface Chosen {
  readonly conditions: readonly string[];
  readonly parameters: readonly unknown[];
  readonly orderBy: string;
}

const accountKinds = `('account', 'service_account', 'critical_system_account')`;
/** Of what is resolved, a link counts that stood when it was. */
const linkedThen = `link.linked_at <= coalesce(standing.resolved_at, $7::timestamptz)
  and (link.ended_at is null or link.ended_at > $7 or link.ended_at >= standing.resolved_at)`;

/** Columns that never change, so that no write moves a finding from one page to another. */
const orders = {
  severity: [['severity_rank', 'due_at', 'id'], 'asc'],
  '-severity': [['severity_rank', 'due_at', 'id'], 'desc'],
  dueAt: [['due_at', 'id'], 'asc'],
  '-dueAt': [['due_at', 'id'], 'desc'],
  firstSeenAt: [['first_seen_at', 'id'], 'asc'],
  '-firstSeenAt': [['first_seen_at', 'id'], 'desc'],
} as const satisfies Record<FindingOrder, readonly [columns: readonly string[], direction: 'asc' | 'desc']>;

export function onlyOpen({ status = ['open'] }: Pick<FindingFilters, 'status'>): boolean {
  return !status.includes('resolved');
}

/** By the clock of the evaluation, as its report says it. */
export const dispositionSql = `case when standing.resolved_at is not null then 'none'
  when standing.excepted_by is not null then 'excepted'
  when standing.due_at < $7::timestamptz then 'overdue' else 'in_grace' end`;

/** The parameters $1 to $6 are those of `standing`, $7 is the clock of the evaluation. */
export function filterFindings(filters: FindingFilters, view: View, after: string | null): Chosen {
  const parameters: unknown[] = [...standingParameters(view), view.at];
  const given = (value: unknown): string => `$${parameters.push(value)}`;
  const conditions: string[] = [];
  const where = (value: unknown, condition: (parameter: string) => string): void => {
    if (value !== undefined) conditions.push(condition(given(value)));
  };

  if (onlyOpen(filters)) conditions.push('resolved_at is null');
  else if (!filters.status?.includes('open')) conditions.push('resolved_at is not null');
  // Of one check, an index has the order as well.
  if (filters.check?.length === 1) where(filters.check[0], (value) => `check_id = ${value}`);
  else where(filters.check, (value) => `check_id = any (${value}::text[])`);
  where(
    filters.organization,
    (value) => `organization_id in (select id from organization where name = any (${value}::text[]))`,
  );
  where(filters.severity, (value) => `severity = any (${value}::text[])`);
  where(filters.disposition, (value) => `${dispositionSql} = any (${value}::text[])`);
  where(filters.reason, (value) => `${saidThen('reason')} = any (${value}::text[])`);
  where(filters.kind, (value) => `subject_kind = any (${value}::text[])`);
  where(
    filters.system,
    (value) => `(subject_system = ${value} or subject_kind = 'critical_system' and subject_key = ${value})`,
  );
  where(
    filters.person,
    (value) => `(${holderKey('standing')}, organization_id) in (
      select link.subject_key, link.organization_id from link where link.employee_id = ${value})
     and exists (
      select from link
       where link.employee_id = ${value} and link.organization_id = standing.organization_id
         and link.subject_kind = case when standing.subject_kind = 'invite' then 'invite' else 'account' end
         and standing.subject_kind in ('account', 'service_account', 'critical_system_account', 'invite')
         and link.subject_key = ${holderKey('standing')} and ${linkedThen})`,
  );
  where(
    filters.account,
    (value) => `subject_kind in ${accountKinds}
      and (${holderKey('standing')} = ${value} or lower(${saidThen('subject_name')}) = lower(${value})
        or (organization_id, ${holderKey('standing')}) in (
          select id, substr(${value}, length(lower(name)) + 2) from organization where starts_with(${value}, lower(name) || ':')))`,
  );
  where(filters.dueBefore, (value) => `due_at < ${value}::timestamptz`);
  where(filters.acknowledged, (value) => `(acknowledged_at is not null) = ${value}::boolean`);
  where(
    filters.q === undefined ? undefined : anywhere(filters.q),
    // At once, since each comparison folds the case of its text. What stands between them is in no text that is searched for.
    (
      value,
    ) => `concat_ws(e'\\x01', ${saidThen('subject_name')}, ${saidThen('message')}, ${saidThen('reason')}, check_id,
      subject_system) ilike ${value}`,
  );

  const [columns, direction] = orders[filters.sort ?? 'severity'];
  where(after ?? undefined, (value) => {
    const row = columns.join(', ');
    return `(${row}) ${direction === 'asc' ? '>' : '<'} (
      select ${row} from (select id, due_at, first_seen_at, ${severityRank} as severity_rank from finding) as last
       where id = ${value})`;
  });
  return { conditions, parameters, orderBy: columns.map((column) => `${column} ${direction}`).join(', ') };
}
