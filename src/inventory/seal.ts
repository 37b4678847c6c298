import type { EntityManager } from 'typeorm';
import { archiveAuditLog } from './archive-audit-log.js';
import { assertHeld } from './commit-pages.js';
import { compareTeams, type TeamComparison } from './compare-teams.js';
import { judgeDatasets, type DatasetReading } from './judge-datasets.js';
import { gatherSeenRows, keptRows } from './seen-rows.query.js';
import { storeListings, toJson, type HeldRun, type Instant } from './listing-state.js';
import { runEvidence } from './run-evidence.js';
import { forgetListings } from './unchanged-batches.js';

const manyChanges = 1000;

/**
 * Makes the run a snapshot, in one transaction: judges its datasets, merges its rows into history and forgets the
 * listings. If it is cut short, nothing has happened and it can be done again. Needs the run's rows to be gathered on this
 * connection (seen-rows.query.ts).
 *
 * A row that the run does not have ends only where its dataset is complete. In any other dataset it stays open and is noted
 * as unverified in this snapshot. That holds for `not_configured` as well: whoever takes the SCIM connection out of the
 * configuration has stopped looking, which removes nobody from SCIM, and must not resolve a finding.
 */
export async function sealRun(
  connection: EntityManager,
  run: HeldRun,
  given: { readonly teams: TeamComparison; readonly machineTime: Instant },
): Promise<DatasetReading[]> {
  const sealed = await connection.transaction(async (manager) => {
    await assertHeld(manager, run, 0);
    await assertRead(manager, run.id);
    const hadOrphans = await forgetOrphans(manager, run.id);
    const teams = hadOrphans ? await compareTeams(manager, run.id) : given.teams;
    await gatherFinalRows(manager, run);
    const audit = await archiveAuditLog(manager, run);
    const readings = judgeDatasets(await runEvidence(manager, run.id, { audit, teams }));
    await recordReadings(manager, run.id, readings);
    const changes = await mergeIntoHistory(manager, run, readings);
    await forgetListings(manager, run.id);
    await manager.query(`update sync_run set state = 'sealed', sealed_at = $2 where id = $1`, [
      run.id,
      given.machineTime,
    ]);
    return { readings, changes, events: audit.events };
  });
  // The evaluation reads these rows at once, before autovacuum has counted them.
  if (sealed.changes >= manyChanges) await connection.query('analyze observation, unverified');
  if (sealed.events >= manyChanges) await connection.query('analyze audit_event');
  return sealed.readings;
}

async function assertRead(manager: EntityManager, runId: string): Promise<void> {
  const unread: unknown[] = await manager.query('select id from listing where run_id = $1 and status is null limit 1', [
    runId,
  ]);
  if (unread.length > 0) throw new Error(`Run ${runId} still has listings to read.`);
  // Never so far, and whoever takes the run up reads these listings anew.
  const gone: unknown[] = await manager.query('select from seen_row where not stands limit 1');
  if (gone.length > 0) throw new Error(`Run ${runId} rests on rows that no longer stand.`);
}

/**
 * Listings about a repository, token or team that the listing of these, started over, no longer had; and the other way round,
 * what has no listing, which must not be, because until somebody reads it a listing has no row.
 */
const orphansAndUnopened = `
  with named as materialized (
    select case dataset when 'repositories' then 'repository_teams' when 'teams' then 'team_members' else dataset end as dataset,
           case dataset when 'teams' then data->>'name' else key end as name
      from (${keptRows}) as kept where scope = '' and dataset in ('repositories', 'tokens', 'teams')
  ), whole as (
    select case dataset when 'repositories' then 'repository_teams' when 'teams' then 'team_members' else dataset end as dataset
      from run_listing where scope = '' and status = 'complete'
  ), detail as materialized (
    select id, dataset, scope from run_listing
     where scope <> '' and dataset in ('repository_teams', 'team_members', 'tokens')
  )
  select detail.id
    from named full join detail on detail.dataset = named.dataset and detail.scope = named.name
   where case when detail.id is null then named.dataset <> 'team_members'
              else named.dataset is null and detail.dataset in (select dataset from whole) end`;

/** Whether there were any. */
async function forgetOrphans(manager: EntityManager, runId: string): Promise<boolean> {
  const rows: { id: string | null }[] = await manager.query(orphansAndUnopened);
  if (rows.some(({ id }) => id === null)) throw new Error(`Run ${runId} has listings that were never begun.`);
  if (rows.length === 0) return false;
  await storeListings(manager, runId);
  await manager.query('delete from listing where id = any($1)', [rows.map(({ id }) => id)]);
  await gatherSeenRows(manager, runId);
  return true;
}

/**
 * A membership has its key and data from the team and the member, whichever of the two listings showed it, so that the night
 * on which a team had to be read by itself changes no row. A team that has no id (the teams listing lacks it) goes by `~name`.
 * A permission names its team as the teams listing does, so that the two can be joined though a team was renamed meanwhile.
 * Whoever stands as a member is not marked as an invitee (leave-out-invitees.ts says why).
 */
