import type { EntityManager } from 'typeorm';
import { toJson, type ListingState } from './listing-state.js';

/** A row that Docker Hub showed as it stands: `observation` is the id of the row that says the same. */
export interface UnchangedRow {
  readonly listing: string;
  readonly reading: number;
  readonly page: number;
  readonly observation: string;
}

/** For as long as the run lasts, at the cost of one row: rows that are as they stand, and listings that ended with nothing else. */
export async function noteUnchanged(
  manager: EntityManager,
  runId: string,
  rows: readonly UnchangedRow[],
  listings: readonly ListingState[],
): Promise<void> {
  if (rows.length === 0 && listings.length === 0) return;
  await manager.query(
    `insert into unchanged_batch (run_id, listings, listing_ids, readings, pages, observation_ids)
     values ($1, $2, $3, $4, $5, $6)`,
    [
      runId,
      toJson(listings),
      rows.map(({ listing }) => listing),
      rows.map(({ reading }) => reading),
      rows.map(({ page }) => page),
      rows.map(({ observation }) => observation),
    ],
  );
}

/** What these listings have seen: all of it is to be read anew. */
export async function dropSeenRows(
  manager: EntityManager,
  runId: string,
  listingIds: readonly string[],
): Promise<void> {
  if (listingIds.length === 0) return;
  await manager.query('delete from staged_observation where listing_id = any($1)', [listingIds]);
  await manager.query(
    `update unchanged_batch as batch
        set listing_ids = kept.listing_ids, readings = kept.readings, pages = kept.pages, observation_ids = kept.observation_ids
       from unchanged_batch as before
       cross join lateral (
         select coalesce(array_agg(listing_id), '{}') as listing_ids, coalesce(array_agg(reading), '{}') as readings,
                coalesce(array_agg(page), '{}') as pages, coalesce(array_agg(observation_id), '{}') as observation_ids
           from unnest(before.listing_ids, before.readings, before.pages, before.observation_ids)
             as same(listing_id, reading, page, observation_id)
          where listing_id <> all($2::bigint[])) as kept
      where before.run_id = $1 and before.listing_ids && $2::bigint[]
        and batch.run_id = before.run_id and batch.id = before.id`,
    [runId, listingIds],
  );
}

/** Once nothing of the run is to be gone on with. */
export async function forgetListings(manager: EntityManager, runId: string): Promise<void> {
  await manager.query('delete from listing where run_id = $1', [runId]);
  await manager.query('delete from unchanged_batch where run_id = $1', [runId]);
}
