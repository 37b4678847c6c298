import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { anAccount, aSystem, linkedTo, named, now } from '../../test/support/check-facts.js';
import { leaverAccessPreplanned } from './catalog/leaver-access-preplanned.check.js';
import { noUnapprovedEscalation } from './catalog/no-unapproved-escalation.check.js';
import { ownerApproved } from './catalog/owner-approved.check.js';
import { segregationOfDuties, type SegregationPolicy } from './catalog/segregation-of-duties.check.js';
import type { Check } from './check.js';
import type { HolderFacts, RoleVocabulary } from './facts.js';
import type { DutyFacts, RoleState } from './privilege-facts.js';

// The same promise as in hidden-facts.spec.ts, of the checks about rights.

const vocabulary: RoleVocabulary = { 'registry-auditor': 'member', 'build-lead': 'editor', root: 'owner' };
const role = fc.constantFrom('Owner', 'Editor', 'Member', 'registry-auditor', 'build-lead', 'root', 'wizard');
const held = fc
  .record({
    role,
    teams: fc.constantFrom(['dev'], ['owners'], ['dev', 'owners'], []),
    teamRoles: fc.array(role, { maxLength: 2 }),
  })
  // Who is in no team has no role from one.
  .map((roles) => (roles.teams.length === 0 ? { ...roles, teamRoles: [] } : roles));

const before = fc
  .array(fc.tuple(held, fc.boolean()), { maxLength: 4 })
  .map((states) =>
    states.map(([roles, whole], place): RoleState => ({ ...roles, whole, at: `2026-11-1${place}T02:00:00.000Z` })),
  );
const resource = fc.record({
  path: fc.constantFrom('acme/api', 'acme/*', 'acme'),
  scopes: fc.constantFrom(['scope-image-push'], ['scope-image-pull'], ['scope-of-nothing'], []),
});
const token = fc.record({
  id: fc.constant('t1'),
  label: fc.constant('ci'),
  creator: fc.constantFrom('0ab7', 'ffff'),
  isActive: fc.boolean(),
  resources: fc.array(resource, { maxLength: 2 }),
});
const duties: fc.Arbitrary<DutyFacts> = fc.record({
  callers: fc.constantFrom([], [{ name: 'ops', role: 'admin' }], [{ name: 'stranger', role: 'operator' }]),
  serviceAccounts: fc.constantFrom([], [{ name: 'acme-ci', owner: 'E-1042' }]),
  tokens: fc.array(token, { maxLength: 2 }),
  exceptions: fc.constantFrom([], [{ id: '9', requestedBy: 'ops', approvedBy: 'stranger' }]),
});

const leaving = {
  lastDay: '2026-11-24',
  endsAt: '2026-11-24T23:00:00.000Z',
  handoverBy: '2026-11-23T23:00:00.000Z',
  clockFrom: '2026-11-22T23:00:00.000Z',
};
const account = fc.tuple(held, before, duties, fc.boolean()).map(([roles, states, known, owns]): HolderFacts =>
  anAccount({
    ...roles,
    vocabulary,
    identity: linkedTo(named()),
    systems: [
      aSystem({
        repositories: ['api'],
        owner: owns ? named() : null,
        access: [{ roles: ['owner'], who: { departments: ['Engineering'] }, until: null, untilInstant: null }],
      }),
    ],
    roleHistory: { since: '2026-11-01T02:00:00.000Z', before: states },
    duties: known,
    leaving,
  }),
);

function hide<T extends object>(facts: T, fields: readonly string[]): T {
  const rest = { ...facts };
  for (const field of fields) Reflect.deleteProperty(rest, field);
  return rest;
}

const hidden = fc.record({
  account: fc.subarray(['role', 'teams', 'teamRoles', 'systems', 'roleHistory', 'duties', 'leaving']),
  duties: fc.subarray(['callers', 'tokens', 'exceptions']),
  token: fc.subarray(['creator', 'isActive', 'resources']),
  state: fc.subarray(['role', 'teams', 'teamRoles']),
});

it.each<[string, Check<HolderFacts>, Partial<SegregationPolicy>]>([
  ['an owner', ownerApproved, {}],
  ['a role that rose', noUnapprovedEscalation, {}],
  ['a leaver', leaverAccessPreplanned, {}],
  ['somebody with duties', segregationOfDuties, { people: { ops: 'E-1042' } }],
])('knowing less of %s never passes and never condemns', (_, check, policy) => {
  const given = { policy: Object.assign(new check.policy(), policy), now };
  const property = fc.property(account, hidden, (whole, cut) => {
    const known = whole.duties;
    const less = hide(
      {
        ...whole,
        ...(known && {
          duties: hide(
            { ...known, ...(known.tokens && { tokens: known.tokens.map((one) => hide(one, cut.token)) }) },
            cut.duties,
          ),
        }),
        ...(whole.roleHistory && {
          roleHistory: {
            ...whole.roleHistory,
            before: whole.roleHistory.before.map((state) => hide(state, cut.state)),
          },
        }),
      },
      cut.account,
    );
    const [seen, all] = [check.judge(less, given), check.judge(whole, given)];
    // A reading that says less is one fewer to compare with, and no reason to doubt the others.
    const mayPass = seen.outcome === 'pass' && cut.state.length > 0;
    return mayPass || !['pass', 'fail'].includes(seen.outcome) || all.outcome === seen.outcome;
  });
  expect(fc.defaultReportMessage(fc.check(property, { numRuns: 3000 })) ?? null).toBeNull();
});
