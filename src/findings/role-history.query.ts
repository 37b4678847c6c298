import type { QueryRunner } from 'typeorm';
import type { Instant } from '../checks/check.js';
import type { RoleState } from '../checks/privilege-facts.js';
import { streamRows } from '../database/rows.js';

/** What the accounts of one organization held before a snapshot. */
export interface RoleHistories {
  /** The clock of the oldest reading that is compared; null: no complete one was sealed before. */
  readonly since: Instant | null;
  /** By Hub user id, of those for whom something began that may have given them a higher role. */
  readonly changed: ReadonlyMap<string, readonly RoleState[]>;
}

interface StateRow {
  readonly member: string;
  readonly at: Date;
  readonly whole: boolean;
  readonly data: { readonly role?: string | null };
  readonly teams: readonly string[] | null;
  readonly team_roles: readonly string[] | null;
  readonly team_role_unsaid: boolean | null;
}

/** $1 organization, $2 snapshot, $3 start of the window. The last complete reading before the window is compared, too. */
const readings = `
reading as materialized (
  select sync_run.id as snapshot, sync_run.believed_at as at,
         (select count(*) from dataset_reading
           where dataset_reading.run_id = sync_run.id and dataset_reading.status = 'complete'
             and dataset_reading.dataset in ('members', 'teams', 'team_members')) = 3 as whole
    from sync_run
   where sync_run.organization_id = $1 and sync_run.state = 'sealed' and sync_run.id < $2
), start as materialized (
  select coalesce(max(snapshot) filter (where at <= $3), min(snapshot)) as snapshot from reading where whole
)`;

/**
 * A member's row begins anew with every visit to Docker Hub, so rows are compared by role alone. What was held is told for the
 * readings in which something of it began, and for the last complete ones before these in which the account was there: between
 * them nothing rises. Teams that never carried a role give none, `owners` aside.
 */
const states = `
with ${readings}, team as materialized (
  select id, lower(data->>'name') as name, data->'role' as role, first_snapshot, last_snapshot,
         lag(data->'role') over named as role_before, lag(id) over named as before
    from observation
   where organization_id = $1 and dataset = 'teams' and first_snapshot <= $2 and data->>'name' is not null
  window named as (partition by lower(data->>'name') order by first_snapshot)
), membership as materialized (
  select id, data->>'member' as member, lower(data->>'team') as team, first_snapshot, last_snapshot
    from observation
   where organization_id = $1 and dataset = 'team_members' and first_snapshot <= $2
     and (lower(data->>'team') = 'owners'
          or lower(data->>'team') in (select name from team where role is distinct from 'null'))
), member as materialized (
  select key, first_snapshot, data->'role' as role, lag(data->'role') over alone as role_before,
         lag(id) over alone as before, lag(last_snapshot) over alone as gone
    from observation
   where organization_id = $1 and dataset = 'members' and first_snapshot <= $2
     and (last_snapshot is null or last_snapshot > (select snapshot from start))
  window alone as (partition by key order by first_snapshot)
), change as (
  select key as member, first_snapshot as snapshot
    from member
   where first_snapshot > (select snapshot from start)
     and (before is null or gone < first_snapshot or role is distinct from role_before)
  union
  select member, first_snapshot from membership where first_snapshot > (select snapshot from start)
  union
  select membership.member, team.first_snapshot
    from team
    join membership on membership.team = team.name and membership.first_snapshot <= team.first_snapshot
     and (membership.last_snapshot is null or membership.last_snapshot > team.first_snapshot)
   where team.first_snapshot > (select snapshot from start)
     and (team.before is null or team.role is distinct from team.role_before)
), point as (
  select distinct change.member, told.snapshot
    from change
    left join lateral (
      select least(last_snapshot, change.snapshot) as until
        from observation
       where organization_id = $1 and dataset = 'members' and key = change.member and first_snapshot < change.snapshot
       order by first_snapshot desc limit 1) as earlier on true
    cross join lateral (
      select change.snapshot
      union all
      select max(reading.snapshot) from reading where reading.whole and reading.snapshot < earlier.until) as told
)
select point.member, reading.at, reading.whole, shown.data, held.teams, held.team_roles, held.team_role_unsaid
  from point
  join reading on reading.snapshot = point.snapshot
  join lateral (
    select observation.data
      from observation
     where observation.organization_id = $1 and observation.dataset = 'members' and observation.key = point.member
       and observation.first_snapshot <= reading.snapshot
       and (observation.last_snapshot is null or observation.last_snapshot > reading.snapshot)
       and not exists (
         select from unverified
          where unverified.snapshot = reading.snapshot and unverified.observation_id = observation.id)) as shown on true
  cross join lateral (
    select array_agg(membership.team order by membership.team) as teams,
           array_agg(distinct team.role #>> '{}') filter (where jsonb_typeof(team.role) = 'string') as team_roles,
           bool_or(team.role is null) as team_role_unsaid
      from membership
      left join team on team.name = membership.team and team.first_snapshot <= reading.snapshot
       and (team.last_snapshot is null or team.last_snapshot > reading.snapshot)
       and not exists (
         select from unverified where unverified.snapshot = reading.snapshot and unverified.observation_id = team.id)
     where membership.member = point.member and membership.first_snapshot <= reading.snapshot
       and (membership.last_snapshot is null or membership.last_snapshot > reading.snapshot)
       and not exists (
         select from unverified
          where unverified.snapshot = reading.snapshot and unverified.observation_id = membership.id)) as held
 order by point.member, reading.snapshot`;

/** Empty as well where there is nothing to compare with. Rises since `windowStart` can be told from it. */
export async function roleHistories(
  runner: QueryRunner,
  { id, snapshot }: { readonly id: string; readonly snapshot: string },
  windowStart: Instant,
): Promise<RoleHistories> {
  const parameters = [id, snapshot, windowStart];
  const [start]: { at: Date }[] = await runner.query(
    `with ${readings} select reading.at from start join reading using (snapshot)`,
    parameters,
  );
  if (start === undefined) return { since: null, changed: new Map() };
  const changed = new Map<string, RoleState[]>();
  for await (const row of streamRows<StateRow>(runner, states, parameters)) {
    const before = changed.get(row.member) ?? [];
    before.push(stateOf(row));
    changed.set(row.member, before);
  }
  return { since: start.at.toISOString(), changed };
}

function stateOf({ at, whole, data, teams, team_roles: teamRoles, team_role_unsaid: unsaid }: StateRow): RoleState {
  return {
    at: at.toISOString(),
    whole,
    ...(typeof data.role === 'string' && { role: data.role }),
    teams: teams ?? [],
    ...(unsaid !== true && { teamRoles: teamRoles ?? [] }),
  };
}