async function gatherFinalRows(manager: EntityManager, run: HeldRun): Promise<void> {
  await manager.query('create temporary table final_row (dataset text, key text, data jsonb) on commit drop');
  await manager.query(
    `insert into final_row
     with kept as not materialized (${keptRows}),
     membership as (
       select lower(team) as team, team as spelled, member.key as member, member.data->'username' as username, true as by_member
         from kept as member
         cross join jsonb_array_elements_text(
           case jsonb_typeof(member.data->'groups') when 'array' then member.data->'groups' else '[]' end) as team
        where member.dataset = 'members' and team is not null
       union all
       select lower(listed.scope), listed.scope, listed.key, coalesce(member.data->'username', listed.data->'username'), false
         from kept as listed
         left join kept as member on member.dataset = 'members' and member.key = listed.key
        where listed.dataset = 'team_members'
     )
     select dataset, key, data from kept where scope = '' and dataset not in ('tokens', 'audit_log')
     union all
     select 'tokens', listed.key, listed.data || coalesce(detail.data, '{}')
       from kept as listed
       left join (
         select distinct on (scope) scope, kept.data from kept where kept.dataset = 'tokens' and scope <> ''
          order by scope, kept.key = scope desc, kept.key) as detail on detail.scope = listed.key
      where listed.dataset = 'tokens' and listed.scope = ''
     union all
     select held.dataset, held.scope || '/' || held.key,
            held.data || jsonb_build_object('repository', held.scope)
              || case when team.data->>'name' is null then '{}' else jsonb_build_object('team', team.data->'name') end
       from kept as held
       left join kept as team on team.dataset = 'teams' and team.key = held.key
      where held.dataset = 'repository_teams'
     union all
     select 'team_members', row.key, row.data
       from (
         select distinct on (1) coalesce(team.key, '~' || membership.team) || '/' || membership.member as key,
                jsonb_build_object('team', coalesce(team.data->>'name', membership.spelled), 'member', membership.member)
                  || case when membership.username is null then '{}'
                          else jsonb_build_object('username', membership.username) end
                  as data
           from membership
           left join kept as team on team.dataset = 'teams' and lower(team.data->>'name') = membership.team
          order by 1, membership.by_member desc, team.key) as row`,
  );
  await manager.query(
    `update final_row as final set data = final.data - 'invitee'
       from observation as standing
      where final.dataset = 'members' and final.data ? 'invitee' and standing.organization_id = $1
        and standing.dataset = 'members' and standing.key = final.key and standing.last_snapshot is null
        and not standing.data ? 'invitee'`,
    [run.organizationId],
  );
  // Whatever the planner takes the other side of a join to be, an index keeps it from comparing every row with every other, and
  // tells it how many rows there are.
  await manager.query('create index on final_row (dataset, key)');
}

async function recordReadings(
  manager: EntityManager,
  runId: string,
  readings: readonly DatasetReading[],
): Promise<void> {
  await manager.query(
    `insert into dataset_reading (run_id, dataset, status, reason, message, received, reported, fetched_at, read_as)
     select $1, dataset, status, reason, message, received, reported, "fetchedAt",
            (select jsonb_agg(distinct listing.read_as) from run_listing as listing
              where listing.dataset = reading.dataset and listing.read_as is not null)
       from jsonb_to_recordset($2) as reading(
         dataset text, status text, reason text, message text, received integer, reported integer, "fetchedAt" timestamptz)`,
    [runId, toJson(readings)],
  );
}

/** Writes nothing about a row that is as it was. Returns how many rows it wrote. */
async function mergeIntoHistory(
  manager: EntityManager,
  run: HeldRun,
  readings: readonly DatasetReading[],
): Promise<number> {
  const complete = readings.filter(({ status }) => status === 'complete').map(({ dataset }) => dataset);
  const [, ended]: [unknown, number] = await manager.query(
    `update observation
        set last_snapshot = $1
      where id = any (array(
        select standing.id
          from observation as standing
          left join final_row as final on final.dataset = standing.dataset and final.key = standing.key
         where standing.organization_id = $2 and standing.last_snapshot is null
           and case when final.key is null then standing.dataset = any($3) else final.data <> standing.data end))`,
    [run.id, run.organizationId, complete],
  );
  const [begun]: [{ rows: number }] = await manager.query(
    `with begun as (
       insert into observation (organization_id, dataset, key, data, first_snapshot)
       select $2, final.dataset, final.key, final.data, $1
         from final_row as final
        where not exists (
          select from observation as standing
           where standing.organization_id = $2 and standing.dataset = final.dataset and standing.key = final.key
             and standing.last_snapshot is null)
       returning 1
     )
     select count(*)::integer as rows from begun`,
    [run.id, run.organizationId],
  );
  const [unseen]: [{ rows: number }] = await manager.query(
    `with unseen as (
       insert into unverified (snapshot, observation_id)
       select $1, standing.id
         from observation as standing
        where standing.organization_id = $2 and standing.last_snapshot is null and standing.dataset <> all($3)
          and not exists (
            select from final_row as final where final.dataset = standing.dataset and final.key = standing.key)
       returning 1
     )
     select count(*)::integer as rows from unseen`,
    [run.id, run.organizationId, complete],
  );
  return ended + begun.rows + unseen.rows;
}
