import type { EntityManager } from 'typeorm';
import type { Instant } from '../checks/check.js';

/** The archive as one snapshot of its organization knew it: what later runs add changes no answer. */
export interface ArchiveAsOf {
  readonly organizationId: string;
  readonly snapshot: string;
}

/** One event of Docker Hub's audit log. What Docker Hub did not say, or said to be nobody's, is absent. */
export interface AuditEvent {
  /** Unique in its organization. */
  readonly id: string;
  readonly at: Instant;
  /** With its group: `repo.tag.push`, `org.member.role.change`. */
  readonly action: string;
  /** The username, in lower case; of something done with an access token whoever the token belongs to. */
  readonly actor?: string;
  /** The label of the access token with which it was done; absent: with none. */
  readonly token?: string;
  /** What it was done to: `acme/api`, `acme`, or a username, as the action has it. */
  readonly name?: string;
  /** The kept part of what else Docker Hub says, as it says it. */
  readonly data: Readonly<Record<string, string>>;
}

export interface WantedEvents {
  /** Empty: nothing is wanted. Absent: every action. */
  readonly actions?: readonly string[];
  /** Both inclusive. */
  readonly since: Instant;
  readonly until: Instant;
}

/**
 * The archived events, oldest first. An event that changed afterwards is told as it was first seen. Says nothing about
 * events that were never archived: see `auditCoverage`.
 */
export async function auditEvents(
  manager: EntityManager,
  { organizationId, snapshot }: ArchiveAsOf,
  { actions, since, until }: WantedEvents,
): Promise<AuditEvent[]> {
  const rows: EventRow[] = await manager.query(
    `select ${eventColumns} from audit_event as event
      where ${isKnown} and at between $3::timestamptz and $4::timestamptz and ($5::text[] is null or action = any ($5))
      order by at, id`,
    [organizationId, snapshot, since, until, actions ?? null],
  );
  return rows.map(eventOf);
}

/** A stretch of time of which every event is in the archive; both ends belong to it. */
export interface CoveredTime {
  readonly from: Instant;
  readonly to: Instant;
}

/** Oldest first; they neither touch nor overlap, so whatever lies between two of them is a hole. */
export async function auditCoverage(
  manager: EntityManager,
  { organizationId, snapshot }: ArchiveAsOf,
): Promise<CoveredTime[]> {
  const rows: { from_at: Date; to_at: Date }[] = await manager.query(
    `select lower(span) as from_at, upper(span) as to_at
       from (select unnest(range_agg(tstzrange(covered_from, to_at, '[]'))) as span
               from audit_window where organization_id = $1 and run_id <= $2 and covered_from is not null) as covered
      order by span`,
    [organizationId, snapshot],
  );
  return rows.map(({ from_at, to_at }) => ({ from: from_at.toISOString(), to: to_at.toISOString() }));
}

/**
 * SQL: the row `event` of audit_event is in the archive of organization $1 as snapshot $2 knew it, and says what its event
 * said when it was first seen.
 */
export const isKnown = `event.organization_id = $1 and event.run_id <= $2
  and not exists (select from audit_event as before
                   where before.organization_id = event.organization_id and before.key = event.key and before.id < event.id)`;

export const eventColumns = 'id, at, action, lower(actor collate "C") as actor, token, name, data';

export interface EventRow {
  readonly id: string;
  readonly at: Date;
  readonly action: string;
  readonly actor: string | null;
  readonly token: string | null;
  readonly name: string | null;
  readonly data: Readonly<Record<string, string>>;
}

export function eventOf({ id, at, action, actor, token, name, data }: EventRow): AuditEvent {
  return {
    id,
    at: at.toISOString(),
    action,
    ...(actor !== null && { actor }),
    ...(token !== null && { token }),
    ...(name !== null && { name }),
    data,
  };
}
