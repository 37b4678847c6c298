/**
 * The rows of run $1 that count: of a complete listing those of its last reading, of any other the union of both, the newer
 * one where both have a key. Columns: dataset, scope, key, data.
 */
export const keptRows = `
  select listing.dataset, listing.scope, staged.key, staged.data
    from listing
    join staged_observation as staged on staged.listing_id = listing.id
   where listing.run_id = $1
     and (staged.reading = listing.reading
          or listing.status <> 'complete' and not exists (
            select from staged_observation as newer
             where newer.listing_id = staged.listing_id and newer.reading = listing.reading and newer.key = staged.key))`;
