import type { EntityManager } from 'typeorm';
import type { HolderFacts } from '../checks/facts.js';
import type { LinkConflicts } from '../checks/lifecycle-facts.js';
import { formsOf } from './same-address.js';
import type { SameAddress } from './holder-facts.query.js';

interface ConflictRow {
  readonly key: string;
  readonly address_changed: boolean;
  readonly claimed_by: readonly { person: string; name: string | null; since: string }[] | null;
  readonly elsewhere: LinkConflicts['elsewhere'] | null;
  readonly other_accounts: readonly string[] | null;
}

/**
 * $1 organization, $2 snapshot, $3 domains that stand for others, $4 whether `+tag` is part of an address.
 *
 * An address that the account has now speaks against its link where the roster gives it to somebody else too. The address
 * that the link was made by does so where the roster has given it away and nothing that the account shows now upholds the
 * link. Of an address that many hold, twenty are named.
 */
const sql = `
with account as materialized (
  select observation.key, observation.data->>'username' as username,
         lower(trim(observation.data->>'email')) as email, lower(trim(link.evidence->>'email')) as email_then,
         link.evidence, coalesce(person.data->>'sameAs', link.employee_id) as person
    from observation
    join link on link.organization_id = observation.organization_id and link.subject_kind = 'account'
     and link.subject_key = observation.key and link.ended_at is null
    left join person on person.employee_id = link.employee_id and person.last_roster is null
   where observation.organization_id = $1 and observation.dataset = 'members'
     and observation.first_snapshot <= $2 and (observation.last_snapshot is null or observation.last_snapshot > $2)
), owned as materialized (
  select own.address, (array_agg(distinct person.employee_id collate "C"))[1:20] as people
    from person
    cross join lateral (
      select lower(person.data->>'workEmail') as address
      union select lower(jsonb_array_elements_text(person.data->'otherEmails'))) as own
   where person.last_roster is null and own.address is not null
   group by own.address
), shown as materialized (
  select account.key, account.person, form.name as address, owned.people
    from account
    cross join lateral ${formsOf('account.email', { aliases: '$3', tags: '$4' })} as form
    join owned on owned.address = form.name
), moved as (
  select account.key, account.person, owned.address, owned.people
    from account
    cross join lateral jsonb_array_elements(
      case jsonb_typeof(account.evidence->'keys') when 'array' then account.evidence->'keys' else '[]' end) as proof
    join owned on owned.address = proof->>'key'
   where proof->>'matcher' = 'work-email' and not account.person = any (owned.people)
     and not exists (select from shown where shown.key = account.key and shown.person = any (shown.people))
), claim as (
  select claimed.key, other.person, claimed.address
    from (select * from shown union select * from moved) as claimed
    cross join lateral unnest(claimed.people) as other(person)
   where other.person <> claimed.person
), claims as (
  select claimant.key,
         jsonb_agg(jsonb_build_object('person', claimant.person, 'name', claimant.name, 'since', claimant.since)
                   order by claimant.person) as claimed_by
    from (
      select claim.key, claim.person, person.data->>'fullName' as name, min(roster.read_at) as since
        from claim
        join person on person.employee_id = claim.person and person.last_roster is null
        join person as past on past.employee_id = claim.person
         and (lower(past.data->>'workEmail') = claim.address or past.data->'otherEmails' ? claim.address)
        join roster on roster.id = past.first_roster
       group by claim.key, claim.person, person.data->>'fullName') as claimant
   group by claimant.key
), elsewhere as (
  select account.key,
         jsonb_agg(distinct jsonb_build_object('organization', organization.name, 'person', link.employee_id)) as elsewhere
    from account
    join link on link.subject_kind = 'account' and link.subject_key = account.key and link.organization_id <> $1
     and link.ended_at is null
    join organization on organization.id = link.organization_id
    left join person on person.employee_id = link.employee_id and person.last_roster is null
   where coalesce(person.data->>'sameAs', link.employee_id) <> account.person
   group by account.key
), several as (
  select person, array_agg(key) as keys from account group by person having count(*) > 1
), others as (
  select account.key, (array_agg(coalesce(other.username, other.key) order by coalesce(other.username, other.key)))[1:20]
           as other_accounts
    from several
    join account on account.person = several.person
    join account as other on other.person = several.person and other.key <> account.key
   group by account.key
)
select account.key, coalesce(account.email <> account.email_then, false) as address_changed,
       claims.claimed_by, elsewhere.elsewhere, others.other_accounts
  from account
  left join claims on claims.key = account.key
  left join elsewhere on elsewhere.key = account.key
  left join others on others.key = account.key
 where claims.key is not null or elsewhere.key is not null or others.key is not null`;

/** What speaks against the links of single accounts; of all others nothing does. */
export async function linkConflicts(
  manager: EntityManager,
  { id, snapshot }: { readonly id: string; readonly snapshot: string },
  { domainAliases, plusAddressing }: SameAddress,
): Promise<ReadonlyMap<string, Partial<HolderFacts>>> {
  const rows: ConflictRow[] = await manager.query(sql, [id, snapshot, JSON.stringify(domainAliases), plusAddressing]);
  return new Map(rows.map((row) => [`account/${row.key}`, { conflicts: decode(row) }]));
}

function decode(row: ConflictRow): LinkConflicts {
  const claims = row.claimed_by ?? [];
  return {
    claimedBy: claims.map(({ since, ...claim }) => ({ ...claim, since: new Date(since).toISOString() })),
    addressChanged: row.address_changed,
    elsewhere: row.elsewhere ?? [],
    otherAccounts: row.other_accounts ?? [],
  };
}
