import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anOrganization, ended, named, now } from '../../test/support/check-facts.js';
import { aReading } from '../../test/support/readings.js';
import { aToken, onto } from '../../test/support/token-facts.js';
import { imageAccessManagementOn } from './catalog/image-access-management-on.check.js';
import { oatAccountable } from './catalog/oat-accountable.check.js';
import { oatExpiry } from './catalog/oat-expiry.check.js';
import { oatLeastScope } from './catalog/oat-least-scope.check.js';
import { oatNotStale } from './catalog/oat-not-stale.check.js';
import { registryAccessManagementOn } from './catalog/registry-access-management-on.check.js';
import type { Check } from './check.js';
import type { TokenFacts, TokenResource } from './token-facts.js';

// Whatever Docker Hub leaves out of a token or a setting: knowing less neither passes nor condemns what knowing more would not.

const instant = fc.constantFrom(
  '0001-01-01T00:00:00Z',
  '2025-06-01T00:00:00Z',
  '2026-08-01T00:00:00Z',
  '2026-10-25T00:00:00Z',
  '2026-11-20T00:00:00Z',
  '2026-12-20T00:00:00Z',
  '2027-09-01T00:00:00Z',
  null,
);
const scope = fc.constantFrom('scope-image-push', 'scope-image-pull', 'scope-member-edit', 'scope-vault-open');
const resource: fc.Arbitrary<TokenResource> = fc
  .tuple(fc.constantFrom('acme/api', 'acme/web', 'acme/*', 'acme'), fc.array(scope, { maxLength: 3 }))
  .map(([path, scopes]) => onto(path, ...scopes));

const token: fc.Arbitrary<TokenFacts> = fc
  .record({
    isActive: fc.constantFrom(true, true, true, false, null),
    createdAt: instant,
    expiresAt: instant,
    lastUsedAt: instant,
    createdBy: fc.constantFrom('jdoe99', null),
    resources: fc.array(resource, { maxLength: 4 }),
    creator: fc.constantFrom<TokenFacts['creator']>(
      { state: 'linked', person: named(), present: true },
      { state: 'linked', person: named({ employment: ended }), present: false },
      { state: 'unlinked', present: true },
    ),
    owner: fc.constantFrom(named(), null),
  })
  // What contradicts its creation can only be told by whoever knows that.
  .filter(({ createdAt, expiresAt, lastUsedAt }) =>
    [expiresAt, lastUsedAt].every((at) => createdAt === null || at === null || at >= createdAt),
  )
  .map((parts) => aToken(parts));

const hidden = fc.subarray(['isActive', 'createdAt', 'expiresAt', 'lastUsedAt', 'createdBy', 'resources'], {
  minLength: 1,
});

function hide<Facts extends object>(facts: Facts, fields: readonly string[]): Facts {
  const rest = { ...facts };
  for (const field of fields) Reflect.deleteProperty(rest, field);
  return rest;
}

function noBetter<Facts, Policy extends object>(check: Check<Facts, Policy>, less: Facts, more: Facts): boolean {
  const given = { policy: new check.policy(), now };
  const [seen, whole] = [check.judge(less, given), check.judge(more, given)];
  return (seen.outcome !== 'pass' && seen.outcome !== 'fail') || whole.outcome === seen.outcome;
}

/** Null where the property held in every run. */
function counterexample<Arguments>(property: fc.IProperty<Arguments>): string | null {
  return fc.defaultReportMessage(fc.check(property, { numRuns: 3000 })) ?? null;
}

describe('knowing less never passes and never condemns', () => {
  it.each([oatLeastScope, oatNotStale, oatAccountable].map((check) => ({ id: check.id, check })))(
    'a token by $id',
    ({ check }) => {
      const judged: Check<TokenFacts> = check;
      expect(
        counterexample(
          fc.property(token, hidden, (facts, fields) => {
            // An active token whose expiry is not said is judged as one that works.
            const seen = fields.filter((field) => field !== 'expiresAt');
            return noBetter(judged, hide(facts, seen), facts);
          }),
        ),
      ).toBeNull();
    },
  );

  it('the settings', () => {
    const flag = fc.constantFrom(true, false, null);
    const datasets = [aReading('image_access'), aReading('registry_access')];
    const imageAccess = fc.record({ enabled: flag, allowOfficialImages: flag, allowVerifiedPublishers: flag });
    const registries = fc.array(fc.record({ address: fc.constantFrom('DockerHub', 'ghcr.io'), allowed: flag }), {
      maxLength: 3,
    });
    expect(
      counterexample(
        fc.property(
          imageAccess,
          fc.record({ enabled: flag, registries }),
          fc.subarray(['enabled', 'allowVerifiedPublishers', 'registries'], { minLength: 1 }),
          fc.subarray(['address', 'allowed']),
          (images, access, fields, inside) => {
            const more = anOrganization({ datasets, imageAccess: images, registryAccess: access });
            const less = anOrganization({
              datasets,
              imageAccess: hide(images, fields),
              registryAccess: hide(
                { ...access, registries: access.registries.map((one) => hide(one, inside)) },
                fields,
              ),
            });
            return noBetter(imageAccessManagementOn, less, more) && noBetter(registryAccessManagementOn, less, more);
          },
        ),
      ),
    ).toBeNull();
  });

  it('the life of a token, of which the part that is left may be too long by itself', () => {
    expect(
      counterexample(
        fc.property(token, hidden, (facts, fields) => {
          const sane = aToken({ ...facts, createdAt: '2026-08-01T00:00:00Z' });
          return noBetter(oatExpiry, hide(sane, fields), sane);
        }),
      ),
    ).toBeNull();
  });
});
