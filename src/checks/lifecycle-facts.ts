import type { Instant } from './check.js';

/** What is known of one account beyond its role and its person. All of it three-valued, as everywhere in facts. */
export interface LifecycleFacts {
  /** Every account has one, so that nothing and null both say nothing. */
  readonly address?: AddressFacts;
  /** False: `name` is not its username, which Docker Hub did not send. */
  readonly named?: boolean;
  /** Whether the address lies outside the domains that Docker verified. */
  readonly isGuest?: boolean;
  /** As Docker Hub writes it. Docker does not say whether the membership began then or the account, which cannot be younger. */
  readonly joinedAt?: string;
  /** As Docker Hub writes them; null: never. Undefined also where it shows no activity of anybody in the organization. */
  readonly lastSeenAt?: string | null;
  readonly lastLoggedInAt?: string | null;
  /** Only of somebody who was not active in the last week: since when Hubwarden sees the account, without a break. */
  readonly watched?: Watched;
  /** Of a person who is not employed yet: when the first working day begins in the roster's time zone. */
  readonly startsAt?: Instant;
  /** Whether hubwarden.yaml declares whose it is, and says the same as the link. */
  readonly declared?: boolean;
  /** What speaks against the link, as far as the account's address could be compared. */
  readonly conflicts?: LinkConflicts;
  /** Only where the person's employment has ended. Null: it never went away while Hubwarden looked. */
  readonly comeback?: Comeback | null;
  readonly scim?: ScimStanding;
}

export interface AddressFacts {
  readonly mailbox: string;
  /** Whether the domain is one of `corporateDomains`, or stands for one; undefined: no domain is named there. */
  readonly corporate?: boolean;
}

export interface Watched {
  readonly since: Instant;
  /** The first complete reading of all had it, so that it may have joined long before. */
  readonly fromTheStart: boolean;
}

export interface LinkConflicts {
  /** Other people to whom the roster gives an address of the account, or the one that the link rests on. */
  readonly claimedBy: readonly {
    readonly person: string;
    readonly name: string | null;
    /** When a roster first said so. */
    readonly since: Instant;
  }[];
  /** The account has another address than when the link was made. */
  readonly addressChanged: boolean;
  /** The same Docker user in other organizations, where it is linked to somebody else. */
  readonly elsewhere: readonly { readonly organization: string; readonly person: string }[];
  /** Usernames of the person's other accounts in this organization. */
  readonly otherAccounts: readonly string[];
}

/** Access that ended and began again. */
export interface Comeback {
  /** The first reading without it. */
  readonly goneAt: Instant;
  /** The first reading that had it again. */
  readonly backAt: Instant;
}

export interface ScimStanding {
  /** The organization has a SCIM connection. */
  readonly configured: boolean;
  /**
   * Of an account that SCIM does not have: it was a member 24 hours ago and SCIM has not had it since; null: no complete
   * reading is that old.
   */
  readonly absentForADay?: boolean | null;
}

/** Users whom SCIM has active and who have been neither members nor invited in all readings of the last week. */
export interface ScimStrangers {
  readonly count: number;
  /** Docker IDs, or SCIM ids where there is none; at most 50. */
  readonly names: readonly string[];
}
