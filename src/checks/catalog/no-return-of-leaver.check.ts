import { minuteOf } from '../compare.js';
import { iso27001, nist, soc2 } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import { leaveDoubts, leftSentence, undecidedLeave } from '../employment.js';
import type { HolderFacts } from '../facts.js';
import { goneReasons, goneVerdict, personBehind, unlinkedMeaning } from '../holders.js';
import { NoThresholds } from '../threshold.js';
import { fail, notApplicable, pass, unknown } from '../verdicts.js';
import { labelOf, subjectIn, subjectOf } from '../wording.js';

export const noReturnOfLeaver: DocumentedCheck<HolderFacts, NoThresholds> = {
  id: 'no-return-of-leaver',
  title: 'Access that was taken from somebody who has left stays away',
  subjects: ['account', 'invite'],
  population: ['members', 'invites'],
  needs: ['members', 'invites', 'roster'],
  severity: 'critical',
  sla: '4h',
  why: 'Access that comes back by itself, at the next sign-in or by a new invite, comes back after everybody has stopped looking.',
  remedy:
    'Remove it where it comes from: at the identity provider, or by stopping whoever sends the invites; then remove the account.',
  controls: [...soc2('CC6.2'), ...iso27001('A.5.18'), ...nist('AC-2')],
  policy: NoThresholds,
  settings: {},
  reasons: {
    pass: { EMPLOYED: 'the person is employed, perhaps again' },
    fail: { CAME_BACK: 'the person has left, the access was gone in a complete reading, and it is there again' },
    unknown: {
      ...unlinkedMeaning,
      ...leaveDoubts,
      ...goneReasons.unknown,
      HISTORY_UNKNOWN: 'the person has left, and it is not known whether the access was ever gone',
    },
    not_applicable: {
      ...goneReasons.not_applicable,
      SERVICE_ACCOUNT: 'a declared service account is no person',
      NOT_STARTED: 'the person is not employed yet; `no-access-before-start` watches the access',
      NEVER_GONE: 'the person has left and the access was never taken away; `offboarded-access-removed` watches it',
    },
  },
  judge(holder) {
    const gone = goneVerdict(holder);
    if (gone !== null) return gone;
    const person = personBehind(holder);
    if ('outcome' in person) return person;
    const { employment } = person;
    const facts = { person: person.id };
    const undecided = undecidedLeave(subjectOf(holder), person);
    if (undecided !== null) return undecided;
    if (employment.state === 'employed') {
      return pass('EMPLOYED', `${subjectOf(holder)} belongs to ${labelOf(person)}, who is employed.`, facts);
    }
    if (employment.state !== 'ended') {
      return notApplicable('NOT_STARTED', `${labelOf(person)} is not employed yet.`, facts);
    }
    const left = leftSentence(person, employment);
    const { comeback } = holder;
    if (comeback === undefined) {
      return unknown(
        'HISTORY_UNKNOWN',
        `${left}, and it is not known whether ${subjectIn(holder)} was ever gone.`,
        facts,
      );
    }
    if (comeback === null) {
      return notApplicable('NEVER_GONE', `${left}, and ${subjectIn(holder)} was never gone since.`, facts);
    }
    const { goneAt, backAt } = comeback;
    return fail(
      'CAME_BACK',
      `${left}; the access was gone by ${minuteOf(goneAt)}, and ${subjectIn(holder)} is there since ${minuteOf(backAt)}.`,
      { ...facts, goneAt, backAt, endedAt: employment.endedAt },
      { dueFrom: backAt },
    );
  },
};
