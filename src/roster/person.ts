import type { rosterStatuses } from '../config/sections/roster.section.js';

/** ISO 8601 in UTC with milliseconds, for example `2026-11-21T02:00:00.000Z`. Compares as text. */
export type Instant = string;
/** A calendar day without a zone, `YYYY-MM-DD`. Compares as text. */
export type Day = string;

export type Status = (typeof rosterStatuses)[number];

/**
 * Why the roster in force does not tell whether somebody is employed. `IDENTITY_CHANGED`: the id has another name and none
 * of the keys that it had, so it may stand for somebody else than the accounts that are linked to it.
 */
type Doubt = 'ROSTER_ROW_REFUSED' | 'LEFT_ROSTER' | 'HR_STATUS_UNKNOWN' | 'IDENTITY_CHANGED';

/**
 * One stretch of employment, [startsAt, endsAt). Null at either end: open. An attribute that is absent was not in the
 * roster at all; null: its cell was blank.
 */
export interface Spell {
  readonly startDate: Day | null;
  /** The last working day. */
  readonly endDate: Day | null;
  readonly startsAt: Instant | null;
  /** The first instant after the last working day, in the roster's time zone. */
  readonly endsAt: Instant | null;
  /** HR said that it is over, not when: `endsAt` is when a roster first said so. */
  readonly inferred?: true;
  readonly status: Status | null;
  readonly department?: string | null;
  readonly jobTitle?: string | null;
  readonly employmentType?: string | null;
  readonly managerEmail?: string | null;
}

/**
 * What `person.data` holds. The keys (addresses in lower case with their domain in ASCII, usernames in lower case) are
 * ready to be compared.
 *
 * Somebody who came back under a new employee id keeps a row under each id, with the same spells, so that whatever
 * names either id finds the same employment. Only the row of the later id holds keys and lists the others in `aliases`;
 * the others name it in `sameAs`, hold no keys, and are not people of their own: whoever counts people skips them.
 */
export interface PersonData {
  readonly fullName?: string | null;
  readonly workEmail?: string | null;
  readonly otherEmails: readonly string[];
  readonly dockerUsername?: string | null;
  /** Usernames of earlier spells, where they differ. */
  readonly otherUsernames?: readonly string[];
  readonly spells: readonly Spell[];
  readonly doubt?: Doubt;
  /** Who the id stood for, kept for as long as it has nothing in common with them. */
  readonly identityBefore?: { readonly fullName: string; readonly keys: readonly string[] };
  readonly aliases?: readonly string[];
  readonly sameAs?: string;
  /** How many accepted rosters in a row lack somebody who had not left; with the last day on which one had them. */
  readonly missing?: number;
  readonly lastOn?: Day;
  readonly lastUntil?: Instant;
  /** Concluded from absence: the day of the last roster that had them, and the first instant after it. */
  readonly leftOn?: Day;
  readonly leftAt?: Instant;
}

/** What a roster says of a person by itself, whatever other rosters and other ids say. */
export type ReadPerson = Pick<
  PersonData,
  'fullName' | 'workEmail' | 'otherEmails' | 'dockerUsername' | 'otherUsernames' | 'spells' | 'doubt'
>;

export interface Person {
  readonly employeeId: string;
  readonly data: PersonData;
}
