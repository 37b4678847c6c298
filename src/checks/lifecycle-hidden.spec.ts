import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anAccount, aPerson, declared, ended, linkedTo, named, now, unlinked } from '../../test/support/check-facts.js';
import { contractorEndDated } from './catalog/contractor-end-dated.check.js';
import { externalSponsored } from './catalog/external-sponsored.check.js';
import { noAccessBeforeStart } from './catalog/no-access-before-start.check.js';
import { noConflictingLinks } from './catalog/no-conflicting-links.check.js';
import { noDormantMember } from './catalog/no-dormant-member.check.js';
import { noReturnOfLeaver } from './catalog/no-return-of-leaver.check.js';
import { noSharedAccounts } from './catalog/no-shared-accounts.check.js';
import { scimHubAgreement } from './catalog/scim-hub-agreement.check.js';
import type { Check } from './check.js';
import type { HolderFacts } from './facts.js';

// Knowing less must never turn another verdict into a pass, and a failure over less must be a failure over all, unless it
// says itself that it rests on an absence.

const ago = (days: number): string => new Date(Date.parse(now) - days * 86_400_000).toISOString();
const instant = fc.constantFrom(ago(1), ago(20), ago(60), ago(200), ago(-90), 'long ago', null);
const manager = fc.constantFrom(
  null,
  { person: null },
  { person: aPerson({ id: 'E-1' }) },
  { person: aPerson({ id: 'E-1', employment: ended }) },
);
const employment = fc.constantFrom(
  { state: 'employed', lastDay: null } as const,
  { state: 'employed', lastDay: '2027-01-31' } as const,
  { state: 'not_started', firstDay: '2026-12-20' } as const,
  ended,
);
const person = fc
  .record({
    employmentType: fc.constantFrom('employee', 'contractor', 'Mate', null),
    manager,
    employment,
    onLeave: fc.boolean(),
  })
  .map((said) => linkedTo(named(said)));

const holder: fc.Arbitrary<HolderFacts> = fc
  .record({
    identity: fc.oneof({ weight: 6, arbitrary: person }, fc.constantFrom(unlinked, declared())),
    name: fc.constantFrom('jdoe99', 'acme-ci'),
    named: fc.constant(true),
    address: fc.constantFrom(
      { mailbox: 'jane', corporate: true },
      { mailbox: 'jane', corporate: false },
      { mailbox: 'build', corporate: true },
      { mailbox: 'jane' },
    ),
    isGuest: fc.boolean(),
    role: fc.constantFrom('Owner', 'Member', 'wizard'),
    teams: fc.constantFrom([], ['dev'], ['owners']),
    teamRoles: fc.constantFrom([], ['editor']),
    joinedAt: instant.map((at) => at ?? ago(400)),
    lastSeenAt: instant,
    lastLoggedInAt: instant,
    watched: fc.constantFrom(
      { since: ago(10), fromTheStart: true },
      { since: ago(10), fromTheStart: false },
      { since: ago(200), fromTheStart: true },
    ),
    startsAt: fc.constant('2026-12-19T23:00:00.000Z'),
    scimActive: fc.constantFrom(true, false, null),
    scim: fc.constantFrom(
      { configured: true, absentForADay: true },
      { configured: true, absentForADay: false },
      { configured: false, absentForADay: null },
    ),
    comeback: fc.constantFrom(null, { goneAt: ago(2), backAt: ago(1) }),
    conflicts: fc.record({
      claimedBy: fc.constantFrom([], [{ person: 'E-2', name: null, since: ago(3) }]),
      addressChanged: fc.boolean(),
      elsewhere: fc.constant([]),
      otherAccounts: fc.constantFrom([], ['jdoe2']),
    }),
  })
  // Where there is no SCIM, it says nothing of anybody.
  .map((said) => (said.scim.configured ? said : { ...said, scimActive: null }))
  .map((said) => anAccount({ ...said, vocabulary: {} }));

/** What Docker Hub, SCIM or the database may not say. */
const hideable = [
  'named',
  'address',
  'isGuest',
  'role',
  'teams',
  'teamRoles',
  'joinedAt',
  'lastSeenAt',
  'lastLoggedInAt',
  'watched',
  'startsAt',
  'scimActive',
  'scim',
  'comeback',
  'conflicts',
] as const;

const checks: readonly Check<HolderFacts>[] = [
  contractorEndDated,
  externalSponsored,
  noAccessBeforeStart,
  noConflictingLinks,
  noDormantMember,
  noReturnOfLeaver,
  noSharedAccounts,
  scimHubAgreement,
];

describe.each(checks.map((check) => ({ id: check.id, check })))('$id', ({ check }) => {
  it('knowing less never passes and never condemns', () => {
    const given = { policy: new check.policy(), now };
    const property = fc.property(holder, fc.subarray([...hideable], { minLength: 1 }), (whole, hidden) => {
      const less = { ...whole };
      for (const field of hidden) Reflect.deleteProperty(less, field);
      const seen = check.judge(less, given);
      const restsOnAbsence = seen.outcome === 'fail' && seen.absentFrom !== undefined;
      if (seen.outcome !== 'pass' && (seen.outcome !== 'fail' || restsOnAbsence)) return true;
      return check.judge(whole, given).outcome === seen.outcome;
    });
    expect(fc.defaultReportMessage(fc.check(property, { numRuns: 5000 })) ?? null).toBeNull();
  });
});
