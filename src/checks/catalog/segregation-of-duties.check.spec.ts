import { validateSync } from 'class-validator';
import { describe, expect, it } from 'vitest';
import {
  ambiguous,
  anAccount,
  aSystem,
  declared,
  doubtfulEmployments,
  ended,
  linkedTo,
  named,
  unlinked,
  without,
} from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { HolderFacts } from '../facts.js';
import type { CreatedToken, DutyFacts } from '../privilege-facts.js';
import { SegregationPolicy, segregationOfDuties } from './segregation-of-duties.check.js';

const ci: CreatedToken = {
  id: 't1',
  label: 'ci-push',
  creator: '0ab7',
  isActive: true,
  resources: [{ path: 'acme/prod-*', scopes: ['scope-image-push'] }],
};
const none: DutyFacts = { callers: [], serviceAccounts: [], tokens: [], exceptions: [] };
const admin: Partial<DutyFacts> = { callers: [{ name: 'ops', role: 'admin' }] };
const decided: Partial<DutyFacts> = { exceptions: [{ id: '9', requestedBy: 'ops', approvedBy: 'sec' }] };
const theirs = aSystem({ repositories: ['prod-*'], owner: named() });

function account(duties: Partial<DutyFacts> = {}, overrides: Partial<HolderFacts> = {}): HolderFacts {
  return anAccount({ vocabulary: {}, systems: [aSystem()], duties: { ...none, ...duties }, ...overrides });
}
const owner = (duties: Partial<DutyFacts> = {}) => account(duties, { role: 'Owner', teams: ['owners'] });
const systemOwner = (token: Partial<CreatedToken>) => account({ tokens: [{ ...ci, ...token }] }, { systems: [theirs] });

