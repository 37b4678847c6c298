import type { Dataset, Day, Instant } from './check.js';
import type { PersonFacts } from './facts.js';

export type ArtefactKind = 'token' | 'invite' | 'service_account' | 'critical_system' | 'exception';

/** Something that still works in the name of somebody who has left. */
export interface Artefact {
  readonly kind: ArtefactKind;
  readonly id: string;
  readonly name: string;
  /** Only of a token. Undefined: Docker Hub did not say. */
  readonly isActive?: boolean | null;
}

/**
 * The account of one person; or the organization, with those who have no account there. Leavers, and those of whom HR leaves
 * open whether they are.
 */
export interface LeaverArtefactsFacts {
  readonly organization: string;
  /** The username; null: the subject is the organization. */
  readonly account: string | null;
  readonly leavers: readonly { readonly person: PersonFacts; readonly artefacts: readonly Artefact[] }[];
  /** Only of the organization: exceptions that stand by the word of somebody of whom nobody knows who it is. */
  readonly unnamed: readonly { readonly approver: string; readonly exceptions: number }[];
  /** Listings that were not read to their end, of those that could show an artefact. */
  readonly unread: readonly Dataset[];
}

/** How long somebody who left kept an account or an invite. */
export interface RemovalFacts {
  readonly organization: string;
  readonly kind: 'account' | 'invite';
  readonly id: string;
  readonly name: string;
  readonly person: { readonly id: string; readonly name: string | null };
  readonly lastDay: Day | null;
  /** The first instant after the last working day. */
  readonly leftAt: Instant;
  /** HR gave no date. */
  readonly inferred: boolean;
  /** When a roster said so for the first time. */
  readonly knownToHrAt: Instant | null;
  /** When Hubwarden first said that the access should be gone; null: it never had to. */
  readonly detectedAt: Instant | null;
  /** The last reading that showed it. */
  readonly lastSeenAt: Instant;
  /** The first complete reading that did not; null: it is still there. */
  readonly firstAbsentAt: Instant | null;
  /** A second complete reading agrees. */
  readonly confirmed: boolean;
  /** From the audit log, to the second; null: the log says nothing of it. */
  readonly removedAt: Instant | null;
}
