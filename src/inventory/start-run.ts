import type { DataSource, EntityManager } from 'typeorm';
import {
  credentialOf,
  markListings,
  openListings,
  rootDatasets,
  storeListings,
  type HeldRun,
  type Instant,
} from './listing-state.js';
import { planAuditWindows } from './plan-audit-windows.js';
import { seenRows } from './seen-rows.query.js';
import { dropSeenRows, forgetListings } from './unchanged-batches.js';

export interface StartingPoint {
  readonly organization: string;
  /** The run's clock. */
  readonly now: Instant;
  readonly machineTime: Instant;
  /** Fingerprints of the credentials that are configured now. */
  readonly credentials: readonly string[];
}

export interface StartedRun extends HeldRun {
  readonly resumed: boolean;
}

/** A listing goes on only this long after its first page, by either clock. */
const goesOnForMs = 2 * 3_600_000;

/** Reasons that a second reading has already confirmed; every other incomplete listing is tried again on resumption. */
const confirmed = ['SOURCE_INCOMPLETE', 'NO_MEMBERS', 'NO_TEAMS', 'LISTING_SHRANK', 'TOO_MANY_PAGES'];

/**
 * Takes up the organization's open run, or replaces it with a fresh one if nothing that it has read may still be used. The
 * caller holds the organization's lock; raising the fence shuts out whoever held the run before.
 */
export async function startRun(dataSource: DataSource, start: StartingPoint): Promise<StartedRun> {
  return dataSource.transaction(async (manager) => {
    const organizationId = await organizationNamed(manager, start.organization);
    const [open]: OpenRun[] = await manager.query(
      `select id, fence, credentials, believed_at from sync_run
        where organization_id = $1 and state in ('running', 'paused', 'verifying') for update`,
      [organizationId],
    );
    if (open !== undefined) {
      await storeListings(manager, open.id);
      if (await hasUsablePages(manager, open.id, start)) return takeUp(manager, organizationId, open, start);
      await reject(manager, open.id);
    }
    return begin(manager, organizationId, start);
  });
}

interface OpenRun {
  readonly id: string;
  readonly fence: number;
  readonly credentials: readonly string[];
  readonly believed_at: Date;
}

async function organizationNamed(manager: EntityManager, name: string): Promise<string> {
  await manager.query('insert into organization (name) values ($1) on conflict (name) do nothing', [name]);
  const [row]: { id: string }[] = await manager.query('select id from organization where name = $1', [name]);
  if (row === undefined) throw new Error('The organization that was just added is not there.');
  return row.id;
}

/** A page from after either clock is no more usable than an old one: a clock was set back, or `--now` names an earlier time. */
const usable = `
  (listing.first_read_at > $2::timestamptz - $4 * interval '1 millisecond' and listing.first_read_at <= $2
   and (listing.fetched_at is null or
        listing.fetched_at > $3::timestamptz - $4 * interval '1 millisecond' and listing.fetched_at <= $3)
   and (listing.credential is null or ${credentialOf('listing.credential')} = any($5)))`;

function usableAt(runId: string, { machineTime, now, credentials }: StartingPoint): unknown[] {
  return [runId, machineTime, now, goesOnForMs, credentials];
}

/** True also of a run that ended before its first answer. */
async function hasUsablePages(manager: EntityManager, runId: string, start: StartingPoint): Promise<boolean> {
  const [found]: { usable: boolean }[] = await manager.query(
    `select coalesce(bool_or(${usable}) filter (where listing.fetched_at is not null), true) as usable
       from listing where listing.run_id = $1`,
    usableAt(runId, start),
  );
  return found?.usable ?? true;
}

async function reject(manager: EntityManager, runId: string): Promise<void> {
  await manager.query(`update sync_run set state = 'rejected' where id = $1`, [runId]);
  await forgetListings(manager, runId);
}

async function begin(manager: EntityManager, organizationId: string, start: StartingPoint): Promise<StartedRun> {
  const [run]: { id: string; fence: number }[] = await manager.query(
    `insert into sync_run (organization_id, state, credentials, started_at, believed_at)
     values ($1, 'running', $2, $3, $4) returning id, fence`,
    [organizationId, inOrder(start.credentials), start.machineTime, start.now],
  );
  if (run === undefined) throw new Error('The run that was just added is not there.');
  await openListings(
    manager,
    run.id,
    rootDatasets.map((dataset) => ({ dataset, scope: '' })),
  );
  await planAuditWindows(manager, { id: run.id, organizationId }, start.now);
  return { id: run.id, organizationId, fence: run.fence, resumed: false };
}

async function takeUp(
  manager: EntityManager,
  organizationId: string,
  open: OpenRun,
  start: StartingPoint,
): Promise<StartedRun> {
  const credentials = inOrder(start.credentials);
  await startOver(manager, open, start, credentials.join() === open.credentials.join());
  await manager.query(
    `update listing set status = null, reason = null, message = null
      where run_id = $1 and (status = 'failed' or status = 'partial' and reason <> all($2))`,
    [open.id, confirmed],
  );
  await markListings(manager, open.id);
  const fence = open.fence + 1;
  await manager.query(
    `update sync_run set state = 'running', fence = $2, credentials = $3, believed_at = $4 where id = $1`,
    [open.id, fence, credentials, start.now],
  );
  await planAuditWindows(manager, { id: open.id, organizationId }, start.now);
  return { id: open.id, organizationId, fence, resumed: true };
}

/**
 * Listings that may not go on from where they stand. A refusal has no page that could grow old, but it says something about
 * the credentials that were configured then, at a time that is too long ago if the run's is.
 */
async function startOver(
  manager: EntityManager,
  open: OpenRun,
  start: StartingPoint,
  sameCredentials: boolean,
): Promise<void> {
  const age = Date.parse(start.now) - open.believed_at.getTime();
  const refusalsStand = sameCredentials && age >= 0 && age < goesOnForMs;
  const stale: { id: string }[] = await manager.query(
    `select listing.id from listing
      where listing.run_id = $1 and listing.first_read_at is not null
        and not (${usable} and (listing.fetched_at is not null or $6))`,
    [...usableAt(open.id, start), refusalsStand],
  );
  const gone: { listing_id: string }[] = await manager.query(
    `select distinct listing_id from (${seenRows}) as seen where not stands`,
    [open.id],
  );
  const ids = [...new Set([...stale.map(({ id }) => id), ...gone.map((one) => one.listing_id)])];
  await dropSeenRows(manager, open.id, ids);
  await manager.query(
    `update listing
        set reading = 1, cursor = null, pages = 0, received = 0, unkept = 0, reported = null, odd = null, again = null,
            odd_before = null, status = null, reason = null, message = null, credential = null, read_as = null,
            first_read_at = null, fetched_at = null
      where id = any($1)`,
    [ids],
  );
}

function inOrder(credentials: readonly string[]): string[] {
  return [...credentials].sort();
}
