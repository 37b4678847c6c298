import type { AdminEventFacts, AuditArchiveFacts } from './audit-facts.js';
import type { Dataset, Day, Instant } from './check.js';
import type { LifecycleFacts, ScimStrangers } from './lifecycle-facts.js';
import type { PrivilegeFacts } from './privilege-facts.js';
import type { ImageAccessFacts, RegistryAccessFacts, SignOnFacts } from './settings-facts.js';

/**
 * What a check may look at. Throughout: `undefined` = the source did not say; `null` = it said that there is none.
 * Facts are gathered by findings/*.query.ts, of one subject, in one snapshot, at one clock.
 */

export const datasetStatuses = ['complete', 'partial', 'failed', 'not_permitted', 'not_configured'] as const;
export type DatasetStatus = (typeof datasetStatuses)[number];

/** One line of the report's `datasets`. */
export interface DatasetFacts {
  readonly name: Dataset;
  readonly status: DatasetStatus;
  readonly fetchedAt: Instant | null;
  readonly received: number;
  readonly reported: number | null;
  readonly reason: string | null;
  /** For people: what happened and what to do about it. */
  readonly message: string | null;
}

export interface AccessAttributes {
  readonly department?: string | null;
  readonly jobTitle?: string | null;
  readonly employmentType?: string | null;
}

/** Employment at the run's clock. Working days end at midnight in the roster's time zone. */
export type Employment =
  | { readonly state: 'employed'; readonly lastDay: Day | null }
  /** `lastDay`: of an earlier spell, where this is a return; absent: there was none. */
  | { readonly state: 'not_started'; readonly firstDay: Day; readonly lastDay?: Day | null }
  /** `endedAt` is the first instant after the last working day; `inferred` where HR gave no date. */
  | { readonly state: 'ended'; readonly lastDay: Day | null; readonly endedAt: Instant; readonly inferred: boolean }
  /** `reason` is `ROSTER_ROW_REFUSED`, `LEFT_ROSTER`, `HR_STATUS_UNKNOWN` or `IDENTITY_CHANGED`. */
  | { readonly state: 'unknown'; readonly reason: string };

export interface PersonFacts extends AccessAttributes {
  readonly id: string;
  readonly name: string | null;
  readonly employment: Employment;
  readonly onLeave?: boolean;
  /** Null: HR names none. `person` is null where nobody in the roster has the address, or several have. */
  readonly manager?: { readonly person: PersonFacts | null } | null;
}

/** A name in the policy (an owner, usually), looked up in the roster. */
export interface NamedPerson {
  readonly id: string;
  /** Null: no roster that was ever accepted has this person. */
  readonly person: PersonFacts | null;
}

export interface ServiceAccountPolicy {
  readonly username: string;
  readonly owner: NamedPerson | null;
  readonly reviewBy: Day | null;
  readonly roles: readonly string[] | null;
  readonly reason: string | null;
}

/** Who somebody is, and why we think so. */
export type Identity =
  | {
      readonly state: 'linked';
      /** `person.person` is null where the link names somebody whom no accepted roster ever had. */
      readonly person: NamedPerson;
      /** `declared`, `manual` (somebody made it by hand), or the matcher that made the link. */
      readonly source: string;
      readonly since: Instant;
    }
  | { readonly state: 'service_account'; readonly declared: ServiceAccountPolicy }
  | { readonly state: 'ambiguous'; readonly candidates: readonly string[] }
  /** `hidden`: fields that could have tied it to somebody and that Docker Hub did not send; undefined: none. */
  | { readonly state: 'unlinked'; readonly suggestions: readonly Suggestion[]; readonly hidden?: readonly string[] };

/** Shown to people, never used. */
export interface Suggestion {
  readonly person: string;
  readonly name: string | null;
  readonly because: string;
}

/** An account or a pending invite: whoever holds access, or access in waiting. */
export interface HolderFacts extends LifecycleFacts, PrivilegeFacts {
  readonly organization: string;
  readonly kind: 'account' | 'invite';
  readonly id: string;
  /** The username of an account, the invitee of an invite. */
  readonly name: string;
  /** `gone`: an earlier snapshot had it and a complete listing since then does not. */
  readonly presence: 'present' | 'gone';
  readonly identity: Identity;
  /** The role as Docker Hub spells it, of the member itself or offered by the invite. */
  readonly role?: string | null;
  /** Names of the teams, `owners` among them; for an invite, the team that it leads into; of what is gone, tonight's teams only. */
  readonly teams?: readonly string[] | null;
  /** The roles that those teams carry (a team may carry one of its own). */
  readonly teamRoles?: readonly string[] | null;
  /** Active in SCIM; null: SCIM does not have it, or the organization has no SCIM; undefined: SCIM did not say. */
  readonly scimActive?: boolean | null;
  /** For an account: pending invites of the same organization that lead to the same person. */
  readonly invites: readonly string[];
  /** Only where `presence` is `gone`: two nights, or one and a targeted reading, agree about every dataset. */
  readonly removalConfirmed: boolean;
  /** Of an account: the critical systems of its organization, and how custom roles rank. */
  readonly systems?: readonly CriticalSystem[];
  readonly vocabulary?: RoleVocabulary;
  /** Only of an invite. */
  readonly invite?: {
    readonly inviter?: string | null;
    readonly createdAt?: Instant | null;
    /** The inviter, where the account of that name is linked; null: no person (a service account, the organization itself). */
    readonly inviterPerson?: NamedPerson | null;
    /** Ranks a custom role that the invite offers. */
    readonly vocabulary?: RoleVocabulary;
  };
}

