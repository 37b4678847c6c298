import type { EntityManager } from 'typeorm';
import type { TimeWindow } from '../dockerhub/reading.js';
import { openListings, type HeldRun, type Instant } from './listing-state.js';

const dayMs = 86_400_000;

/** How far back Docker Hub shows its audit log to people. What is older it may have forgotten, so that is not asked for. */
export const lookBackMs = 30 * dayMs;
/** Every reading goes back over this much of what the last one saw: for events that came late, and for those that went. */
const overlapMs = dayMs;
/**
 * And always as far as the newest event that is archived. Pages come newest first, so it is the last row of the answer, and
 * an answer that was cut short in any way lacks it.
 */
const beforeLastEventMs = 120_000;
/** Stretches that earlier nights left open, in one night; the newest ones. */
const mostGaps = 2;

/**
 * Decides which time the run's listings of the audit log are about: the time since the last one, whose end is fixed here so
 * that what happens during the reading moves no page, and beside it what earlier nights had to leave out. Does nothing about
 * a reading that has begun.
 */
export async function planAuditWindows(
  manager: EntityManager,
  run: Pick<HeldRun, 'id' | 'organizationId'>,
  now: Instant,
): Promise<void> {
  const [unbegun]: { id: string }[] = await manager.query(
    `select id from listing where run_id = $1 and dataset = 'audit_log' and scope = '' and fetched_at is null`,
    [run.id],
  );
  if (unbegun === undefined) return;
  const archive = await archived(manager, run.organizationId, now);
  const latest = latestWindow(archive, now);
  await manager.query('update listing set window_from = $2, window_to = $3 where id = $1', [
    unbegun.id,
    latest.from,
    latest.to,
  ]);
  await manager.query(`delete from listing where run_id = $1 and dataset = 'audit_log' and scope <> ''`, [run.id]);
  const gaps = await auditGaps(manager, run.organizationId, { from: lookBackFrom(now), to: latest.from });
  await openListings(
    manager,
    run.id,
    gaps
      .slice(-mostGaps)
      .toReversed()
      .map((window) => ({ dataset: 'audit_log', scope: `${window.from}/${window.to}`, window })),
  );
}

/** What is older is not asked for. */
export function lookBackFrom(now: Instant): Instant {
  return before(now, lookBackMs);
}

/**
 * Stretches between the archive's beginning and `within.to` of which not every event was seen, oldest first, as far as they
 * lie in `within`.
 */
export async function auditGaps(
  manager: EntityManager,
  organizationId: string,
  within: TimeWindow,
): Promise<TimeWindow[]> {
  if (within.from >= within.to) return [];
  const rows: { from_at: Date; to_at: Date }[] = await manager.query(
    `with asked as (
       select tstzmultirange(tstzrange(greatest(min(from_at), $2::timestamptz), $3::timestamptz)) as time
         from audit_window where organization_id = $1 having min(from_at) < $3::timestamptz
     ), covered as (
       select coalesce(range_agg(tstzrange(covered_from, to_at, '[]')), '{}') as time
         from audit_window where organization_id = $1 and covered_from is not null
     )
     select lower(gap) as from_at, upper(gap) as to_at
       from (select unnest(asked.time - covered.time) as gap from asked, covered) as gaps
      order by gap`,
    [organizationId, within.from, within.to],
  );
  return rows.map(({ from_at, to_at }) => ({ from: from_at.toISOString(), to: to_at.toISOString() }));
}

interface Archived {
  /** Up to when every event is there, as far as the newest stretch goes; null: nothing was ever archived. */
  readonly until: Instant | null;
  readonly lastEventAt: Instant | null;
}

async function archived(manager: EntityManager, organizationId: string, now: Instant): Promise<Archived> {
  const [row]: [{ until: Date | null; last_event_at: Date | null }] = await manager.query(
    `select (select max(to_at) from audit_window where organization_id = $1 and covered_from is not null) as until,
            (select max(at) from audit_event where organization_id = $1 and at <= $2) as last_event_at`,
    [organizationId, now],
  );
  return { until: row.until?.toISOString() ?? null, lastEventAt: row.last_event_at?.toISOString() ?? null };
}

function latestWindow({ until, lastEventAt }: Archived, now: Instant): TimeWindow {
  const starts = [
    before(until === null || until > now ? now : until, until === null ? lookBackMs : overlapMs),
    ...(lastEventAt === null ? [] : [before(lastEventAt, beforeLastEventMs)]),
  ];
  const earliest = starts.reduce((one, other) => (other < one ? other : one));
  const lookBack = lookBackFrom(now);
  return { from: earliest < lookBack ? lookBack : earliest, to: now };
}

function before(at: Instant, ms: number): Instant {
  return new Date(Date.parse(at) - ms).toISOString();
}
