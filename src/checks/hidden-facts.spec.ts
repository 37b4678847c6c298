import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anAccount,
  anInvite,
  aPerson,
  aServiceAccount,
  aSystem,
  declared,
  ended,
  linkedTo,
  named,
  now,
} from '../../test/support/check-facts.js';
import { criticalSystemAccessConfigured } from './catalog/critical-system-access-configured.check.js';
import { criticalSystemAccessValid } from './catalog/critical-system-access-valid.check.js';
import { noInviteToLeaverOrUnknown } from './catalog/no-invite-to-leaver-or-unknown.check.js';
import { offboardedAccessRemoved } from './catalog/offboarded-access-removed.check.js';
import { ownerCount } from './catalog/owner-count.check.js';
import { roleVocabularyKnown } from './catalog/role-vocabulary-known.check.js';
import { serviceAccountOwned } from './catalog/service-account-owned.check.js';
import type { Check } from './check.js';
import type { AccessRule, PersonFacts, RoleVocabulary } from './facts.js';

// Whatever a source may leave out: knowing less must never turn another verdict into a pass, and a failure over less must
// be a failure over all, unless it says itself that it rests on an absence.

const vocabulary: RoleVocabulary = { 'registry-auditor': 'member', 'build-lead': 'editor', root: 'owner' };
const roleNames = ['Owner', 'Editor', 'Member', 'release-manager', 'registry-auditor', 'build-lead', 'wizard'];
const role = fc.constantFrom(...roleNames);

const held = fc
  .record({
    role: fc.oneof({ weight: 6, arbitrary: role }, fc.constantFrom(null, '')),
    teams: fc.oneof(fc.constantFrom(['dev'], ['owners'], ['dev', 'owners'], []), fc.constant(null)),
    teamRoles: fc.oneof(fc.array(role, { maxLength: 2 }), fc.constant(null)),
  })
  // Who is in no team has no role from one.
  .map((roles) => ((roles.teams ?? []).length === 0 ? { ...roles, teamRoles: [] } : roles));

const attribute = fc.constantFrom('A', 'B', '', null);
const attributes = fc.record({ department: attribute, jobTitle: attribute, employmentType: attribute });
const alternatives = fc.constantFrom(['A'], ['B'], ['A', 'B'], []);

const rule: fc.Arbitrary<AccessRule> = fc.record({
  roles: fc.uniqueArray(role, { minLength: 1, maxLength: 3 }),
  who: fc.oneof(
    fc.constant('everyone' as const),
    fc.record(
      {
        departments: alternatives,
        jobTitles: alternatives,
        employmentTypes: alternatives,
        people: fc.constant(['E-1042']),
      },
      { requiredKeys: [] },
    ),
  ),
  until: fc.constant(null),
  untilInstant: fc.constantFrom(null, '2026-11-20T23:00:00.000Z', '2027-01-01T00:00:00.000Z'),
});
const rules = fc.array(rule, { minLength: 1, maxLength: 4 });

/** The fields that the second look does not see. */
function hiding<Key extends string>(...fields: Key[]): fc.Arbitrary<Key[]> {
  return fc.subarray(fields, { minLength: 1 });
}

function hide<T extends object>(facts: T, fields: readonly string[]): T {
  const rest = { ...facts };
  for (const field of fields) Reflect.deleteProperty(rest, field);
  return rest;
}

function noBetter<Facts, Policy extends object>(
  check: Check<Facts, Policy>,
  less: Facts,
  more: Facts,
  policy: Partial<Policy> = {},
): boolean {
  const given = { policy: Object.assign(new check.policy(), policy), now };
  const [seen, whole] = [check.judge(less, given), check.judge(more, given)];
  const restsOnAbsence = seen.outcome === 'fail' && seen.absentFrom !== undefined;
  if (seen.outcome !== 'pass' && (seen.outcome !== 'fail' || restsOnAbsence)) return true;
  return whole.outcome === seen.outcome;
}

/** Null where the property held in every run. */
function counterexample<Arguments>(property: fc.IProperty<Arguments>): string | null {
  return fc.defaultReportMessage(fc.check(property, { numRuns: 2000 })) ?? null;
}

