import type { EntityManager } from 'typeorm';
import type { HubDataset } from '../dockerhub/reading.js';
import { readAgain } from './advance-listing.js';
import {
  decidedLosses,
  noteBelieved,
  noteHeld,
  settleWhole,
  type DatasetLoss,
  type DecidedLoss,
} from './held-losses.js';
import { listingsById, saveListings, storeListings, type HeldRun, type ListingState } from './listing-state.js';
import { gatherSeenRows } from './seen-rows.query.js';

/**
 * Holds every listing that lost too much, against the last snapshot in which its dataset was complete, until a second
 * reading shows the same keys. Returns the listings that are to be read once more; those whose second reading did not agree
 * are `partial` from here on. Needs the run's rows gathered (seen-rows.query.ts). Safe to repeat.
 *
 * What was held stays on record, where two people decide about exactly that loss: released, it is believed the next time that it
 * is read; refused, it is not believed however often it is read.
 *
 * The permissions of repositories are many short listings. They are held one by one and also together, because an empty
 * answer for every repository loses little in each. A repository that is gone loses nothing here: the listing of
 * repositories answers for it.
 */
export async function holdLosses(manager: EntityManager, run: HeldRun): Promise<ListingState[]> {
  const all = await lossesOf(manager, run);
  if (all.length > 0) await storeListings(manager, run.id);
  const shapes = all.some(({ lost }) => lost > 0) ? await shapesOf(manager, run) : [];
  const decided = (await decidedLosses(manager, run)).filter((one) =>
    shapes.some(({ dataset, shape }) => dataset === one.dataset && shape === one.shape),
  );
  const saidOf = (loss: Loss): DecidedLoss['decision'] | undefined =>
    decided.find(({ dataset }) => dataset === loss.dataset)?.decision;
  const losses = all.filter((loss) => saidOf(loss) !== 'released');
  const held = losses.filter(
    ({ had, lost, hadTogether, lostTogether }) =>
      isTooMuch(lost, had) || (lost > 0 && isTooMuch(lostTogether, hadTogether)),
  );
  const refused = held.filter((loss) => loss.confirms === true && saidOf(loss) === 'refused');
  const unconfirmed = [
    ...losses.filter(({ confirms }) => confirms === false),
    ...held.filter(({ reading, confirms }) => reading === 2 && confirms === null),
  ];
  await markUnconfirmed(manager, unconfirmed);
  await markRefused(manager, refused, decided);
  const first = new Map(held.filter(({ reading }) => reading === 1).map((loss) => [loss.id, loss]));
  const listings = await listingsById(manager, [...first.keys()]);
  const again = listings.map((listing) => readAgain(listing, 'shrank', clause(first.get(listing.id))));
  await saveListings(manager, run.id, again);

  const stands = new Set([...unconfirmed, ...refused].map(({ dataset }) => dataset));
  await noteHeld(
    manager,
    run,
    shapes.filter(({ dataset }) => stands.has(dataset)),
  );
  await noteBelieved(
    manager,
    run,
    decided.filter(({ decision }) => decision === 'released').map(({ id }) => id),
  );
  await settleWhole(
    manager,
    run,
    again.map(({ dataset }) => dataset),
  );
  if (all.length > 0) await gatherSeenRows(manager, run.id);
  return again;
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

/** For a `with`: what the last complete reading of each dataset had. $1 the organization. */
const before = `
  last as (
    select dataset_reading.dataset, max(dataset_reading.run_id) as snapshot
      from dataset_reading join sync_run on sync_run.id = dataset_reading.run_id
     where sync_run.organization_id = $1 and sync_run.state = 'sealed' and dataset_reading.status = 'complete'
       and dataset_reading.dataset in
           ('members', 'invites', 'teams', 'repositories', 'repository_teams', 'tokens', 'scim_users')
     group by dataset_reading.dataset
  ), before as materialized (
    select observation.dataset, observation.data,
           case last.dataset when 'repository_teams' then observation.data->>'repository' else '' end as scope,
           case last.dataset when 'repository_teams'
             then substr(observation.key, length(observation.data->>'repository') + 2) else observation.key end as key
      from observation join last on last.dataset = observation.dataset
     where observation.organization_id = $1 and observation.first_snapshot <= last.snapshot
       and (observation.last_snapshot is null or observation.last_snapshot > last.snapshot)
  )`;
/** For a `with` as well: the same rows beside the listings of the run, whose keys they are looked for in. */
const compared = `
  ${before}, compared as (
    select listing.id, listing.dataset, listing.scope, listing.reading, listing.again, before.key, before.data,
           seen.key is null as lost
      from before
      join run_listing as listing on listing.dataset = before.dataset and listing.scope = before.scope
      left join seen_row as seen on seen.listing_id = listing.id and seen.reading = listing.reading and seen.key = before.key
     where listing.status = 'complete'
  )`;

async function lossesOf(manager: EntityManager, run: HeldRun): Promise<Loss[]> {
  return manager.query(
    `with ${compared}, loss as (
       select id, dataset, scope, reading, again, count(*)::integer as had, (count(*) filter (where lost))::integer as lost
         from compared group by id, dataset, scope, reading, again
     ), beside as (
       select loss.*, (sum(had) over whole)::integer as "hadTogether", (sum(lost) over whole)::integer as "lostTogether"
         from loss window whole as (partition by dataset)
     ), differing as materialized (
       select distinct listing_id
         from (select seen.listing_id from seen_row as seen join run_listing as listing on listing.id = seen.listing_id
                where listing.again = 'shrank' group by seen.listing_id, seen.key having count(*) < 2) as once
     )
     select id, dataset, scope, reading, had, lost, "hadTogether", "lostTogether",
            case when again = 'shrank' then id not in (select listing_id from differing) end as confirms
       from beside
      where lost > 0 or again = 'shrank'`,
    [run.organizationId],
  );
}

async function shapesOf(manager: EntityManager, run: HeldRun): Promise<DatasetLoss[]> {
  return manager.query(
    `with ${compared}, named as (
       select dataset, scope, key, lost,
              coalesce(data->>'username', data->>'name', data->>'team', key) as name
         from compared
     )
     select dataset, count(*)::integer as had, (count(*) filter (where lost))::integer as lost,
            encode(sha256(convert_to(string_agg(scope || '/' || key, E'\\n' order by scope collate "C", key collate "C")
                                       filter (where lost), 'UTF8')), 'hex') as shape,
            (array_agg(case scope when '' then name else scope || '/' || name end order by scope collate "C", key collate "C")
               filter (where lost))[1:10] as sample
       from named group by dataset having bool_or(lost)`,
    [run.organizationId],
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

async function markRefused(
  manager: EntityManager,
  losses: readonly Loss[],
  decided: readonly DecidedLoss[],
): Promise<void> {
  const rows = losses.map((loss) => {
    const said = decided.find(({ dataset }) => dataset === loss.dataset);
    return {
      id: loss.id,
      message: `Read twice, and ${clause(loss)}. ${said?.decidedBy} refused to believe that (loss ${said?.id}).`,
    };
  });
  if (rows.length === 0) return;
  await manager.query(
    `update listing set status = 'partial', reason = 'LISTING_SHRANK', message = row.message
       from jsonb_to_recordset($1) as row (id bigint, message text) where listing.id = row.id`,
    [JSON.stringify(rows)],
  );
}

function clause(loss: Loss | undefined): string {
  return loss === undefined
    ? 'it lost rows'
    : `it lost ${loss.lost} of the ${loss.had} rows that the last complete reading had`;
}
