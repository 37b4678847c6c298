import type { EntityManager } from 'typeorm';
import type { Instant } from '../checks/check.js';
import type { ScimStrangers } from '../checks/lifecycle-facts.js';
import { formsOf } from './same-address.js';
import type { SameAddress } from './holder-facts.query.js';

const forms = (text: string): string => formsOf(text, { aliases: '$4', tags: '$5' });

/** $1 organization, $2 snapshot, $3 the snapshot of a week ago, $4 domains that stand for others, $5 whether `+tag` counts. */
const sql = `
with scim_row as materialized (
  select observation.key, observation.data, observation.first_snapshot,
         case when observation.last_snapshot <= $2 then observation.last_snapshot end as last_snapshot,
         unverified.observation_id is not null as unverified
    from observation
    left join unverified on unverified.snapshot = $2 and unverified.observation_id = observation.id
   where observation.organization_id = $1 and observation.dataset = 'scim_users' and observation.first_snapshot <= $2
     and (observation.last_snapshot is null or observation.last_snapshot > $3)
), lasting as (
  select now.key, now.data
    from scim_row as now
   where now.last_snapshot is null and not now.unverified
     and exists (select from scim_row as before where before.key = now.key and before.first_snapshot <= $3)
     and not exists (select from scim_row as other
                      where other.key = now.key and other.data->>'active' is distinct from 'true')
), user_name as (
  select lasting.key, form.name
    from lasting
    cross join lateral (
      select lasting.data->>'displayName' as name
      union select lasting.data->>'userName'
      union select jsonb_array_elements_text(
        case jsonb_typeof(lasting.data->'emails') when 'array' then lasting.data->'emails' else '[]' end)) as raw
    cross join lateral ${forms('lower(trim(raw.name))')} as form
), holder_raw as materialized (
  select distinct lower(trim(raw.name)) as name
    from observation
    left join link on link.organization_id = $1 and link.subject_key = observation.key and link.ended_at is null
     and link.subject_kind = case observation.dataset when 'members' then 'account' else 'invite' end
    left join person on person.employee_id = link.employee_id and person.last_roster is null
    cross join lateral (
      select observation.data->>'username' as name
      union select observation.data->>'email'
      union select observation.data->>'invitee'
      union select person.data->>'dockerUsername'
      union select person.data->>'workEmail'
      union select jsonb_array_elements_text(person.data->'otherEmails')) as raw
   where raw.name is not null and observation.organization_id = $1 and observation.dataset in ('members', 'invites')
     and observation.first_snapshot <= $2 and (observation.last_snapshot is null or observation.last_snapshot > $3)
), holder_name as (
  select name from holder_raw
  union
  select form.name
    from holder_raw
    cross join lateral ${forms('holder_raw.name')} as form
   where holder_raw.name like '%+%@%' or $4::jsonb ? split_part(holder_raw.name, '@', 2)
), stranger as (
  select lasting.key, coalesce(nullif(trim(lasting.data->>'displayName'), ''), lasting.key) as name
    from lasting
   where not exists (
     select from user_name join holder_name on holder_name.name = user_name.name where user_name.key = lasting.key)
)
select count(*)::integer as count, coalesce((array_agg(name order by name collate "C", key))[1:50], '{}') as names
  from stranger`;

/**
 * Whom SCIM has active in vain, for a week at least. Nothing where the organization has no reading of members, invites and
 * SCIM users that is whole and old enough.
 */
export async function scimStrangers(
  manager: EntityManager,
  { id, snapshot }: { readonly id: string; readonly snapshot: string },
  now: Instant,
  { domainAliases, plusAddressing }: SameAddress,
): Promise<{ readonly scimStrangers?: ScimStrangers | null }> {
  const [tonight]: { status: string }[] = await manager.query(
    `select status from dataset_reading where run_id = $1 and dataset = 'scim_users'`,
    [snapshot],
  );
  if (tonight?.status === 'not_configured') return { scimStrangers: null };
  const [weekAgo]: { snapshot: string | null }[] = await manager.query(
    `select max(sync_run.id) as snapshot
       from sync_run
      where sync_run.organization_id = $1 and sync_run.state = 'sealed' and sync_run.id < $2
        and sync_run.believed_at <= $3::timestamptz - interval '7 days'
        and (select count(*) from dataset_reading
              where dataset_reading.run_id = sync_run.id and dataset_reading.status = 'complete'
                and dataset_reading.dataset in ('members', 'invites', 'scim_users')) = 3`,
    [id, snapshot, now],
  );
  const since = weekAgo?.snapshot ?? null;
  if (since === null) return {};
  const [found]: ScimStrangers[] = await manager.query(sql, [
    id,
    snapshot,
    since,
    JSON.stringify(domainAliases),
    plusAddressing,
  ]);
  return found === undefined ? {} : { scimStrangers: found };
}
