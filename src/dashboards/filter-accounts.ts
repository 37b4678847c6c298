import { anywhere } from '../http/filters.js';
import type { AccountFilters } from './account-filters.js';
import { isServiceAccount, verdictRank, verdictsOfHolder } from './holders.query.js';

/** Conditions over `holder`, `link` and `person`. No text of a caller ever stands in one. */
export interface ChosenAccounts {
  readonly conditions: readonly string[];
  /** How the list is ordered, as columns that `named` has; ascending. */
  readonly rank: string;
}

export type Choice = Omit<AccountFilters, 'limit' | 'cursor' | 'asOf' | 'knownAt'>;

/** The role that the verdicts of a holder say is the effective one. */
export const effectiveRoles = `
  (select verdict.facts->'heldRoles' from ${verdictsOfHolder}
    where jsonb_typeof(verdict.facts->'heldRoles') = 'array'
    order by verdict.subject_kind, verdict.subject_key limit 1)`;

const linkStates = {
  true: 'link.id is not null',
  service_account: `link.id is null and ${isServiceAccount}`,
  // A name that Docker Hub did not show is none that was declared.
  false: `link.id is null and ${isServiceAccount} is not true`,
} as const;

/** `given` makes a parameter of a value and names it. */
export function filterAccounts(filters: Choice, given: (value: unknown) => string): ChosenAccounts {
  const conditions: string[] = [];
  const where = (value: unknown, condition: (parameter: string) => string): void => {
    if (value !== undefined) conditions.push(condition(given(value)));
  };
  where(filters.kind, (value) => `holder.kind = any (${value}::text[])`);
  where(filters.presence ?? ['present', 'unverified'], (value) => `holder.presence = any (${value}::text[])`);
  where(
    filters.role?.map((role) => role.toLowerCase()),
    (value) => `(lower(holder.data->>'role') = any (${value}::text[])
      or exists (select from jsonb_array_elements_text(${effectiveRoles}) as role where lower(role) = any (${value}::text[])))`,
  );
  where(
    filters.team?.map((team) => team.toLowerCase()),
    (value) => `(lower(holder.data->>'team') = any (${value}::text[]) or (holder.organization_id, holder.key) in (
      select membership.organization_id, membership.member from membership where lower(membership.team) = any (${value}::text[])))`,
  );
  if (filters.linked !== undefined) {
    conditions.push(`(${filters.linked.map((state) => `(${linkStates[state]})`).join(' or ')})`);
  }
  where(filters.person, (value) => `${value} in (link.person, link.employee_id)`);
  if (filters.check !== undefined || filters.verdict !== undefined) {
    const check = filters.check === undefined ? 'true' : `verdict.check_id = any (${given(filters.check)}::text[])`;
    const verdict =
      filters.verdict === undefined ? 'true' : `verdict.outcome = any (${given(filters.verdict)}::text[])`;
    conditions.push(`exists (select from ${verdictsOfHolder} where ${check} and ${verdict})`);
  }
  where(
    filters.q === undefined ? undefined : anywhere(filters.q),
    (value) => `(holder.data->>'username' ilike ${value} or holder.data->>'fullName' ilike ${value}
      or holder.data->>'email' ilike ${value} or holder.data->>'invitee' ilike ${value} or holder.key ilike ${value}
      or link.person ilike ${value} or link.employee_id ilike ${value} or person.data->>'fullName' ilike ${value})`,
  );
  const worst = `coalesce((select min(${verdictRank('verdict.outcome')}) from ${verdictsOfHolder}), 9)`;
  return { conditions, rank: filters.sort === 'verdict' ? worst : '0' };
}
