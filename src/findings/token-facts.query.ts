import type { TokenCreator, TokenFacts, TokenRow } from '../checks/token-facts.js';
import { foldUsername } from '../config/username.js';
import { streamRows } from '../database/rows.js';
import { namedAccounts, type NamedAccountRow } from './named-accounts.query.js';
import { decodePerson } from './people.query.js';
import type { JudgedPolicy } from './policy.js';
import type { SubjectSource } from './subject-source.js';

/** The organization access tokens, and who made each of them. */
export const tokenSource: SubjectSource = {
  name: 'tokens',
  async *subjects(runner, { organizationId, organization, snapshot, now, policy }) {
    for await (const row of streamRows<Row>(runner, sql, [organizationId, snapshot, now])) {
      const { label } = row.data;
      const name = label === undefined || label.trim() === '' ? row.key : label;
      const facts: TokenFacts = {
        ...row.data,
        organization,
        id: row.key,
        name,
        creator: creatorOf(row, policy),
        owner: policy.tokenOwners.get(name.trim()) ?? policy.tokenOwners.get(row.key) ?? null,
      };
      yield { subject: { kind: 'token', key: row.key, name, system: null }, facts };
    }
  },
};

interface Row {
  readonly key: string;
  readonly data: TokenRow;
  /** Null: nobody of that name was ever listed. */
  readonly account: NamedAccountRow | null;
}

const sql = `
with shown as materialized (
  select observation.key, observation.data
    from observation
   where observation.organization_id = $1 and observation.dataset = 'tokens' and observation.first_snapshot <= $2
     and (observation.last_snapshot is null or observation.last_snapshot > $2)
     and not exists (select from unverified where unverified.snapshot = $2 and unverified.observation_id = observation.id)
), creator as (${namedAccounts("select lower(shown.data->>'createdBy') from shown")})
select shown.key, shown.data, creator.account
  from shown
  left join creator on creator.username = lower(shown.data->>'createdBy')
 order by shown.key`;

function creatorOf({ data, account }: Row, policy: JudgedPolicy): TokenCreator {
  const { createdBy } = data;
  if (typeof createdBy !== 'string') return { state: 'unseen' };
  // Whoever is linked is a person, also where the policy of another organization declares a machine of that name.
  if (account !== null && account.employee_id !== null) {
    const { employee_id: id, person, present } = account;
    return { state: 'linked', person: { id, person: person === null ? null : decodePerson(person) }, present };
  }
  const declared = policy.serviceAccounts.get(foldUsername(createdBy));
  if (account === null) return { state: 'unseen' };
  const { present } = account;
  return declared === undefined ? { state: 'unlinked', present } : { state: 'service_account', declared, present };
}
