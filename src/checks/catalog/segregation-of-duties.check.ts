import type { Verdict } from '../check.js';
import { iso27001, nist, soc2, sox } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import { DutyPairs, PeopleByName, dutyMeanings, dutyNames, type DutyPair } from '../duties.js';
import { leftSentence } from '../employment.js';
import type { HolderFacts } from '../facts.js';
import { pairHeld, type Held } from '../held-duties.js';
import { goneReasons, goneVerdict, personBehind, unlinkedMeaning } from '../holders.js';
import { Names } from '../threshold.js';
import { fail, notApplicable, pass, unknown } from '../verdicts.js';
import { labelOf, listed, subjectOf } from '../wording.js';

export class SegregationPolicy {
  @DutyPairs()
  pairs: readonly DutyPair[] = [
    ['hub-owner', 'hubwarden-admin'],
    ['hub-owner', 'hubwarden-operator'],
    ['hub-owner', 'hr-roster-admin'],
    ['exception-requester', 'exception-approver'],
    ['push-token-creator', 'critical-system-owner'],
  ];

  @PeopleByName()
  people: Readonly<Record<string, string | null>> = {};

  @Names('a list of employee ids, such as `[E-1042]`')
  hrAdmins: readonly string[] = [];
}

const vocabulary = dutyNames.map((duty) => `\`${duty}\` ${dutyMeanings[duty]}`).join('; ');

export const segregationOfDuties: DocumentedCheck<HolderFacts, SegregationPolicy> = {
  id: 'segregation-of-duties',
  title: 'Nobody holds two duties that one person must not hold together',
  subjects: ['account'],
  population: ['members'],
  needs: ['members', 'teams', 'team_members', 'roster'],
  severity: 'high',
  sla: '10bd',
  why: 'Whoever may do something and also decides whether that was right needs nobody’s silence.',
  remedy: 'Give one of the two duties to somebody else, or have the combination accepted with a compensating control.',
  controls: [...soc2('CC6.3'), ...iso27001('A.5.3'), ...sox('SOD'), ...nist('AC-5')],
  policy: SegregationPolicy,
  settings: {
    pairs: `pairs of duties that no person may hold together; an empty list switches the check off. The duties are: ${vocabulary}`,
    people:
      'whose each API token of Hubwarden is: its name, or `terminal: ` and a user of the operating system, and an employee id; null: a machine. One token cannot approve what it asked for, but one person with two tokens could',
    hrAdmins: 'employee ids of those who administer the HR roster, which no source shows',
  },
  reasons: {
    pass: { DUTIES_APART: 'the person holds no pair of them' },
    fail: { FORBIDDEN_PAIR: 'the person holds both duties of a pair' },
    unknown: {
      ...unlinkedMeaning,
      ...goneReasons.unknown,
      CALLER_UNKNOWN: '`people` does not say whose an API token is that holds one of the duties',
      CAPABILITY_MISSING:
        'the person owns a critical system, and the organization tokens were not read, so nobody knows who created them',
      ROLE_UNKNOWN: 'it holds a custom role that `roles` does not rank and that may be the duty',
      FIELD_NOT_EXPOSED: 'Docker Hub did not say what decides whether a duty is held',
      UNRECOGNISED_VALUE: 'a token has a scope that nobody knows and that may let it push',
    },
    not_applicable: {
      ...goneReasons.not_applicable,
      SERVICE_ACCOUNT: 'a declared service account is no person',
      OFFBOARDED: 'the person has left; `offboarded-access-removed` judges it',
      NO_PAIRS: '`pairs` is empty, so nothing is forbidden',
    },
  },
  judge(account, given) {
    const gone = goneVerdict(account);
    if (gone !== null) return gone;
    const subject = subjectOf(account);
    if (given.policy.pairs.length === 0) {
      return notApplicable('NO_PAIRS', `The policy forbids no pair of duties, so ${subject} may hold any.`);
    }
    const person = personBehind(account);
    if ('outcome' in person) return person;
    if (person.employment.state === 'ended') {
      return notApplicable(
        'OFFBOARDED',
        `${leftSentence(person, person.employment)}: ${subject} should not exist at all.`,
      );
    }
    const bearer = { account, personId: person.id, policy: given.policy };
    const pairs = given.policy.pairs.map((pair) => ({ pair, held: pairHeld(pair, bearer) }));
    const both = pairs.filter(({ held }) => held.state === 'held');
    const whose = `${subject} belongs to ${labelOf(person)}`;
    if (both.length > 0) {
      return fail(
        'FORBIDDEN_PAIR',
        `${whose}, who ${both.map(({ pair }) => pair.map((duty) => dutyMeanings[duty]).join(' and ')).join('; who ')}.`,
        {
          person: person.id,
          pairs: both.map(({ pair }) => pair.join(' + ')),
          evidence: both.flatMap(({ held }) => evidenceOf(held)),
        },
      );
    }
    const open = pairs.flatMap(({ pair, held }) => (held.state === 'unknown' ? [{ pair, held }] : []))[0];
    if (open !== undefined) return undecided(whose, open.pair, open.held);
    return pass('DUTIES_APART', `${whose}, who holds no forbidden pair of duties.`, { person: person.id });
  },
};

function undecided(whose: string, pair: DutyPair, held: Extract<Held, { readonly state: 'unknown' }>): Verdict {
  return unknown(
    held.reason,
    `${whose}; whether they hold both duties of the pair ${listed(pair)} is not known: ${held.why}.`,
    { pair: pair.join(' + ') },
  );
}

function evidenceOf(held: Held): readonly string[] {
  return held.state === 'held' ? held.by : [];
}
