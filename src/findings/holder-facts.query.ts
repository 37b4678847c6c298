import type { QueryRunner } from 'typeorm';
import type { Instant } from '../checks/check.js';
import { streamRows } from '../database/rows.js';
import type { PersonRow } from './people.query.js';

/**
 * One account or invite of one organization as the database has it: what snapshot $2 shows, what an incomplete listing
 * left unverified, and what is gone but still linked, or open in a check that follows it. Whoever decodes it decides what the
 * gaps mean.
 */
export interface HolderRow {
  readonly kind: 'account' | 'invite';
  readonly key: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly presence: 'present' | 'unverified' | 'gone';
  /** Names of the teams seen in this snapshot; unverified memberships are left out. */
  readonly teams: readonly string[] | null;
  readonly team_roles: readonly string[] | null;
  /** Some of these teams did not say whether they carry a role, or the listing of teams does not have them. */
  readonly team_role_unsaid: boolean | null;
  readonly scim_found: boolean;
  /** Null, where one was found: it did not say. */
  readonly scim_active: boolean | null;
  /** SCIM had one that was not inactive when it was last looked at, and tonight nobody looked. */
  readonly scim_unverified: boolean;
  /** SCIM does not have it, and has not since it was a member 24 hours ago; null: no complete reading is that old. */
  readonly scim_absent_a_day: boolean | null;
  /** Docker Hub shows the activity of somebody in the organization. */
  readonly activity_shown: boolean;
  /** Only of accounts without any activity after $7: since when they are there without a break. */
  readonly watched: { readonly since: Instant; readonly from_the_start: boolean } | null;
  readonly invites: readonly string[] | null;
  readonly link: { readonly employee_id: string; readonly source: string; readonly since: Instant } | null;
  readonly person: PersonRow | null;
  readonly candidates: readonly string[] | null;
  readonly suggestions: readonly { person: string; name: string | null; because: string }[] | null;
  readonly removal_confirmed: boolean;
  readonly inviter_link: string | null;
  readonly inviter_person: PersonRow | null;
}

/**
 * $1 organization, $2 snapshot, $3 clock, $4 domains that stand for others, $5 whether `+tag` is part of an address,
 * $6 the checks that follow their subjects after they are gone, $7 an instant as text.
 *
 * Whoever has left must be gone from everywhere, so a SCIM user counts as the account's under any name that the account or
 * its person goes by. A removal is confirmed when an earlier snapshot, in which everything that could show the account was
 * complete, lies at or after the last trace of it: its own row, a membership, an active SCIM user, an invite of its person.
 */
