import type { Dataset, Reason, Verdict } from './check.js';
import { dayOf } from './compare.js';
import type { Employment, NamedPerson, PersonFacts } from './facts.js';
import type { Meanings } from './documented-check.js';
import { unknown } from './verdicts.js';
import { labelOf } from './wording.js';

type Ended = Extract<Employment, { readonly state: 'ended' }>;
type Doubtful = Extract<Employment, { readonly state: 'unknown' }>;

/** `Jane Doe (E-1042) has left (last working day 2026-11-20)`. */
export function leftSentence(person: PersonFacts, employment: Ended): string {
  const when = employment.inferred
    ? employment.lastDay === null
      ? `HR gave no date; counted as gone since ${dayOf(employment.endedAt)}`
      : `HR gave no date; the last roster that had them is of ${employment.lastDay}`
    : `last working day ${employment.lastDay ?? `before ${dayOf(employment.endedAt)}`}`;
  return `${labelOf(person)} has left (${when})`;
}

const doubts: Readonly<Record<string, (person: string) => string>> = {
  ROSTER_ROW_REFUSED: (person) => `the roster's row of ${person} was refused, so HR's word on them is missing`,
  LEFT_ROSTER: (person) =>
    `the roster in force lacks ${person}, whom the one before had as employed; the next one decides`,
  HR_STATUS_UNKNOWN: (person) => `the roster does not say whether ${person} is employed`,
  IDENTITY_CHANGED: (person) =>
    `HR's id of ${person} stood for somebody with another name, other addresses and other usernames before, whose account this may be`,
};

/** What checks pass on when HR leaves somebody's employment open. */
export const employmentDoubts: Meanings = {
  ROSTER_ROW_REFUSED: 'the row of the person in the roster was refused',
  LEFT_ROSTER: 'one accepted roster lacks the person, who was employed in the one before',
  HR_STATUS_UNKNOWN: 'the roster does not say whether the person is employed',
  IDENTITY_CHANGED:
    'the employee id has another name than before and none of the addresses and usernames that it ever had, so it may stand for somebody else',
};

export function undecidedEmployment(subject: string, person: PersonFacts, employment: Doubtful): Verdict {
  const why = (doubts[employment.reason] ?? ((label) => `it is not known whether ${label} is employed`))(
    labelOf(person),
  );
  return unknown(employment.reason, `${subject} cannot be judged: ${why}.`, { person: person.id });
}

/**
 * The verdict about what somebody did or kept after leaving, where nobody knows whether they have left: HR leaves it open, or
 * they come back on a later day, which must not close today what is open. Null: it is known.
 */
export function undecidedLeave(subject: string, person: PersonFacts): Verdict | null {
  const { employment } = person;
  if (employment.state === 'unknown') return undecidedEmployment(subject, person, employment);
  if (employment.state !== 'not_started' || employment.lastDay === undefined) return null;
  return unknown(
    'BETWEEN_SPELLS',
    `${subject} cannot be judged: ${labelOf(person)} has left and comes back on ${employment.firstDay}.`,
    { person: person.id, firstDay: employment.firstDay },
  );
}

export const leaveDoubts: Meanings = {
  ...employmentDoubts,
  BETWEEN_SPELLS: 'the person has left and comes back on a later day; nothing closes until then',
};

/** What is wrong with the owner of a service account or a system. */
export type OwnerState =
  | { readonly state: 'employed'; readonly person: PersonFacts; readonly lastDay: string | null }
  | { readonly state: 'undecided'; readonly person: PersonFacts; readonly employment: Doubtful }
  | {
      readonly state: 'wrong';
      readonly reason: Reason;
      /** Continues "… has an owner problem: ". */
      readonly sentence: string;
      /** Where the roster would have to be whole for this to be true. */
      readonly absentFrom: readonly Dataset[];
    };

export const ownerFailures: Meanings = {
  OWNER_MISSING: 'no owner is named',
  OWNER_UNKNOWN: 'no roster that was ever accepted has the owner',
  OWNER_LEFT: 'the owner has left',
  OWNER_NOT_STARTED: 'the owner is not employed yet',
};

export function ownerState(owner: NamedPerson | null): OwnerState {
  if (owner === null) return wrong('OWNER_MISSING', 'no owner is named');
  const { person } = owner;
  if (person === null) return wrong('OWNER_UNKNOWN', `its owner ${owner.id} is in no roster`, ['roster']);
  const { employment } = person;
  if (employment.state === 'unknown') return { state: 'undecided', person, employment };
  if (employment.state === 'ended') return wrong('OWNER_LEFT', `its owner ${leftSentence(person, employment)}`);
  if (employment.state === 'not_started') {
    return wrong('OWNER_NOT_STARTED', `its owner ${labelOf(person)} starts on ${employment.firstDay} only`);
  }
  return { state: 'employed', person, lastDay: employment.lastDay };
}

function wrong(reason: Reason, sentence: string, absentFrom: readonly Dataset[] = []): OwnerState {
  return { state: 'wrong', reason, sentence, absentFrom };
}
