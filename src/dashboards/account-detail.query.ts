import type { EntityManager } from 'typeorm';
import { catalog } from '../checks/catalog.js';
import type { Account, AccountDetail, AccountVerdict, ScimState, ScimUser, Sighting, TeamRole } from './account.js';
import type { AccountName } from './account-id.js';
import { findAccounts } from './accounts.query.js';
import { holdersThen, policyThen, verdictRank, verdictsOfHolder } from './holders.query.js';
import { linksAsKnown } from './links-then.query.js';
import { findLinks } from './links.query.js';
import { holderKey, standing, standingParameters } from './standing.query.js';
import type { View } from './view.query.js';

const anyPresence = ['present', 'unverified', 'gone'] as const;
/** Nobody has had so many people. */
const mostLinks = 1_000;

/** Null: the view has no such account. */
export async function findAccount(
  manager: EntityManager,
  view: View,
  name: AccountName,
): Promise<AccountDetail | null> {
  const { kind, key } = name;
  const organization = [name.organization];
  const [found] = await findAccounts(
    manager,
    view,
    { organization, kind: [kind], key, presence: anyPresence },
    { after: null, limit: 1 },
  );
  if (found === undefined) return null;
  const { account } = found;
  return {
    ...account,
    verdicts: await verdictsOf(manager, view, name),
    links: await findLinks(
      manager,
      view,
      { organization, kind: [kind], key, standing: 'any' },
      { after: null, limit: mostLinks },
    ),
    teamRoles: await teamRolesOf(manager, view, account),
    scim: kind === 'account' ? await scimOf(manager, view, name) : null,
    findings: await openFindingsOf(manager, view, [name]),
    ...(await sightingsOf(manager, view, name)),
  };
}

/** A holder by its name, as $2 organization, $3 kind and $4 key of the evaluation $1, for `verdictsOfHolder`. */
const named = `
  holder as (
    select organization.id as organization_id, $3::text as kind, $4::text as key
      from organization where organization.name = $2)`;

async function verdictsOf(manager: EntityManager, view: View, name: AccountName): Promise<AccountVerdict[]> {
  const rows: (Omit<AccountVerdict, 'since' | 'title' | 'system'> & { system: string | null; since: Date })[] =
    await manager.query(
      `with ${policyThen}, ${named}
       select verdict.check_id as check, verdict.subject_kind as kind, verdict.subject_system as system,
              verdict.outcome as verdict, verdict.reason, verdict.message, verdict.since, verdict.facts
         from holder cross join lateral (select verdict.* from ${verdictsOfHolder}) as verdict
        order by ${verdictRank('verdict.outcome')}, array_position($5::text[], verdict.check_id), verdict.subject_kind,
                 verdict.subject_system`,
      [view.number, name.organization, name.kind, name.key, catalog.map(({ id }) => id)],
    );
  const titles = new Map(catalog.map(({ id, title }) => [id, title]));
  return rows.map(({ system, since, ...row }) => ({
    ...row,
    title: titles.get(row.check) ?? row.check,
    ...(system !== null && { system }),
    since: since.toISOString(),
  }));
}

async function teamRolesOf(manager: EntityManager, view: View, { organization, teams }: Account): Promise<TeamRole[]> {
  const rows: { team: string; role: string | null; said: boolean | null }[] = await manager.query(
    `select named.team, max(shown.data->>'role') as role, bool_and(shown.data ? 'role') as said
       from unnest($3::text[]) with ordinality as named(team, position)
       left join (
         select observation.data
           from organization
           join evaluated_snapshot as snapshot on snapshot.organization_id = organization.id and snapshot.evaluation_number = $1
           join observation on observation.organization_id = organization.id and observation.dataset = 'teams'
            and observation.first_snapshot <= snapshot.run_id
            and (observation.last_snapshot is null or observation.last_snapshot > snapshot.run_id)
          where organization.name = $2) as shown on lower(shown.data->>'name') = lower(named.team)
      group by named.team, named.position order by named.position`,
    [view.number, organization, teams],
  );
  return rows.map(({ team, role, said }) => ({ team, role, said: said ?? false }));
}

/** A name of a SCIM user, or of the account and its person, in the one form in which they are compared. */
const comparable = (raw: string): string => `
  select coalesce(split_part(plain.name, '@', 1) || '@' || (policy.aliases->>split_part(plain.name, '@', 2)), plain.name)
    from (select case when policy.plus then regexp_replace(lower(trim(${raw})), '[+][^@]*@', '@')
                      else lower(trim(${raw})) end as name) as plain`;