const roleFields = ['role', 'teams', 'teamRoles'] as const;
const personFields = ['department', 'jobTitle', 'employmentType'] as const;

describe('knowing less never passes and never condemns', () => {
  it('an account in a critical system', () => {
    expect(
      counterexample(
        fc.property(
          rules,
          held,
          attributes,
          hiding(...roleFields, ...personFields),
          (access, roles, person, hidden) => {
            const facts = (cut: readonly string[]) => {
              const known: PersonFacts = hide({ ...aPerson(), ...person }, cut);
              const identity = linkedTo({ id: known.id, person: known });
              return { system: aSystem({ access }), vocabulary, account: hide(anAccount({ ...roles, identity }), cut) };
            };
            return noBetter(criticalSystemAccessValid, facts(hidden), facts([]));
          },
        ),
      ),
    ).toBeNull();
  });

  it('a service account', () => {
    expect(
      counterexample(
        fc.property(fc.array(role, { maxLength: 3 }), held, hiding(...roleFields), (roles, holds, hidden) => {
          const policy = aServiceAccount({ roles });
          const facts = (cut: readonly string[]) => ({
            declared: policy,
            vocabulary,
            account: hide(anAccount({ ...holds, identity: declared({ roles }) }), cut),
            systems: [],
          });
          return noBetter(serviceAccountOwned, facts(hidden), facts([]));
        }),
      ),
    ).toBeNull();
  });

  it('a critical system', () => {
    expect(
      counterexample(
        fc.property(rules, fc.array(fc.tuple(held, hiding(...roleFields)), { maxLength: 4 }), (access, sets) => {
          const facts = (less: boolean) => ({
            system: aSystem({ access }),
            vocabulary,
            held: sets.map(([roles, hidden]) => ({ ...hide(roles, less ? hidden : []), accounts: 1 })),
          });
          return noBetter(criticalSystemAccessConfigured, facts(true), facts(false));
        }),
      ),
    ).toBeNull();
  });

  it('an organization', () => {
    expect(
      counterexample(
        fc.property(
          fc.array(fc.tuple(held, fc.boolean(), hiding(...roleFields)), { maxLength: 6 }),
          fc.record({ min: fc.integer({ min: 1, max: 3 }), max: fc.integer({ min: 3, max: 5 }) }),
          (sets, bounds) => {
            const facts = (less: boolean) => ({
              organization: 'acme',
              datasets: [],
              needed: [],
              owners: [],
              members: 10,
              vocabulary,
              held: sets.map(([roles, human, hidden]) => ({ ...hide(roles, less ? hidden : []), human, accounts: 1 })),
            });
            return (
              noBetter(ownerCount, facts(true), facts(false), bounds) &&
              noBetter(roleVocabularyKnown, facts(true), facts(false))
            );
          },
        ),
      ),
    ).toBeNull();
  });

  it('an invite, where its role is required', () => {
    const fields = [...roleFields, 'invite'] as const;
    expect(
      counterexample(
        fc.property(held, fc.boolean(), hiding(...fields), (offered, left, hidden) => {
          const inviterPerson = named(left ? { employment: ended } : {});
          const facts = anInvite({ ...offered, invite: { inviter: 'olga', inviterPerson, vocabulary } });
          return noBetter(noInviteToLeaverOrUnknown, hide(facts, hidden), facts, { requireRole: true });
        }),
      ),
    ).toBeNull();
  });

  it('a leaver', () => {
    expect(
      counterexample(
        fc.property(
          held,
          fc.constantFrom('present' as const, 'gone' as const),
          fc.constantFrom(true, false, null),
          hiding(...roleFields, 'scimActive'),
          (roles, presence, scimActive, hidden) => {
            const identity = linkedTo(named({ employment: ended }));
            const facts = anAccount({ ...roles, presence, scimActive, identity, removalConfirmed: false });
            return noBetter(offboardedAccessRemoved, hide(facts, hidden), facts);
          },
        ),
      ),
    ).toBeNull();
  });
});
