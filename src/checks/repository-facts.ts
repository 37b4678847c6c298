import type { Instant } from './check.js';
import type { Identity } from './facts.js';
import type { Permission } from './permissions.js';

interface Repository {
  readonly organization: string;
  /** Without the organization. */
  readonly name: string;
}

/** A repository that tonight's snapshot shows, and what earlier ones showed of it. */
export interface RepositoryFacts extends Repository {
  readonly isPrivate?: boolean | null;
  /**
   * The first reading that there is something to compare with: one that had the repository, or a whole listing that did not.
   * Null: tonight's is the first.
   */
  readonly watchedSince?: Instant | null;
  /** Every time that it became public after a reading had shown it private, oldest first. */
  readonly flips?: readonly VisibilityFlip[];
  /** What the archived audit log says of its visibility in the last year, oldest first; undefined: there is no archive. */
  readonly privacyEvents?: readonly PrivacyEvent[];
}

export interface VisibilityFlip {
  /** The first reading that had it public. */
  readonly publicAt: Instant;
  /** The first reading after that which had it private again; null: none. */
  readonly backAt: Instant | null;
}

export interface PrivacyEvent {
  readonly at: Instant;
  /** Null: the event does not say, in words that are known here. */
  readonly became: 'public' | 'private' | null;
  readonly actor?: string;
}

/** A repository that a critical system names. */
export interface CriticalRepositoryFacts extends Repository {
  /** Names of the systems. */
  readonly systems: readonly string[];
  /** `never`: the policy has it by its name, and no reading ever had it. */
  readonly presence: 'present' | 'gone' | 'never';
  /** Of one that is gone: the first whole listing that lacked it. */
  readonly goneAt?: Instant;
  /** Of one that is gone and was gone before, for two whole listings at least: the first of the last such time. */
  readonly goneBeforeAt?: Instant;
  /** Of one that is gone: the whole listings that lacked it since it was there, tonight's among them. */
  readonly missedBy?: number;
}

/** A repository that a critical system names, and whoever can push to it. */
export interface CriticalWriteFacts extends Repository {
  readonly systems: readonly string[];
  /** Teams that hold write or admin. */
  readonly teams: readonly { readonly name: string; readonly permission: Permission }[];
  /** Accounts that can push, by whichever path. */
  readonly writers: readonly Writer[];
  /** Sentences about what is not known, so that somebody else may be able to push; undefined: nobody looked. */
  readonly doubts?: readonly { readonly reason: string; readonly message: string }[];
}

export interface Writer {
  readonly account: string;
  /** It holds the role owner or editor, by itself or through a team. */
  readonly byRole: boolean;
  /** Names of the teams through which it can push here. */
  readonly teams: readonly string[];
  readonly identity: Identity;
  /** Its address lies outside the organization's verified domains. */
  readonly isGuest?: boolean | null;
}
