import { describe } from 'vitest';
import {
  ambiguous,
  anAccount,
  aSystem,
  declared,
  doubtfulEmployments,
  ended,
  linkedTo,
  named,
  nobody,
  notStarted,
  unlinked,
  without,
} from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { AccessRule, HolderFacts } from '../facts.js';
import { ownerApproved } from './owner-approved.check.js';

const rule = (who: AccessRule['who'], roles = ['owner']): AccessRule => ({
  roles,
  who,
  until: null,
  untilInstant: null,
});
const strict = aSystem({ access: [rule({ jobTitles: ['Head of Platform'] })] });
const open = aSystem({
  name: 'Production images',
  repositories: ['prod-*'],
  access: [rule({ jobTitles: ['Developer'] })],
});

function owner(overrides: Partial<HolderFacts> = {}): HolderFacts {
  return anAccount({
    role: 'Owner',
    teams: ['owners'],
    vocabulary: { root: 'owner' },
    systems: [strict, aSystem({ name: 'bare', access: null })],
    ...overrides,
  });
}

describe('owner-approved', () => {
  judgeCases(ownerApproved, [
    {
      when: 'the list has the username',
      facts: owner(),
      policy: { approved: [' JDOE99 '] },
      expect: 'pass OWNER_LISTED',
    },
    {
      when: 'the list has the employee id',
      facts: owner(),
      policy: { approved: ['E-1042'] },
      expect: 'pass OWNER_LISTED',
    },
    {
      when: 'the list has somebody who starts soon',
      facts: owner({ identity: linkedTo(named({ employment: notStarted })) }),
      policy: { approved: ['E-1042'] },
      expect: 'pass OWNER_LISTED',
    },
    {
      when: 'a rule of any system gives the role',
      facts: owner({ systems: [strict, open] }),
      expect: 'pass RULE_ADMITS',
      says: /Production images/,
    },
    {
      when: 'a custom role that equals owner is covered by a rule',
      facts: owner({ role: 'root', teams: [], systems: [open] }),
      expect: 'pass RULE_ADMITS',
    },
    {
      when: 'a role that nobody ranked stands beside it',
      facts: owner({ teamRoles: ['wizard'], systems: [open] }),
      expect: 'pass RULE_ADMITS',
    },
    {
      when: 'a machine was declared as one',
      facts: owner({ identity: declared({ roles: ['owner'] }) }),
      expect: 'pass ROLE_DECLARED',
    },
    { when: 'nobody approved it', facts: owner(), expect: 'fail OWNER_NOT_APPROVED', says: /Jane Doe \(E-1042\)/ },
    {
      when: 'the list has others',
      facts: owner({ systems: [] }),
      policy: { approved: ['E-1'] },
      expect: 'fail OWNER_NOT_APPROVED',
    },
    {
      when: 'the team owners makes the owner',
      facts: without(owner({ role: 'Member' }), 'teamRoles'),
      expect: 'fail OWNER_NOT_APPROVED',
    },
    {
      when: 'a rule would admit, but the person is not employed yet',
      facts: owner({ systems: [open], identity: linkedTo(named({ employment: notStarted })) }),
      expect: 'fail OWNER_NOT_APPROVED',
    },
    { when: 'a machine is an owner', facts: owner({ identity: declared() }), expect: 'fail ROLE_NOT_DECLARED' },
    {
      when: 'a machine is an owner and declared as nothing',
      facts: owner({ identity: declared({ roles: null }) }),
      expect: 'fail ROLE_NOT_DECLARED',
    },
    ...[unlinked, ambiguous, linkedTo(nobody)].map((identity) => ({
      when: `the owner is ${identity.state}`,
      facts: owner({ identity }),
      policy: { approved: ['jdoe99'] },
      expect: 'unknown IDENTITY_UNLINKED' as const,
    })),
    ...doubtfulEmployments.map((employment) => ({
      when: `HR leaves the employment open: ${employment.reason}`,
      facts: owner({ identity: linkedTo(named({ employment })) }),
      policy: { approved: ['E-1042'] },
      expect: `unknown ${employment.reason}` as const,
    })),
    {
      when: 'a rule asks for what HR left blank',
      facts: owner({ identity: linkedTo(named({ jobTitle: null })) }),
      expect: 'unknown HR_ATTRIBUTE_BLANK',
      says: /job title/,
    },
    {
      when: 'a custom role may equal owner',
      facts: owner({ role: 'wizard', teams: [] }),
      expect: 'unknown ROLE_UNKNOWN',
    },
    {
      when: 'the teams are not known',
      facts: without(owner({ role: 'Member' }), 'teams', 'teamRoles'),
      expect: 'unknown FIELD_NOT_EXPOSED',
    },
    { when: 'nobody said the rules', facts: without(owner(), 'systems'), expect: 'unknown FIELD_NOT_EXPOSED' },
    { when: 'the role is lower', facts: owner({ role: 'Editor', teams: [] }), expect: 'not_applicable NOT_AN_OWNER' },
    {
      when: 'the person has left',
      facts: owner({ identity: linkedTo(named({ employment: ended })) }),
      expect: 'not_applicable OFFBOARDED',
    },
    {
      when: 'it is gone',
      facts: owner({ presence: 'gone', removalConfirmed: true }),
      expect: 'not_applicable ACCESS_GONE',
    },
    { when: 'it may be gone', facts: owner({ presence: 'gone' }), expect: 'unknown REMOVAL_UNCONFIRMED' },
  ]);
});