/** A group of people: everyone who is employed, or attributes that must all hold, each a list of alternatives. */
export type Who =
  | 'everyone'
  | {
      readonly departments?: readonly string[];
      readonly jobTitles?: readonly string[];
      readonly employmentTypes?: readonly string[];
      readonly people?: readonly string[];
    };

export interface AccessRule {
  readonly roles: readonly string[];
  readonly who: Who;
  /** The last day on which the rule admits, inclusive. `untilInstant` is the first instant after it. */
  readonly until: Day | null;
  readonly untilInstant: Instant | null;
}

export interface CriticalSystem {
  readonly name: string;
  readonly organization: string;
  /** Null: the whole organization. */
  readonly repositories: readonly string[] | null;
  readonly owner: NamedPerson | null;
  readonly approvedOn: Day | null;
  /** Null: never said. An empty list is a system without rules just the same. */
  readonly access: readonly AccessRule[] | null;
  /** False for an organization that no system names: it is judged as a system without rules. */
  readonly declared: boolean;
}

/** Docker custom roles, as the core role that they equal: the `roles` of the configuration, keys in lower case. */
export type RoleVocabulary = { readonly [customRole: string]: 'owner' | 'editor' | 'member' };

export interface CriticalSystemFacts {
  readonly system: CriticalSystem;
  readonly vocabulary: RoleVocabulary;
  /** What the system's accounts hold, without service accounts: one entry for each different set of roles. */
  readonly held: readonly HeldRoles[];
}

/** Everything that gives one account its role, before anybody ranks it. */
export interface HeldRoles {
  readonly role?: string | null;
  readonly teams?: readonly string[] | null;
  readonly teamRoles?: readonly string[] | null;
  readonly accounts: number;
}

export interface CriticalSystemAccountFacts {
  readonly system: CriticalSystem;
  readonly vocabulary: RoleVocabulary;
  readonly account: HolderFacts;
}

export interface ServiceAccountFacts {
  readonly account: HolderFacts;
  readonly declared: ServiceAccountPolicy;
  readonly vocabulary: RoleVocabulary;
  /** The critical systems that count it among their accounts; undefined: nobody said, so its role is judged here. */
  readonly systems?: readonly CriticalSystem[];
}

export interface OrganizationFacts {
  readonly organization: string;
  readonly datasets: readonly DatasetFacts[];
  /** The Docker Hub datasets that some enabled check needs here. */
  readonly needed: readonly Dataset[];
  readonly vocabulary: RoleVocabulary;
  /** One entry for each different set of roles that accounts hold; `human` excludes declared service accounts. */
  readonly held: readonly (HeldRoles & { readonly human: boolean })[];
  /** Usernames of those whose effective role is or may be owner; for the report, at most 50. */
  readonly owners: readonly string[];
  readonly members: number;
  readonly schedule?: ScheduleFacts;
  /** Null: no channel is told about this organization. */
  readonly alertChannels?: readonly AlertChannelFacts[] | null;
  /** Absent: tonight's snapshot does not have it. */
  readonly imageAccess?: ImageAccessFacts;
  readonly registryAccess?: RegistryAccessFacts;
  readonly signOn?: SignOnFacts;
  readonly auditArchive?: AuditArchiveFacts;
  /** Absent: no check asks for it. */
  readonly adminEvents?: AdminEventFacts;
  /** Null: the organization has no SCIM; undefined: no reading is old enough to tell. */
  readonly scimStrangers?: ScimStrangers | null;
}

/** How the evaluations kept to the schedule since the one before this. */
export interface ScheduleFacts {
  /** When the evaluation before this one ended, by the clock that it was judged at; null: there was none. */
  readonly previousEndedAt: Instant | null;
  /** Slots between the two evaluations that none of them was for, oldest first, at most 50; the newest slot is this one's. Counted up to 1 000. */
  readonly missed: readonly Instant[];
  readonly missedCount: number;
  /** The slot that this evaluation is for; null: none came due since the one before. */
  readonly slot: Instant | null;
}

/** One channel that is told about an organization. */
export interface AlertChannelFacts {
  /** Kind and host. */
  readonly label: string;
  readonly goneAt: Instant | null;
  readonly goneBecause: string | null;
  /** Since when messages wait because every attempt fails. */
  readonly failingSince: Instant | null;
  /** False: the database has never heard of it, so that nothing is known. Absent: it has. */
  readonly registered?: boolean;
  /** The oldest change that is not delivered yet, in a message or in none so far, quiet hours or not; null: none waits. */
  readonly waitingSince: Instant | null;
  /** Messages that the receiver refused for good in the last 7 days. */
  readonly refused: number;
}

export interface RosterFacts {
  /** The roster in force; null where none was ever accepted. */
  readonly inForce: {
    readonly asOf: Instant;
    /** The newest of all rosters that were in force before. */
    readonly previousAsOf: Instant | null;
    readonly people: number;
    readonly refusedRows: number;
  } | null;
  readonly maxAge: string;
  readonly maxAgeMs: number;
  /** What tonight's reading came to. */
  readonly reading: {
    readonly outcome: 'accepted' | 'unchanged' | 'quarantined' | 'refused' | 'unreachable';
    readonly message: string | null;
  };
  /** The last reading that got a file at all; null: there was none, or it is not known. */
  readonly lastRead?: { readonly outcome: string; readonly message: string | null } | null;
  /** Standing, undecided. */
  readonly quarantined: {
    readonly id: string;
    readonly lost: number;
    readonly employed: number;
    readonly message: string;
  } | null;
}
