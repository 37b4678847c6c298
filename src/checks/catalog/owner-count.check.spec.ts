import { describe, expect, it } from 'vitest';
import { validateSync } from 'class-validator';
import { anOrganization } from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { OrganizationFacts } from '../facts.js';
import { ownerCount, OwnerCountPolicy } from './owner-count.check.js';

type Held = OrganizationFacts['held'][number];

function facts(members: number, ...held: Partial<Held>[]): OrganizationFacts {
  return anOrganization({
    members,
    vocabulary: { root: 'owner', 'registry-auditor': 'member' },
    owners: ['olga'],
    held: held.map((roles) => ({ role: 'Member', teams: [], teamRoles: [], accounts: 1, human: true, ...roles })),
  });
}

function owners(accounts: number): Partial<Held> {
  return { role: 'Owner', accounts };
}

const few = ['members', 'teams', 'team_members'] as const;

judgeCases(ownerCount, [
  {
    when: 'there are two',
    facts: facts(40, owners(2), { accounts: 38 }),
    expect: 'pass OWNERS_IN_BOUNDS',
    verdict: { facts: { count: 2, min: 2, max: 3 } },
  },
  { when: 'three of few members are owners', facts: facts(3, owners(3)), expect: 'pass OWNERS_IN_BOUNDS' },
  {
    when: 'five per cent are owners',
    facts: facts(81, owners(5)),
    expect: 'pass OWNERS_IN_BOUNDS',
    verdict: { facts: { max: 5 } },
  },
  {
    when: 'teams and custom roles make owners',
    facts: facts(40, { teams: ['owners'] }, { role: 'Root' }),
    expect: 'pass OWNERS_IN_BOUNDS',
    verdict: { facts: { count: 2 } },
  },
  {
    when: 'service accounts are owners too',
    facts: facts(40, owners(2), { ...owners(9), human: false }, { role: 'wizard', human: false }),
    expect: 'pass OWNERS_IN_BOUNDS',
  },
  { when: 'the policy allows more', facts: facts(40, owners(5)), policy: { max: 5 }, expect: 'pass OWNERS_IN_BOUNDS' },

  {
    when: 'there is one',
    facts: facts(40, owners(1), { role: 'Editor' }),
    expect: 'fail TOO_FEW_OWNERS',
    says: /has 1 human owner; at least 2/,
    absentFrom: few,
  },
  {
    when: 'there is none but a service account',
    facts: facts(40, { ...owners(1), human: false }),
    expect: 'fail TOO_FEW_OWNERS',
    absentFrom: few,
  },
  {
    when: 'the policy wants more',
    facts: facts(40, owners(2)),
    policy: { min: 3 },
    expect: 'fail TOO_FEW_OWNERS',
    absentFrom: few,
  },
  {
    when: 'it would be too few even if everybody in doubt were one',
    facts: facts(40, { role: 'wizard' }),
    expect: 'fail TOO_FEW_OWNERS',
    absentFrom: few,
  },
  {
    // Members who were not listed would allow more owners.
    when: 'there are more than the share',
    facts: facts(80, owners(5)),
    expect: 'fail TOO_MANY_OWNERS',
    says: /has 5 human owners; at most 4/,
    absentFrom: ['members'],
    verdict: { facts: { owners: ['olga'] } },
  },
  {
    when: 'there are more than the policy allows',
    facts: facts(40, owners(3)),
    policy: { max: 2 },
    expect: 'fail TOO_MANY_OWNERS',
  },
  {
    when: 'there are too many for certain and others in doubt',
    facts: facts(40, owners(4), { role: 'wizard' }, { teams: undefined }),
    policy: { max: 3 },
    expect: 'fail TOO_MANY_OWNERS',
  },
  {
    when: 'no share may be owners',
    facts: facts(400, owners(4)),
    policy: { maxPercent: 0 },
    expect: 'fail TOO_MANY_OWNERS',
    absentFrom: ['members'],
  },

  {
    when: 'somebody in doubt decides about too few',
    facts: facts(40, owners(1), { role: 'wizard' }),
    expect: 'unknown ROLE_UNKNOWN',
    says: /1 human owner, and 1 account more may be one/,
  },
  {
    when: 'somebody in doubt decides about too many',
    facts: facts(40, owners(3), { role: 'wizard' }),
    expect: 'unknown ROLE_UNKNOWN',
  },
  {
    when: 'somebody in doubt decides nothing',
    facts: facts(400, owners(5), { role: 'wizard' }),
    expect: 'unknown ROLE_UNKNOWN',
  },
  {
    when: 'both kinds of doubt exist',
    facts: facts(40, owners(2), { teams: undefined }, { role: 'wizard' }),
    expect: 'unknown ROLE_UNKNOWN',
  },
  ...(['role', 'teams', 'teamRoles'] as const).map((field) => ({
    when: `Docker Hub did not say ${field}`,
    facts: facts(40, owners(2), { [field]: undefined }),
    expect: 'unknown FIELD_NOT_EXPOSED' as const,
  })),
  { when: 'there are no members', facts: facts(0), expect: 'unknown NO_MEMBERS' },
]);

describe('the policy of owner-count', () => {
  it.each([
    { said: {}, wrong: [] },
    { said: { max: 5 }, wrong: [] },
    { said: { min: 0 }, wrong: ['min'] },
    { said: { min: 1.5 }, wrong: ['min'] },
    { said: { min: '2' }, wrong: ['min'] },
    { said: { min: null }, wrong: ['min'] },
    { said: { max: 1 }, wrong: ['max'] },
    { said: { min: 4, max: 3 }, wrong: ['max'] },
    { said: { maxPercent: 101 }, wrong: ['maxPercent'] },
  ])('of $said has mistakes in $wrong', ({ said, wrong }) => {
    const errors = validateSync(Object.assign(new OwnerCountPolicy(), said));
    expect(errors.map(({ property }) => property)).toEqual(wrong);
    for (const { constraints } of errors)
      expect(Object.values(constraints ?? {})).toEqual([expect.stringMatching(/^expected a whole number, /)]);
  });
});
