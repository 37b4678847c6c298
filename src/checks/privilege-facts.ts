import type { Day, Instant } from './check.js';

/** What is known of one account's rights beyond the roles that it holds tonight. */
export interface PrivilegeFacts {
  readonly roleHistory?: RoleHistory;
  /** What people do beside using Docker Hub, of the whole organization: the same for all of its accounts. */
  readonly duties?: DutyFacts;
  /** Null: the person's last working day is not near, or HR names none. */
  readonly leaving?: LeavingFacts | null;
}

/** What an account held before tonight, as far back as the policy looks. */
export interface RoleHistory {
  /** The oldest complete reading that there is to compare with; null: tonight's is the first one. */
  readonly since: Instant | null;
  /**
   * Oldest first: what readings showed in which something new began, and the last complete ones before these. Empty: nothing
   * has changed.
   */
  readonly before: readonly RoleState[];
  /** What readings before these showed, as far back as an approval that stands may be for a rise of then; oldest first. */
  readonly older?: readonly RoleState[];
  /** Roles that the audit log says somebody was given, oldest first, as far back as `older`; undefined: the log says nothing of this account. */
  readonly granted?: readonly GrantedRole[];
}

export interface RoleState {
  /** The clock of the reading that showed it. */
  readonly at: Instant;
  /** All that gives a role was read to its end: nothing is missing here that was held then. */
  readonly whole: boolean;
  readonly role?: string | null;
  readonly teams?: readonly string[] | null;
  readonly teamRoles?: readonly string[] | null;
}

/** One entry of the audit log about a changed role. */
export interface GrantedRole {
  readonly at: Instant;
  /** As the log spells it. */
  readonly role: string;
  readonly actor: string | null;
  readonly event: string;
}

export interface DutyFacts {
  /** API tokens of Hubwarden that work, by name; undefined: nobody said. */
  readonly callers?: readonly { readonly name: string; readonly role: string }[];
  /** Service accounts that the policy declares and the organization has, with the employee ids of their owners. */
  readonly serviceAccounts: readonly { readonly name: string; readonly owner: string }[];
  /** Organization tokens that work or may work; undefined: they were not read to their end. */
  readonly tokens?: readonly CreatedToken[];
  /** Exceptions that stand, with the names under which they were asked for and approved; undefined: nobody said. */
  readonly exceptions?: readonly DecidedException[];
}

export interface CreatedToken {
  readonly id: string;
  readonly label: string;
  /** The id of the account that created it; null: no account of that name was ever seen; undefined: nobody said. */
  readonly creator?: string | null;
  readonly isActive?: boolean | null;
  readonly resources?: readonly { readonly path?: string; readonly scopes?: readonly string[] }[];
}

export interface DecidedException {
  readonly id: string;
  readonly requestedBy: string;
  readonly approvedBy: string;
}

/** Of somebody whose last working day is near. */
export interface LeavingFacts {
  readonly lastDay: Day | null;
  /** The first instant after the last working day. */
  readonly endsAt: Instant;
  /** One working day before that. */
  readonly handoverBy: Instant;
  /** 24 hours, the usual SLA of the check that asks, before `handoverBy`. */
  readonly clockFrom: Instant;
}