const sql = `
with shown as materialized (
  select observation.dataset, observation.key, observation.data, unverified.observation_id is not null as unverified
    from observation
    left join unverified on unverified.snapshot = $2 and unverified.observation_id = observation.id
   where observation.organization_id = $1
     and observation.dataset in ('members', 'invites', 'teams', 'team_members')
     and observation.first_snapshot <= $2 and (observation.last_snapshot is null or observation.last_snapshot > $2)
), standing as materialized (
  select link.subject_kind, link.subject_key, link.employee_id, link.source, link.linked_at,
         case link.subject_kind when 'account' then 'members' else 'invites' end as dataset
    from link
   where link.organization_id = $1 and link.ended_at is null
), followed as (
  select dataset, subject_key from standing
  union
  select case subject_kind when 'account' then 'members' else 'invites' end, subject_key
    from finding
   where organization_id = $1 and resolved_at is null and subject_kind in ('account', 'invite') and check_id = any ($6)
), gone as materialized (
  select followed.dataset, followed.subject_key as key, standing.employee_id, trace.data, trace.last_snapshot
    from followed
    left join standing on standing.dataset = followed.dataset and standing.subject_key = followed.subject_key
    cross join lateral (
      select observation.data, observation.last_snapshot
        from observation
       where observation.organization_id = $1 and observation.dataset = followed.dataset
         and observation.key = followed.subject_key and observation.first_snapshot <= $2
       order by observation.first_snapshot desc limit 1) as trace
   where not exists (select from shown where shown.dataset = followed.dataset and shown.key = followed.subject_key)
), holder as materialized (
  select dataset, key, data, case when unverified then 'unverified' else 'present' end as presence, null::bigint as gone_since
    from shown where dataset in ('members', 'invites')
  union all
  select dataset, key, data, 'gone', last_snapshot from gone
), team as materialized (
  select lower(data->>'name') as name, max(data->>'role') as role, bool_or(not data ? 'role') as role_unsaid
    from shown where dataset = 'teams' and not unverified and data->>'name' is not null
   group by lower(data->>'name')
), membership as (
  select member.dataset, member.holder, array_agg(member.team order by member.team) as teams,
         array_agg(distinct team.role) filter (where team.role is not null) as roles,
         bool_or(coalesce(team.role_unsaid, true)) as role_unsaid
    from (select 'members' as dataset, data->>'member' as holder, data->>'team' as team
            from shown where dataset = 'team_members' and not unverified
          union all
          select 'invites', key, data->>'team'
            from shown where dataset = 'invites' and not unverified and data->>'team' <> '') as member
    left join team on team.name = lower(member.team)
   group by member.dataset, member.holder
), scim_user as (
  select observation.data, (observation.data->>'active')::boolean as active,
         (observation.last_snapshot is null or observation.last_snapshot > $2) and unverified.observation_id is null as shown,
         case when observation.last_snapshot <= $2 then observation.last_snapshot end as ended
    from observation
    left join unverified on unverified.snapshot = $2 and unverified.observation_id = observation.id
   where observation.organization_id = $1 and observation.dataset = 'scim_users' and observation.first_snapshot <= $2
), scim_name as materialized (
  select distinct form.name, scim_user.active, scim_user.shown, scim_user.ended
    from scim_user
    cross join lateral (
      select scim_user.data->>'displayName' as name
      union select scim_user.data->>'userName'
      union select jsonb_array_elements_text(
        case jsonb_typeof(scim_user.data->'emails') when 'array' then scim_user.data->'emails' else '[]' end)) as raw
    cross join lateral (select lower(trim(raw.name)) as address) as plain
    cross join lateral (
      select plain.address union
      select case when $5::boolean then regexp_replace(plain.address, '[+][^@]*@', '@') end) as tagged(address)
    cross join lateral (
      select tagged.address union
      select split_part(tagged.address, '@', 1) || '@' || ($4::jsonb->>split_part(tagged.address, '@', 2))) as form(name)
   where form.name is not null
), own_name as (
  select distinct holder.key, own.name
    from holder
    left join standing on standing.dataset = holder.dataset and standing.subject_key = holder.key
    left join person on person.last_roster is null and person.employee_id = standing.employee_id
    cross join lateral (
      select lower(holder.data->>'username') as name
      union select lower(holder.data->>'email')
      union select lower(person.data->>'dockerUsername')
      union select lower(person.data->>'workEmail')
      union select lower(jsonb_array_elements_text(person.data->'otherEmails'))) as own
   where holder.dataset = 'members' and own.name is not null
), scim as (
  select own_name.key, bool_or(scim_name.shown) as found,
         case when bool_or(scim_name.shown and scim_name.active) then true
              when bool_or(scim_name.shown and scim_name.active is null) then null
              else false end as active,
         bool_or(not scim_name.shown and scim_name.ended is null and scim_name.active is distinct from false) as unverified,
         max(scim_name.ended) as last_ended,
         max(scim_name.ended) filter (where scim_name.active is distinct from false) as last_trace
    from own_name join scim_name on scim_name.name = own_name.name
   group by own_name.key
), past_membership as (
  select observation.data->>'member' as member, max(observation.last_snapshot) as last_trace
    from observation
   where observation.organization_id = $1 and observation.dataset = 'team_members' and observation.last_snapshot <= $2
     and exists (select from gone)
   group by observation.data->>'member'
), past_invite as (
  select employee_id, max(last_snapshot) as last_trace from gone where dataset = 'invites' group by employee_id
), pending as (
  select standing.employee_id, array_agg(shown.data->>'invitee' order by shown.data->>'invitee') as invitees
    from shown join standing on standing.dataset = 'invites' and standing.subject_key = shown.key
   where shown.dataset = 'invites' and not shown.unverified
   group by standing.employee_id
), confirming as materialized (
  select max(sync_run.id) as snapshot
    from sync_run
   where sync_run.organization_id = $1 and sync_run.state = 'sealed' and sync_run.id < $2
     and (select count(*) from dataset_reading
           where dataset_reading.run_id = sync_run.id
             and (dataset_reading.dataset in ('members', 'invites', 'teams', 'team_members') and dataset_reading.status = 'complete'
               or dataset_reading.dataset = 'scim_users' and dataset_reading.status in ('complete', 'not_configured'))) = 5
), day_ago as materialized (
  select max(sync_run.id) as snapshot
    from sync_run
   where sync_run.organization_id = $1 and sync_run.state = 'sealed' and sync_run.id < $2
     and sync_run.believed_at <= $3::timestamptz - interval '24 hours'
     and (select count(*) from dataset_reading
           where dataset_reading.run_id = sync_run.id and dataset_reading.status = 'complete'
             and dataset_reading.dataset in ('members', 'scim_users')) = 2
), member_then as (
  select distinct observation.key
    from observation
   where observation.organization_id = $1 and observation.dataset = 'members'
     and observation.first_snapshot <= (select snapshot from day_ago)
     and (observation.last_snapshot is null or observation.last_snapshot > (select snapshot from day_ago))
), insight as materialized (
  select exists (select from shown where dataset = 'members'
                    and (data->>'lastSeenAt' is not null or data->>'lastLoggedInAt' is not null)) as activity_shown
), first_whole as materialized (
  select min(sync_run.id) as snapshot
    from sync_run join dataset_reading on dataset_reading.run_id = sync_run.id
   where sync_run.organization_id = $1 and sync_run.state = 'sealed'
     and dataset_reading.dataset = 'members' and dataset_reading.status = 'complete'
), quiet as materialized (
  select key from shown
   where dataset = 'members' and not unverified and (select activity_shown from insight)
     and coalesce(data->>'lastSeenAt', '') collate "C" < $7 and coalesce(data->>'lastLoggedInAt', '') collate "C" < $7
), watch as materialized (
  select quiet.key, jsonb_build_object('since', sync_run.believed_at, 'from_the_start',
                                       presence.begun <= coalesce((select snapshot from first_whole), $2)) as watched
    from quiet
    cross join lateral (
      select max(row.first_snapshot) as begun
        from (select first_snapshot, lag(last_snapshot) over (order by first_snapshot) as before
                from observation
               where organization_id = $1 and dataset = 'members' and key = quiet.key and first_snapshot <= $2) as row
       where row.before is distinct from row.first_snapshot) as presence
    join sync_run on sync_run.id = presence.begun
), inviter_name as materialized (
  select distinct lower(data->>'inviter') as name from shown where dataset = 'invites' and data->>'inviter' is not null
), inviter as materialized (
  select distinct on (lower(member.data->>'username')) lower(member.data->>'username') as username, standing.employee_id
    from observation as member
    join standing on standing.dataset = 'members' and standing.subject_key = member.key
   where member.organization_id = $1 and member.dataset = 'members'
     and lower(member.data->>'username') in (select name from inviter_name) and exists (select from inviter_name)
   order by lower(member.data->>'username'), member.first_snapshot desc
)
select case holder.dataset when 'members' then 'account' else 'invite' end as kind,
       holder.key, holder.data, holder.presence,
       membership.teams, membership.roles as team_roles, membership.role_unsaid as team_role_unsaid,
       coalesce(scim.found, false) as scim_found, scim.active as scim_active,
       coalesce(scim.unverified, false) as scim_unverified,
       case when (select snapshot from day_ago) is not null
            then member_then.key is not null and coalesce(scim.last_ended, 0) <= (select snapshot from day_ago) end as scim_absent_a_day,
       (select activity_shown from insight) as activity_shown, watch.watched,
       pending.invitees as invites,
       case when standing.employee_id is not null
            then jsonb_build_object('employee_id', standing.employee_id, 'source', standing.source, 'since', standing.linked_at) end as link,
       case when person.id is not null
            then jsonb_build_object('employee_id', person.employee_id, 'full_name', person.data->>'fullName',
                                    'employment', employment_at(person.data, $3)) end as person,
       unmatched.candidates, unmatched.suggestions,
       holder.presence = 'gone' and not coalesce(scim.unverified, false) and coalesce(
         (select snapshot from confirming)
           >= greatest(holder.gone_since, past_membership.last_trace, scim.last_trace, past_invite.last_trace), false) as removal_confirmed,
       inviter.employee_id as inviter_link,
       case when inviting.id is not null
            then jsonb_build_object('employee_id', inviting.employee_id, 'full_name', inviting.data->>'fullName',
                                    'employment', employment_at(inviting.data, $3)) end as inviter_person
  from holder
  left join membership on membership.dataset = holder.dataset and membership.holder = holder.key
  left join standing on standing.dataset = holder.dataset and standing.subject_key = holder.key
  left join person on person.last_roster is null and person.employee_id = standing.employee_id
  left join scim on holder.dataset = 'members' and scim.key = holder.key
  left join member_then on holder.dataset = 'members' and member_then.key = holder.key
  left join watch on holder.dataset = 'members' and watch.key = holder.key
  left join past_membership on holder.dataset = 'members' and past_membership.member = holder.key
  left join past_invite on holder.dataset = 'members' and past_invite.employee_id = standing.employee_id
  left join pending on pending.employee_id = standing.employee_id
  left join unmatched on unmatched.organization_id = $1 and unmatched.subject_key = holder.key
   and unmatched.subject_kind = case holder.dataset when 'members' then 'account' else 'invite' end
  left join inviter on holder.dataset = 'invites' and inviter.username = lower(holder.data->>'inviter')
  left join person as inviting on inviting.last_roster is null and inviting.employee_id = inviter.employee_id
 order by holder.dataset desc, holder.key`;

/** Whoever was active in the last week is looked at no closer; that is no check's idea of being idle. */
const quietMs = 7 * 86_400_000;

/** What makes two addresses one, as `identity` has it. */
export interface SameAddress {
  readonly domainAliases: Readonly<Record<string, string>>;
  readonly plusAddressing: boolean;
}

export function streamHolders(
  runner: QueryRunner,
  {
    organizationId,
    snapshot,
    now,
  }: { readonly organizationId: string; readonly snapshot: string; readonly now: Instant },
  { domainAliases, plusAddressing }: SameAddress,
  following: readonly string[],
  { ahead }: { readonly ahead: boolean },
): AsyncGenerator<HolderRow, void, void> {
  return streamRows<HolderRow>(
    runner,
    sql,
    [
      organizationId,
      snapshot,
      now,
      JSON.stringify(domainAliases),
      plusAddressing,
      following,
      new Date(Date.parse(now) - quietMs).toISOString(),
    ],
    { ahead },
  );
}
