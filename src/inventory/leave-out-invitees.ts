import type { EntityManager } from 'typeorm';
import { gatherSeenRows, keptRows } from './seen-rows.query.js';
import type { HeldRun } from './listing-state.js';

/**
 * Forgets the invitees among the members whose invite is listed: they are pending, and their invite stands for them. Needs
 * the listings of members and invites to have ended, and the run's rows to be gathered (seen-rows.query.ts).
 * Safe to repeat.
 *
 * A custom role can be called "invitee" too, and whoever holds it must not vanish. So an invitee without a listed invite
 * stays, and so does one whose key stands as that of a member. The mark `invitee` goes from a row that stands as a member's,
 * so that it stands as one on the next night as well; it stays on a row that was never anything else.
 */
export async function leaveOutInvitees(manager: EntityManager, run: HeldRun): Promise<void> {
  const [leftOut]: [{ rows: number }] = await manager.query(
    `with invitee as materialized (
         select staged.listing_id, staged.reading, staged.key, staged.data
           from listing
           join staged_observation as staged on staged.listing_id = listing.id
          where listing.run_id = $1 and listing.dataset = 'members' and staged.data ? 'invitee'
       ), invited as materialized (
         select lower(btrim(data->>'invitee')) as name from (${keptRows}) as kept
          where dataset = 'invites' and btrim(data->>'invitee') <> ''
       ), pending as (
         select listing_id, reading, key from invitee
          where (lower(btrim(data->>'username')) in (select name from invited)
                 or lower(btrim(data->>'email')) in (select name from invited))
            and not exists (
              select from observation as standing
               where standing.organization_id = $2 and standing.dataset = 'members' and standing.key = invitee.key
                 and standing.last_snapshot is null and not standing.data ? 'invitee')
       ), left_out as (
         delete from staged_observation as staged using pending
          where staged.listing_id = pending.listing_id and staged.reading = pending.reading and staged.key = pending.key
         returning staged.listing_id, staged.reading
       ), counted as (
         update listing set received = listing.received - gone.rows, unkept = listing.unkept + gone.rows
         from (select listing_id, reading, count(*)::integer as rows from left_out group by listing_id, reading) as gone
        where listing.id = gone.listing_id and listing.reading = gone.reading
       )
       select count(*)::integer as rows from left_out`,
    [run.id, run.organizationId],
  );
  if (leftOut.rows > 0) await gatherSeenRows(manager, run.id);
}
