import type { EntityManager } from 'typeorm';

const keyOfStanding = `case standing.dataset when 'repository_teams'
    then substr(standing.key, length(standing.data->>'repository') + 2) else standing.key end`;

/**
 * Every row that run $1 has seen, once for each reading that showed it: staged, or noted as one that is as it stands. What was
 * seen otherwise later in the same reading is staged. Columns: listing_id, reading, key, data, staged, stands.
 *
 * A row that stands cannot change or go while a run is in progress, because only the seal of a run of the same organization
 * does that, and there is one at a time. Should it have happened all the same, `stands` is false, and nothing may rest on it.
 */
export const seenRows = `
  select staged.listing_id, staged.reading, staged.key, staged.data, true as staged, true as stands
    from listing join staged_observation as staged on staged.listing_id = listing.id
   where listing.run_id = $1
  union all
  select same.listing_id, same.reading, ${keyOfStanding},
         case standing.dataset when 'repository_teams' then standing.data - 'repository' else standing.data end, false,
         standing.id is not null and standing.last_snapshot is null
    from unchanged_batch as batch
    cross join lateral unnest(batch.listing_ids, batch.readings, batch.observation_ids)
      as same(listing_id, reading, observation_id)
    left join observation as standing on standing.id = same.observation_id
   where batch.run_id = $1
     and not exists (
       select from staged_observation as newer
        where newer.listing_id = same.listing_id and newer.reading = same.reading and newer.key = ${keyOfStanding})`;

/** The listings of run $1, also those that have no row of their own because they were whole and nothing in them was new. */
const runListings = `
  select id, dataset, scope, reading, unkept, reported, again, status, reason, message, read_as, fetched_at
    from listing where run_id = $1
  union all
  select whole.id, whole.dataset, whole.scope, whole.reading, whole.unkept, whole.reported, whole.again,
         whole.status, whole.reason, whole.message, nullif(whole."readAs", 'null'), whole."fetchedAt"
    from unchanged_batch as batch
    cross join lateral jsonb_to_recordset(batch.listings) as whole(
      id bigint, dataset text, scope text, reading smallint, unkept integer, reported integer, again text,
      status text, reason text, message text, "readAs" jsonb, "fetchedAt" timestamptz)
   where batch.run_id = $1`;

/**
 * Puts the listings of a run into the table `run_listing` of this connection, and what they have seen into `seen_row`, where
 * `kept` says whether it counts: of a complete listing the rows of its last reading, of any other the union of both, the newer
 * one where both have a key. What is written about listings later does not show there until they are gathered again.
 *
 * As tables, and counted, because the planner believes a query over them to have a few rows and compares every row with every
 * other then.
 */
export async function gatherSeenRows(manager: EntityManager, runId: string): Promise<void> {
  await manager.query('drop table if exists pg_temp.run_listing, pg_temp.seen_row');
  await manager.query(`create temporary table run_listing as ${withRun(runListings, runId)}`);
  await manager.query('analyze run_listing (id, dataset, scope)');
  await manager.query(
    `create temporary table seen_row as
     with seen as materialized (${withRun(seenRows, runId)})
     select listing.id as listing_id, listing.dataset, listing.scope, seen.reading, seen.key, seen.data, seen.staged, seen.stands,
            seen.reading = listing.reading or listing.status <> 'complete' and newer.key is null as kept
       from run_listing as listing
       join seen on seen.listing_id = listing.id
       left join (select listing_id, key from seen where reading = 2) as newer
         on newer.listing_id = seen.listing_id and newer.key = seen.key and seen.reading = 1`,
  );
  await manager.query('analyze seen_row (dataset, scope, reading, kept, staged)');
}

export async function forgetSeenRows(manager: EntityManager): Promise<void> {
  await manager.query('drop table if exists pg_temp.run_listing, pg_temp.seen_row');
}

/** `create table as` takes no parameters. */
function withRun(sql: string, runId: string): string {
  if (!/^\d+$/.test(runId)) throw new Error(`${runId} is no run.`);
  return sql.replaceAll('$1', runId);
}

/** The rows of the gathered run that count. Columns: dataset, scope, key, data. */
export const keptRows = `select dataset, scope, key, data from seen_row where kept`;
