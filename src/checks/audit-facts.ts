import type { Instant } from './check.js';

/** The archive of the audit log of one organization. */
export interface AuditArchiveFacts {
  /** From when on it was to be read; null: no reading of it ever came to anything. */
  readonly beginsAt: Instant | null;
  /** Since when, up to `coveredUntil`, it has every event; null as above. */
  readonly coveredSince: Instant | null;
  readonly coveredUntil: Instant | null;
  /** Stretches since its beginning of which it lacks events, oldest first. */
  readonly holes: readonly { readonly from: Instant; readonly to: Instant }[];
  /** What is older than this, Docker Hub need not show any more. */
  readonly readableSince: Instant;
  /** Archived events that Docker Hub no longer showed when the same time was read again; null: none. */
  readonly gone: {
    readonly events: number;
    readonly firstAt: Instant;
    readonly lastAt: Instant;
    readonly notedAt: Instant;
  } | null;
}

/** One event of the audit log. What Docker Hub did not say is absent. */
export interface AuditEventFacts {
  readonly id: string;
  readonly at: Instant;
  /** With its group: `org.member.role.change`. */
  readonly action: string;
  /** In lower case. */
  readonly actor?: string;
  /** The label of the access token with which it was done; absent: with none. */
  readonly token?: string;
  readonly name?: string;
  readonly data: Readonly<Record<string, string>>;
}

/** Many events of one kind within an hour. */
export interface BurstFacts {
  readonly action: string;
  /** When the first hour of that day began in which there were too many. */
  readonly from: Instant;
  /** The most within one hour. */
  readonly most: number;
  readonly actors: readonly string[];
}

export interface AdminEvent extends Omit<AuditEventFacts, 'data'> {
  /** Who it was done to, in lower case. */
  readonly member?: string;
  /** Of a change of role, and of somebody who joined `owners`: the role that was given; absent: the event does not say. */
  readonly role?: string;
  /** Of a switch: how it stands afterwards; absent: the event does not say. */
  readonly on?: boolean;
  /** Of a change of settings: it may be about what may be pulled, and does not say how that stands afterwards. */
  readonly unclear?: true;
}

/** What administrators did that somebody may have to answer for. */
export interface AdminEventFacts {
  /** Changes of role and of `owners`, of single sign-on and restrictions, and new tokens; oldest first. */
  readonly events: readonly AdminEvent[];
  readonly bursts: readonly BurstFacts[];
}
