import type { EntityManager } from 'typeorm';
import type { TimeWindow } from '../dockerhub/reading.js';
import type { HeldRun } from './listing-state.js';
import { auditGaps, lookBackFrom } from './plan-audit-windows.js';

export interface AuditEvidence {
  /** Different events that the run received. */
  readonly events: number;
  /** Archived events that a whole reading of their time did not show, of which no earlier reading had said that. */
  readonly unseen: number;
  /** Time within the look-back, and up to the run's start, of which not every event is archived; null: there is none. */
  readonly gap: TimeWindow | null;
}

/**
 * Puts the events that a run has read into the archive, for good, whatever became of the listing: an event is a witness. Then
 * notes which time was seen whole, and which archived events Docker Hub has stopped showing. The first night that misses one
 * covers nothing: the next one reads that time again, and only what is missing from both is gone. Runs in the transaction that
 * seals the run.
 */
export async function archiveAuditLog(manager: EntityManager, run: HeldRun): Promise<AuditEvidence> {
  await archiveEvents(manager, run);
  await noteReappeared(manager, run);
  const unseen = await noteAbsent(manager, run);
  await noteWindows(manager, run);
  const [read]: [{ events: number; to: Date | null }] = await manager.query(
    `select (select count(distinct key)::integer from (${staged}) as event) as events,
            (select window_to from listing where run_id = $1 and dataset = 'audit_log' and scope = '') as to`,
    [run.id],
  );
  const to = read.to?.toISOString();
  const gaps = to === undefined ? [] : await auditGaps(manager, run.organizationId, { from: lookBackFrom(to), to });
  return { events: read.events, unseen, gap: gaps.at(-1) ?? null };
}

/** Everything that was received, of every reading. Parameter: $1 the run. */
const staged = `
  select staged.listing_id, staged.reading, staged.page, staged.key, staged.data, (staged.data->>'at')::timestamptz as at
    from listing
    join staged_observation as staged on staged.listing_id = listing.id
   where listing.run_id = $1 and listing.dataset = 'audit_log' and staged.data ? 'at' and staged.data ? 'action'`;

async function archiveEvents(manager: EntityManager, run: HeldRun): Promise<void> {
  await manager.query(
    `insert into audit_event (organization_id, key, digest, at, action, actor, token, name, data, run_id)
     select $2, key, digest, at, data->>'action', data->>'actor', data->>'token', data->>'name',
            coalesce(data->'details', '{}'), $1
       from (select distinct on (key, digest) event.*
               from (select *, encode(sha256(convert_to(data::text, 'UTF8')), 'hex') as digest from (${staged}) as said)
                 as event
              order by key, digest) as event
      order by at, key, digest
     on conflict (organization_id, key, digest) do nothing`,
    [run.id, run.organizationId],
  );
}

/** The last word on each archived event of which there is one. Parameter: $2 the organization. */
const lastWord = `
  select distinct on (word.event_id) word.event_id, word.absent, event.key
    from audit_absence as word join audit_event as event on event.id = word.event_id
   where event.organization_id = $2
   order by word.event_id, word.run_id desc`;

async function noteReappeared(manager: EntityManager, run: HeldRun): Promise<void> {
  await manager.query(
    `insert into audit_absence (run_id, event_id, absent)
     select $1, word.event_id, false from (${lastWord}) as word
      where word.absent and exists (select from (${staged}) as event where event.key = word.key)`,
    [run.id, run.organizationId],
  );
}

/**
 * Where a window ends is left out by a minute, because nobody says whether events of that very moment belong to it; so is the
 * last day of what Docker Hub promises to show. An event goes by its first row.
 */
async function noteAbsent(manager: EntityManager, run: HeldRun): Promise<number> {
  const [row]: [{ unseen: number }] = await manager.query(
    `with known as (
       select listing.id as listing_id, listing.reading, min(event.id) as id, event.key
         from listing
         join audit_event as event
           on event.organization_id = $2 and event.run_id < $1
          and event.at >= greatest(listing.window_from + interval '1 minute', listing.window_to - interval '29 days')
          and event.at <= listing.window_to - interval '1 minute'
        where listing.run_id = $1 and listing.dataset = 'audit_log' and listing.status = 'complete'
        group by listing.id, event.key
     ), noted as (
       insert into audit_absence (run_id, event_id, absent)
       select distinct $1::bigint, known.id, true
         from known
         left join (${lastWord}) as word on word.event_id = known.id
        where word.absent is distinct from true
          and not exists (
            select from staged_observation as shown
             where shown.listing_id = known.listing_id and shown.reading = known.reading and shown.key = known.key)
       returning 1
     )
     select count(*)::integer as unseen from noted`,
    [run.id, run.organizationId],
  );
  return row.unseen;
}

/**
 * A listing that stopped half-way saw the newer part of its window, as long as each page was older than the one before it:
 * everything after the oldest event of its last page.
 */
async function noteWindows(manager: EntityManager, run: HeldRun): Promise<void> {
  await manager.query(
    `with page as (
       select event.listing_id, event.page, min(event.at) as oldest, max(event.at) as newest, count(*)::integer as events
         from (${staged}) as event
         join listing on listing.id = event.listing_id and listing.reading = event.reading
        group by event.listing_id, event.page
     ), read as (
       select listing_id, sum(events)::integer as events, min(oldest) as oldest, bool_and(coalesce(in_order, true)) as in_order
         from (select page.*, newest <= lag(oldest) over (partition by listing_id order by page) as in_order from page) as page
        group by listing_id
     ), missed as (
       select listing.id from listing
        where listing.run_id = $1 and exists (
          select from audit_absence as word join audit_event as event on event.id = word.event_id
           where word.run_id = $1 and word.absent and event.at between listing.window_from and listing.window_to)
     )
     insert into audit_window (organization_id, run_id, from_at, to_at, covered_from, events)
     select $2, $1, listing.window_from, listing.window_to,
            case when exists (select from missed where missed.id = listing.id) then null
                 when listing.status = 'complete' then listing.window_from
                 when listing.odd is null and read.in_order
                      and read.oldest between listing.window_from and listing.window_to - interval '1 millisecond'
                   then date_trunc('milliseconds', read.oldest) + interval '1 millisecond' end,
            coalesce(read.events, 0)
       from listing left join read on read.listing_id = listing.id
      where listing.run_id = $1 and listing.dataset = 'audit_log' and listing.fetched_at is not null
        and listing.window_from is not null
      order by listing.id`,
    [run.id, run.organizationId],
  );
}
