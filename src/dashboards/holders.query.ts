import { verdictThen } from './standing.query.js';

/** From the worst: what a dashboard shows first. */
export const verdictRank = (outcome: string): string =>
  `case ${outcome} when 'fail' then 1 when 'error' then 2 when 'unknown' then 3 when 'pass' then 4 else 5 end`;

const folded = (text: string): string =>
  `translate(trim(${text}), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')`;

const columns = `
  snapshot.organization_id, organization.name as organization, snapshot.run_id as snapshot,
  case observation.dataset when 'members' then 'account' else 'invite' end as kind, observation.dataset, observation.key,
  observation.data`;
const from = `
  from evaluated_snapshot as snapshot
  join organization on organization.id = snapshot.organization_id
  join observation on observation.organization_id = snapshot.organization_id
   and observation.dataset in ('members', 'invites') and observation.first_snapshot <= snapshot.run_id`;

/**
 * For a `with`: `holder`, the accounts and invites of the evaluation $1, by what its snapshots show; those that are gone by then
 * where they are asked for. `narrowed` is a condition on `observation` and `organization`.
 */
export function holdersThen(narrowed: string, withGone: boolean): string {
  const shown = `
    select ${columns}, case when unverified.observation_id is null then 'present' else 'unverified' end as presence
      ${from} and (observation.last_snapshot is null or observation.last_snapshot > snapshot.run_id)
      left join unverified on unverified.snapshot = snapshot.run_id and unverified.observation_id = observation.id
     where snapshot.evaluation_number = $1::bigint and ${narrowed}`;
  const gone = `
    select organization_id, organization, snapshot, kind, dataset, key, data, 'gone' from (
      select distinct on (snapshot.organization_id, observation.dataset, observation.key) ${columns}, observation.last_snapshot
        ${from}
       where snapshot.evaluation_number = $1::bigint and ${narrowed}
       order by snapshot.organization_id, observation.dataset, observation.key, observation.first_snapshot desc) as newest
     where newest.last_snapshot <= newest.snapshot`;
  return `holder as materialized (${withGone ? `${shown} union all ${gone}` : shown})`;
}

/**
 * For a `with`: `service`, the folded names that the policy of the evaluation $1 declares service accounts, and `system`, the critical
 * systems of its organizations; one of the organization's own name where it has none. A policy is large, so it is taken apart once.
 */
export const policyThen = `
  service as materialized (
    select ${folded(`account->>'username'`)} as name
      from evaluation cross join jsonb_array_elements(evaluation.policy->'identity'->'serviceAccounts') as account
     where evaluation.number = $1::bigint),
  system as materialized (
    select snapshot.organization_id, coalesce(declared.name, organization.name) as name
      from evaluated_snapshot as snapshot
      join organization on organization.id = snapshot.organization_id
      join evaluation on evaluation.number = snapshot.evaluation_number
      left join lateral (
        select system->>'name' as name from jsonb_array_elements(evaluation.policy->'criticalSystems') as system
         where system->>'organization' = organization.name) as declared on true
     where snapshot.evaluation_number = $1::bigint)`;

/** Whether the policy declares the holder a service account; a link that stands says whose it is all the same. */
export const isServiceAccount = `
  ${folded(`coalesce(holder.data->>'username', holder.data->>'invitee')`)} in (select name from service)`;

/** The verdicts of the evaluation $1 about one holder, in every role that it is judged in. */
export const verdictsOfHolder = `
  (select 'account' as kind, holder.key as key where holder.kind = 'account'
   union all select 'service_account', holder.key where holder.kind = 'account'
   union all select 'invite', holder.key where holder.kind = 'invite'
   union all select 'critical_system_account', system.name || '/' || holder.key
     from system where system.organization_id = holder.organization_id and holder.kind = 'account') as subject
  join verdict on verdict.organization_id = holder.organization_id and verdict.subject_kind = subject.kind
   and verdict.subject_key = subject.key and ${verdictThen}`;
