import { describe } from 'vitest';
import {
  ambiguous,
  anAccount,
  aPerson,
  declared,
  doubtfulEmployments,
  ended,
  linkedTo,
  named,
  notStarted,
  unlinked,
  without,
} from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { HolderFacts, PersonFacts } from '../facts.js';
import { contractorEndDated, ContractorPolicy } from './contractor-end-dated.check.js';
import { externalSponsored } from './external-sponsored.check.js';

const boss = aPerson({ id: 'E-1001', name: 'Olga Owner' });
const hired = { state: 'employed', lastDay: '2027-01-31' } as const;

function external(person: Partial<PersonFacts> = {}, holder: Partial<HolderFacts> = {}): HolderFacts {
  const whole = { employmentType: 'contractor', employment: hired, manager: { person: boss }, ...person };
  return anAccount({ identity: linkedTo(named(whole)), vocabulary: {}, ...holder });
}
const untyped = { employmentType: null };

describe('external-sponsored', () => {
  judgeCases(externalSponsored, [
    {
      when: 'somebody answers for the contractor until the contract ends',
      facts: external(),
      expect: 'pass SPONSORED',
      says: /^jdoe99 belongs to Jane Doe \(E-1042\), for whom Olga Owner \(E-1001\) answers\.$/,
      verdict: { facts: { person: 'E-1042', sponsor: 'E-1001', lastDay: '2027-01-31' } },
    },
    {
      when: 'a guest without a type is sponsored',
      facts: external(untyped, { isGuest: true }),
      expect: 'pass SPONSORED',
    },
    {
      when: 'the contractor is an editor through a team',
      facts: external({}, { teamRoles: ['editor'] }),
      expect: 'fail ROLE_TOO_HIGH',
      says: /is from outside and holds editor \(through a team\); member is the highest role for that\.$/,
    },
    {
      when: 'a custom role counts as editor',
      facts: external({}, { role: 'build-lead', vocabulary: { 'build-lead': 'editor' } }),
      expect: 'fail ROLE_TOO_HIGH',
    },
    {
      when: 'the role is high, whatever else is not known',
      facts: without(external({ manager: null }, { role: 'Owner' }), 'teams', 'teamRoles'),
      expect: 'fail ROLE_TOO_HIGH',
    },
    { when: 'HR names no manager', facts: external({ manager: null }), expect: 'fail SPONSOR_MISSING' },
    {
      when: 'HR names the person as their own manager',
      facts: external({ manager: { person: aPerson() } }),
      expect: 'fail SPONSOR_MISSING',
      says: /their own manager/,
    },
    {
      when: 'nobody has the address of the manager',
      facts: external({ manager: { person: null } }),
      expect: 'fail SPONSOR_UNKNOWN',
      absentFrom: ['roster'],
    },
    {
      when: 'the manager has left',
      facts: external({ manager: { person: { ...boss, employment: ended } } }),
      expect: 'fail SPONSOR_LEFT',
      says: /Olga Owner \(E-1001\) has left \(last working day 2026-11-19\)\.$/,
    },
    {
      when: 'the manager starts later',
      facts: external({ manager: { person: { ...boss, employment: notStarted } } }),
      expect: 'fail SPONSOR_NOT_STARTED',
    },
    {
      when: 'an account from outside has no last day and no type',
      facts: external(
        { ...untyped, employment: { state: 'employed', lastDay: null } },
        { address: { mailbox: 'j', corporate: false } },
      ),
      expect: 'fail NO_END_DATE',
    },
    {
      when: 'a contractor has no last day, and nobody else fails for it',
      facts: external({ employment: { state: 'employed', lastDay: null } }),
      enabled: ['external-sponsored'],
      expect: 'fail NO_END_DATE',
    },
    {
      when: 'a contractor has no last day',
      facts: external({ employment: { state: 'employed', lastDay: null } }),
      expect: 'not_applicable JUDGED_BY',
    },
    {
      when: 'a contractor has no last day, and the other check does not count such people',
      facts: external({ employmentType: 'vendor', employment: { state: 'employed', lastDay: null } }),
      enabled: new Map([
        [
          contractorEndDated.id,
          Object.assign(new ContractorPolicy(), { types: ['contractor'], permanentTypes: ['vendor'] }),
        ],
      ]),
      expect: 'fail NO_END_DATE',
    },
    {
      when: 'a contractor has neither a last day nor a known role',
      facts: without(external({ employment: { state: 'employed', lastDay: null } }), 'teams'),
      expect: 'unknown FIELD_NOT_EXPOSED',
    },
    {
      when: 'the person is an employee',
      facts: external({ employmentType: 'employee' }),
      expect: 'not_applicable INTERNAL',
    },
    {
      when: 'an employee uses an address from outside',
      facts: external({ employmentType: 'employee' }, { isGuest: true }),
      expect: 'not_applicable INTERNAL',
    },
    {
      when: 'HR has no type and the address is one of the company',
      facts: external(untyped, { address: { mailbox: 'jane', corporate: true }, isGuest: false }),
      expect: 'not_applicable INTERNAL',
    },
    {
      when: 'HR has no type and nobody verified a domain',
      facts: external(untyped, { isGuest: false }),
      expect: 'unknown FIELD_NOT_EXPOSED',
      says: /^Neither HR's employment type nor the address/,
    },
    {
      when: 'HR has an unheard-of word',
      facts: external({ employmentType: 'Pal' }),
      expect: 'unknown UNRECOGNISED_VALUE',
    },
    {
      when: 'HR has an unheard-of word for a guest who is an editor',
      facts: external({ employmentType: 'Pal' }, { isGuest: true, role: 'Editor' }),
      expect: 'unknown UNRECOGNISED_VALUE',
    },
    {
      when: 'the policy has the word',
      facts: external({ employmentType: 'Pal' }),
      policy: { types: ['pal'] },
      expect: 'pass SPONSORED',
    },
    {
      when: 'the roster has no column for managers',
      facts: external(
        {},
        { identity: linkedTo({ id: 'E-1042', person: aPerson({ employmentType: 'agency', employment: hired }) }) },
      ),
      expect: 'unknown FIELD_NOT_EXPOSED',
      says: /the roster does not say who manages them/,
    },
    {
      when: 'the teams were not sent',
      facts: without(external(), 'teams', 'teamRoles'),
      expect: 'unknown FIELD_NOT_EXPOSED',
    },
    { when: 'nobody ranked the role', facts: external({}, { role: 'wizard' }), expect: 'unknown ROLE_UNKNOWN' },
    { when: 'the person has left', facts: external({ employment: ended }), expect: 'not_applicable OFFBOARDED' },
    {
      when: 'the person has not started',
      facts: external({ employment: notStarted }),
      expect: 'not_applicable NOT_STARTED',
    },
    {
      when: 'it is a service account',
      facts: anAccount({ identity: declared() }),
      expect: 'not_applicable SERVICE_ACCOUNT',
    },
    {
      when: 'nobody matches',
      facts: external({}, { identity: unlinked, isGuest: true }),
      expect: 'unknown IDENTITY_UNLINKED',
    },
    { when: 'two people match', facts: external({}, { identity: ambiguous }), expect: 'unknown IDENTITY_UNLINKED' },
    { when: 'one listing lacks it', facts: external({}, { presence: 'gone' }), expect: 'unknown REMOVAL_UNCONFIRMED' },
    {
      when: 'it is gone for good',
      facts: external({}, { presence: 'gone', removalConfirmed: true }),
      expect: 'not_applicable ACCESS_GONE',
    },
    ...doubtfulEmployments.flatMap((employment) => [
      {
        when: `HR's word is open: ${employment.reason}`,
        facts: external({ employment }),
        expect: `unknown ${employment.reason}` as const,
      },
      {
        when: `HR's word on the manager is open: ${employment.reason}`,
        facts: external({ manager: { person: { ...boss, employment } } }),
        expect: `unknown ${employment.reason}` as const,
      },
    ]),
  ]);
});