describe('segregation-of-duties', () => {
  judgeCases(segregationOfDuties, [
    { when: 'the person holds none', facts: account(), expect: 'pass DUTIES_APART' },
    {
      when: 'an owner holds no API token',
      facts: owner(admin),
      policy: { people: { ops: 'E-7' } },
      expect: 'pass DUTIES_APART',
    },
    {
      when: 'the API token is a machine’s',
      facts: owner(admin),
      policy: { people: { ops: null } },
      expect: 'pass DUTIES_APART',
    },
    { when: 'an unknown API token matters to nobody', facts: account(admin), expect: 'pass DUTIES_APART' },
    {
      when: 'an owner holds the API token of an admin',
      facts: owner(admin),
      policy: { people: { OPS: 'e-1042' } },
      expect: 'fail FORBIDDEN_PAIR',
      says: /is an owner of the organization and holds an API token/,
      verdict: { facts: { pairs: ['hub-owner + hubwarden-admin'], evidence: ['jdoe99', 'ops'] } },
    },
    {
      when: 'an owner holds that of an operator',
      facts: owner({ callers: [{ name: 'ops', role: 'operator' }] }),
      policy: { people: { ops: 'E-1042' } },
      expect: 'fail FORBIDDEN_PAIR',
    },
    {
      when: 'the one of a reader is no duty',
      facts: owner({ callers: [{ name: 'ops', role: 'auditor' }] }),
      policy: { people: { ops: 'E-1042' } },
      expect: 'pass DUTIES_APART',
    },
    {
      when: 'an owner administers the roster',
      facts: owner(),
      policy: { hrAdmins: ['E-1042'] },
      expect: 'fail FORBIDDEN_PAIR',
    },
    {
      when: 'one person asked and approved with two tokens',
      facts: account(decided),
      policy: { people: { ops: 'E-1042', sec: 'E-1042' } },
      expect: 'fail FORBIDDEN_PAIR',
      verdict: { facts: { evidence: ['exception 9'] } },
    },
    {
      when: 'two people asked for and approved different exceptions',
      facts: account({
        exceptions: [...(decided.exceptions ?? []), { id: '10', requestedBy: 'sec', approvedBy: 'ops' }],
      }),
      policy: { people: { ops: 'E-1042', sec: 'E-7' } },
      expect: 'pass DUTIES_APART',
    },
    { when: 'nobody knows who asked and who approved', facts: account(decided), expect: 'pass DUTIES_APART' },
    {
      when: 'they asked, and nobody knows who approved',
      facts: account(decided),
      policy: { people: { ops: 'E-1042' } },
      expect: 'unknown CALLER_UNKNOWN',
      says: /API token sec/,
    },
    {
      when: 'the owner of a system made a token that pushes into it',
      facts: systemOwner({}),
      expect: 'fail FORBIDDEN_PAIR',
    },
    {
      when: 'that token pushes somewhere else',
      facts: systemOwner({ resources: [{ path: 'acme/base-node', scopes: ['scope-image-push'] }] }),
      expect: 'pass DUTIES_APART',
    },
    {
      when: 'that token only reads',
      facts: systemOwner({ resources: [{ path: 'acme/*', scopes: ['scope-image-pull'] }] }),
      expect: 'pass DUTIES_APART',
    },
    { when: 'somebody else made that token', facts: systemOwner({ creator: 'ffff' }), expect: 'pass DUTIES_APART' },
    {
      when: 'nobody said who made that token',
      facts: account({ tokens: [without(ci, 'creator')] }, { systems: [theirs] }),
      expect: 'unknown FIELD_NOT_EXPOSED',
    },
    {
      when: 'nobody said whether it works',
      facts: systemOwner({ isActive: null }),
      expect: 'unknown FIELD_NOT_EXPOSED',
    },
    {
      when: 'nobody said what it may do',
      facts: account({ tokens: [without(ci, 'resources')] }, { systems: [theirs] }),
      expect: 'unknown FIELD_NOT_EXPOSED',
    },
    {
      when: 'nobody knows its scope',
      facts: systemOwner({ resources: [{ path: 'acme/prod-api', scopes: ['scope-image-teleport'] }] }),
      expect: 'unknown UNRECOGNISED_VALUE',
    },
    {
      when: 'the owner of a system may have made tokens that were not read',
      facts: { ...account({}, { systems: [theirs] }), duties: without(none, 'tokens') },
      expect: 'unknown CAPABILITY_MISSING',
    },
    {
      when: 'the tokens of somebody without a system were not read',
      facts: { ...account(), duties: without(none, 'tokens') },
      expect: 'pass DUTIES_APART',
    },
    { when: 'nobody knows whose the admin’s token is', facts: owner(admin), expect: 'unknown CALLER_UNKNOWN' },
    {
      when: 'nobody said who may call',
      facts: { ...owner(), duties: without(none, 'callers') },
      expect: 'unknown FIELD_NOT_EXPOSED',
    },
    {
      when: 'nobody said which exceptions stand',
      facts: { ...account(), duties: without(none, 'exceptions') },
      expect: 'unknown FIELD_NOT_EXPOSED',
    },
    {
      when: 'a custom role may be owner',
      facts: account(admin, { role: 'wizard' }),
      policy: { people: { ops: 'E-1042' } },
      expect: 'unknown ROLE_UNKNOWN',
    },
    {
      when: 'an editor answers for machines, which a policy forbids',
      facts: account({ serviceAccounts: [{ name: 'acme-ci', owner: 'E-1042' }] }, { role: 'Editor' }),
      policy: { pairs: [['hub-editor', 'service-account-owner']] },
      expect: 'fail FORBIDDEN_PAIR',
    },
    {
      when: 'an owner approves, which a policy forbids',
      facts: owner(decided),
      policy: { pairs: [['hub-owner', 'exception-approver']], people: { sec: 'E-1042' } },
      expect: 'fail FORBIDDEN_PAIR',
    },
    {
      when: 'an owner asks, and a policy lets them',
      facts: owner(decided),
      policy: {
        pairs: [
          ['hub-owner', 'exception-approver'],
          ['exception-requester', 'hr-roster-admin'],
        ],
        people: { ops: 'E-1042', sec: 'E-7' },
      },
      expect: 'pass DUTIES_APART',
    },
    {
      when: 'the owner of a system made any token that pushes, which a policy forbids to editors',
      facts: { ...systemOwner({}), role: 'Editor' },
      policy: {
        pairs: [
          ['hub-editor', 'push-token-creator'],
          ['hub-owner', 'critical-system-owner'],
        ],
      },
      expect: 'fail FORBIDDEN_PAIR',
    },
    ...doubtfulEmployments.map((employment) => ({
      when: `HR leaves the employment open: ${employment.reason}`,
      facts: { ...owner(admin), identity: linkedTo(named({ employment })) },
      policy: { people: { ops: 'E-1042' } },
      expect: 'fail FORBIDDEN_PAIR' as const,
    })),
    ...[unlinked, ambiguous].map((identity) => ({
      when: `the account is ${identity.state}`,
      facts: { ...account(), identity },
      expect: 'unknown IDENTITY_UNLINKED' as const,
    })),
    {
      when: 'it is a machine',
      facts: { ...account(), identity: declared() },
      expect: 'not_applicable SERVICE_ACCOUNT',
    },
    {
      when: 'the person has left',
      facts: { ...account(), identity: linkedTo(named({ employment: ended })) },
      expect: 'not_applicable OFFBOARDED',
    },
    { when: 'nothing is forbidden', facts: owner(admin), policy: { pairs: [] }, expect: 'not_applicable NO_PAIRS' },
    {
      when: 'it is gone',
      facts: account({}, { presence: 'gone', removalConfirmed: true }),
      expect: 'not_applicable ACCESS_GONE',
    },
    { when: 'it may be gone', facts: account({}, { presence: 'gone' }), expect: 'unknown REMOVAL_UNCONFIRMED' },
  ]);

  it.each([
    [{ pairs: [['hub-owner', 'hub-owner']] }, 'pairs'],
    [{ pairs: [['hub-owner', 'cook']] }, 'pairs'],
    [{ pairs: ['hub-owner'] }, 'pairs'],
    [{ people: { ops: 7 } }, 'people'],
    [{ people: ['ops'] }, 'people'],
    [{ hrAdmins: 'E-1' }, 'hrAdmins'],
  ])('refuses the policy %j', (values, property) => {
    const mistakes = validateSync(Object.assign(new SegregationPolicy(), values));
    expect(mistakes.map((mistake) => mistake.property)).toEqual([property]);
  });
});
