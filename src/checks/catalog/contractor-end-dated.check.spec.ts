import { describe, expect, it } from 'vitest';
import {
  ambiguous,
  anAccount,
  aPerson,
  declared,
  doubtfulEmployments,
  employed,
  ended,
  linkedTo,
  named,
  nobody,
  notStarted,
  unlinked,
  without,
} from '../../../test/support/check-facts.js';
import { judge, judgeCases, summary } from '../../../test/support/judge-cases.js';
import type { Employment, HolderFacts } from '../facts.js';
import { contractorEndDated } from './contractor-end-dated.check.js';

const until = (lastDay: string | null): Employment => ({ state: 'employed', lastDay });

function contractor(employmentType: string | null, employment: Employment = employed): HolderFacts {
  return anAccount({ identity: linkedTo(named({ employmentType, employment })) });
}

describe('contractor-end-dated', () => {
  judgeCases(contractorEndDated, [
    {
      when: 'the contract ends within a year',
      facts: contractor('contractor', until('2027-02-28')),
      expect: 'pass END_DATED',
      says: /Jane Doe \(E-1042\) \(contractor\), whose last working day is 2027-02-28\.$/,
    },
    { when: 'it ends today', facts: contractor('Agency', until('2026-11-21')), expect: 'pass END_DATED' },
    {
      when: 'it ends on the last day that is near enough',
      facts: contractor('intern', until('2027-11-21')),
      expect: 'pass END_DATED',
    },
    {
      when: 'it ends one day later',
      facts: contractor('intern', until('2027-11-22')),
      expect: 'fail END_TOO_FAR',
      says: /2027-11-22 is more than 365 days ahead\.$/,
    },
    {
      when: 'the policy allows less',
      facts: contractor('contractor', until('2027-02-28')),
      policy: { maxDays: 90 },
      expect: 'fail END_TOO_FAR',
    },
    { when: 'the day is none', facts: contractor('contractor', until('someday')), expect: 'fail END_TOO_FAR' },
    {
      when: 'HR has no last day',
      facts: contractor('Contingent_Worker'),
      expect: 'fail NO_END_DATE',
      says: /for whom HR has no last working day\.$/,
    },
    { when: 'the person is an employee', facts: contractor('Full-Time'), expect: 'not_applicable PERMANENT' },
    {
      when: 'nobody ranked the word',
      facts: contractor('Stagiaire'),
      expect: 'unknown UNRECOGNISED_VALUE',
      says: /HR calls Jane Doe \(E-1042\) "Stagiaire", and neither `types` nor `permanentTypes`/,
    },
    {
      when: 'the policy ranks it',
      facts: contractor('Stagiaire'),
      policy: { types: ['stagiaire'] },
      expect: 'fail NO_END_DATE',
    },
    { when: 'the cell is blank', facts: contractor(' '), expect: 'unknown HR_ATTRIBUTE_BLANK' },
    { when: 'HR says that there is no type', facts: contractor(null), expect: 'unknown HR_ATTRIBUTE_BLANK' },
    {
      when: 'the roster has no such column',
      facts: anAccount({
        identity: linkedTo({ id: 'E-1042', person: without(aPerson(), 'employmentType') }),
      }),
      expect: 'unknown HR_ATTRIBUTE_BLANK',
    },
    { when: 'the person has left', facts: contractor('contractor', ended), expect: 'not_applicable OFFBOARDED' },
    {
      when: 'the person has not started',
      facts: contractor('contractor', notStarted),
      expect: 'not_applicable NOT_STARTED',
    },
    {
      when: 'it is a service account',
      facts: anAccount({ identity: declared() }),
      expect: 'not_applicable SERVICE_ACCOUNT',
    },
    { when: 'nobody matches', facts: anAccount({ identity: unlinked }), expect: 'unknown IDENTITY_UNLINKED' },
    { when: 'two people match', facts: anAccount({ identity: ambiguous }), expect: 'unknown IDENTITY_UNLINKED' },
    {
      when: 'no roster had the person',
      facts: anAccount({ identity: linkedTo(nobody) }),
      expect: 'unknown IDENTITY_UNLINKED',
    },
    {
      when: 'one listing no longer has it',
      facts: anAccount({ presence: 'gone' }),
      expect: 'unknown REMOVAL_UNCONFIRMED',
    },
    {
      when: 'it is gone for good',
      facts: anAccount({ presence: 'gone', removalConfirmed: true }),
      expect: 'not_applicable ACCESS_GONE',
    },
    ...doubtfulEmployments.map((employment) => ({
      when: `HR's word is open: ${employment.reason}`,
      facts: contractor('contractor', employment),
      expect: `unknown ${employment.reason}` as const,
    })),
  ]);

  it.each(['internal', 'Regular', 'salaried_ft', 'FULLTIME', 'part-time', ' Employee '])(
    'knows %j as permanent',
    (type) => {
      expect(summary(judge(contractorEndDated, { facts: contractor(type) }))).toBe('not_applicable PERMANENT');
    },
  );
});
