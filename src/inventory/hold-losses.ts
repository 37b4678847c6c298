import type { DataSource, EntityManager } from 'typeorm';
import type { HubDataset } from '../dockerhub/reading.js';
import { readAgain } from './advance-listing.js';
import { assertHeld } from './commit-pages.js';
import { listingsById, saveListings, type HeldRun, type ListingState } from './listing-state.js';

/**
 * Holds every listing that lost too much, against the last snapshot in which its dataset was complete, until a second
 * reading shows the same keys. Returns the listings that are to be read once more; those whose second reading did not agree
 * are `partial` from here on. Safe to repeat.
 *
 * The permissions of repositories are many short listings. They are held one by one and also together, because an empty
 * answer for every repository loses little in each. A repository that is gone loses nothing here: the listing of
 * repositories answers for it.
 */
export async function holdLosses(dataSource: DataSource, run: HeldRun): Promise<ListingState[]> {
  return dataSource.transaction(async (manager) => {
    await assertHeld(manager, run, 0);
    const losses = await lossesOf(manager, run);
    const held = losses.filter(
      ({ had, lost, hadTogether, lostTogether }) =>
        isTooMuch(lost, had) || (lost > 0 && isTooMuch(lostTogether, hadTogether)),
    );
    await markUnconfirmed(manager, [
      ...losses.filter(({ confirms }) => confirms === false),
      ...held.filter(({ reading, confirms }) => reading === 2 && confirms === null),
    ]);
    const first = new Map(held.filter(({ reading }) => reading === 1).map((loss) => [loss.id, loss]));
    const listings = await listingsById(manager, [...first.keys()]);
    const again = listings.map((listing) => readAgain(listing, 'shrank', clause(first.get(listing.id))));
    await saveListings(manager, again);
    return again;
  });
}

/** More than five, and more than a tenth of what there was. */
export function isTooMuch(lost: number, had: number): boolean {
  return lost > Math.max(5, had / 10);
}

/** A listing that read well, beside the last snapshot in which its dataset was complete. */
interface Loss {
  readonly id: string;
  readonly dataset: HubDataset;
  readonly scope: string;
  readonly reading: 1 | 2;
  readonly had: number;
  readonly lost: number;
  /** The same over all listings of the dataset. */
  readonly hadTogether: number;
  readonly lostTogether: number;
  /** Of a second reading that was to confirm a loss: whether it has the keys of the first; else null. */
  readonly confirms: boolean | null;
}

async function lossesOf(manager: EntityManager, run: HeldRun): Promise<Loss[]> {
  return manager.query(
    `with last as (
       select dataset_reading.dataset, max(dataset_reading.run_id) as snapshot
         from dataset_reading join sync_run on sync_run.id = dataset_reading.run_id
        where sync_run.organization_id = $2 and sync_run.state = 'sealed' and dataset_reading.status = 'complete'
          and dataset_reading.dataset in
              ('members', 'invites', 'teams', 'repositories', 'repository_teams', 'tokens', 'scim_users')
        group by dataset_reading.dataset
     ), before as materialized (
       select observation.dataset,
              case last.dataset when 'repository_teams' then observation.data->>'repository' else '' end as scope,
              case last.dataset when 'repository_teams'
                then substr(observation.key, length(observation.data->>'repository') + 2) else observation.key end as key
         from observation join last on last.dataset = observation.dataset
        where observation.organization_id = $2 and observation.first_snapshot <= last.snapshot
          and (observation.last_snapshot is null or observation.last_snapshot > last.snapshot)
     ), loss as (
       select listing.id, listing.dataset, listing.scope, listing.reading, listing.again, count(*)::integer as had,
              (count(*) filter (where not exists (
                select from staged_observation as staged
                 where staged.listing_id = listing.id and staged.reading = listing.reading and staged.key = before.key
              )))::integer as lost
         from before
         join listing on listing.run_id = $1 and listing.dataset = before.dataset and listing.scope = before.scope
        where listing.status = 'complete'
        group by listing.id
     ), beside as (
       select loss.*, (sum(had) over whole)::integer as "hadTogether", (sum(lost) over whole)::integer as "lostTogether"
         from loss window whole as (partition by dataset)
     )
     select id, dataset, scope, reading, had, lost, "hadTogether", "lostTogether",
            case when again = 'shrank' then not exists (
              select from (select key from staged_observation where listing_id = beside.id and reading = 1) as one
                full join (select key from staged_observation where listing_id = beside.id and reading = 2) as two using (key)
               where one.key is null or two.key is null) end as confirms
       from beside
      where lost > 0 or again = 'shrank'`,
    [run.id, run.organizationId],
  );
}

async function markUnconfirmed(manager: EntityManager, losses: readonly Loss[]): Promise<void> {
  if (losses.length === 0) return;
  await manager.query(
    `update listing
        set status = 'partial', reason = 'LISTING_SHRANK',
            message = 'Read twice. First: ' || odd_before || '. Then: ' || case again when 'shrank'
              then 'it had other rows.' else 'it had lost too much, which nothing confirms.' end
      where id = any($1)`,
    [losses.map(({ id }) => id)],
  );
}

function clause(loss: Loss | undefined): string {
  return loss === undefined
    ? 'it lost rows'
    : `it lost ${loss.lost} of the ${loss.had} rows that the last complete reading had`;
}