async function scimOf(manager: EntityManager, view: View, name: AccountName): Promise<ScimState> {
  const [row]: { status: string | null; users: ScimUser[] }[] = await manager.query(
    `with ${holdersThen('organization.name = $3 and observation.key = $4', true)}, ${linksAsKnown('$5')},
     policy as (
       select policy->'identity'->'domainAliases' as aliases, (policy->'identity'->>'plusAddressing')::boolean as plus
         from evaluation where number = $1::bigint),
     own as (
       select distinct form.name
         from holder
         left join owned on owned.organization_id = holder.organization_id and owned.subject_kind = 'account'
          and owned.subject_key = holder.key
         left join roster_person as person on person.employee_id = owned.person
        cross join policy
        cross join lateral (
          select holder.data->>'username' as name union select holder.data->>'email'
          union select person.data->>'dockerUsername' union select person.data->>'workEmail'
          union select jsonb_array_elements_text(person.data->'otherEmails')) as raw
        cross join lateral (${comparable('raw.name')}) as form(name)
        where holder.kind = 'account' and form.name <> '')
     select dataset_reading.status,
            coalesce((
              select jsonb_agg(jsonb_build_object('id', scim.key, 'userName', scim.data->'userName',
                                                  'displayName', scim.data->'displayName', 'active', scim.data->'active')
                               order by scim.key)
                from observation as scim cross join policy
               where scim.organization_id = snapshot.organization_id and scim.dataset = 'scim_users'
                 and scim.first_snapshot <= snapshot.run_id
                 and (scim.last_snapshot is null or scim.last_snapshot > snapshot.run_id)
                 and exists (
                   select from (
                     select scim.data->>'displayName' as name union select scim.data->>'userName'
                     union select jsonb_array_elements_text(
                       case jsonb_typeof(scim.data->'emails') when 'array' then scim.data->'emails' else '[]' end)) as raw
                    cross join lateral (${comparable('raw.name')}) as form(name)
                    where form.name in (select name from own))), '[]') as users
       from organization
       join evaluated_snapshot as snapshot on snapshot.organization_id = organization.id and snapshot.evaluation_number = $1
       left join dataset_reading on dataset_reading.run_id = snapshot.run_id and dataset_reading.dataset = 'scim_users'
      where organization.name = $3`,
    [view.number, view.until, name.organization, name.key, view.known],
  );
  return row ?? { status: null, users: [] };
}

const findingsOfHolders = `
  select finding.id from holder
    join finding on ${holderKey('finding')} = holder.key and finding.organization_id = holder.organization_id`;

/** Ids of the open findings about some accounts and invites, oldest first. */
export async function openFindingsOf(
  manager: EntityManager,
  view: View,
  names: readonly AccountName[],
): Promise<string[]> {
  if (names.length === 0) return [];
  const rows: { id: string }[] = await manager.query(
    `with holder as materialized (
       select organization.id as organization_id, holder.kind, holder.key
         from jsonb_to_recordset($7) as holder (organization text, kind text, key text)
         join organization on organization.name = holder.organization),
     ${standing(view, { ids: findingsOfHolders })}
     select standing.id from standing
      where standing.resolved_at is null and exists (
        select from holder
         where holder.organization_id = standing.organization_id
           and case holder.kind
                 when 'invite' then standing.subject_kind = 'invite' and standing.subject_key = holder.key
                 else standing.subject_kind in ('account', 'service_account') and standing.subject_key = holder.key
                   or standing.subject_kind = 'critical_system_account'
                      and standing.subject_key = standing.subject_system || '/' || holder.key end)
      order by standing.id`,
    [...standingParameters(view), JSON.stringify(names)],
  );
  return rows.map(({ id }) => id);
}

async function sightingsOf(
  manager: EntityManager,
  view: View,
  name: AccountName,
): Promise<{ firstSeen: Sighting; lastSeen: Sighting }> {
  const rows: { snapshot: string; at: Date }[] = await manager.query(
    `with seen as (
       select run.id as snapshot, run.believed_at as at
         from organization
         join evaluated_snapshot as snapshot on snapshot.organization_id = organization.id and snapshot.evaluation_number = $1
         join observation on observation.organization_id = organization.id
          and observation.dataset = case $3 when 'account' then 'members' else 'invites' end and observation.key = $4
         join sync_run as run on run.organization_id = organization.id and run.state = 'sealed'
          and run.id <= snapshot.run_id and run.id >= observation.first_snapshot
          and (observation.last_snapshot is null or run.id < observation.last_snapshot)
        where organization.name = $2
          and not exists (select from unverified
                           where unverified.snapshot = run.id and unverified.observation_id = observation.id))
     (select * from seen order by snapshot limit 1)
     union all
     (select * from seen order by snapshot desc limit 1)`,
    [view.number, name.organization, name.kind, name.key],
  );
  const [first, last] = rows.map(({ snapshot, at }) => ({ snapshot, at: at.toISOString() }));
  if (first === undefined || last === undefined) throw new Error('An account was observed, and no snapshot shows it.');
  return { firstSeen: first, lastSeen: last };
}
