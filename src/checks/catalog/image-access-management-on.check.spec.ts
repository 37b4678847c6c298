import { anOrganization } from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import { aReading } from '../../../test/support/readings.js';
import type { ImageAccessFacts } from '../settings-facts.js';
import { imageAccessManagementOn } from './image-access-management-on.check.js';

const on: ImageAccessFacts = { enabled: true, allowOfficialImages: true, allowVerifiedPublishers: true };
const acme = (imageAccess?: ImageAccessFacts, reading = aReading('image_access')) =>
  anOrganization({ datasets: [reading], ...(imageAccess && { imageAccess }) });

judgeCases(imageAccessManagementOn, [
  {
    when: 'it is on',
    facts: acme(on),
    expect: 'pass IMAGE_ACCESS_MANAGED',
    says: /of acme is on\. It binds neither owners nor organization access tokens/,
    verdict: { facts: { enabled: true, allowVerifiedPublishers: true } },
  },
  {
    when: 'it is on, and nobody says what it admits, which the policy does not ask',
    facts: acme({ enabled: true }),
    expect: 'pass IMAGE_ACCESS_MANAGED',
    verdict: { facts: { allowOfficialImages: null } },
  },
  {
    when: 'it is on without verified publishers, which the policy forbids',
    facts: acme({ ...on, allowVerifiedPublishers: false }),
    policy: { allowVerifiedPublishers: false },
    expect: 'pass IMAGE_ACCESS_MANAGED',
  },
  {
    when: 'it is off',
    facts: acme({ ...on, enabled: false }),
    expect: 'fail IMAGE_ACCESS_OFF',
    says: /of acme is off\.$/,
  },
  {
    when: 'it admits verified publishers, which the policy forbids',
    facts: acme(on),
    policy: { allowVerifiedPublishers: false },
    expect: 'fail PUBLISHERS_ADMITTED',
  },
  ...[null, undefined].map((unsaid) => ({
    when: `Docker Hub says ${unsaid} of whether it is on`,
    facts: acme({ ...on, enabled: unsaid }),
    expect: 'unknown FIELD_NOT_EXPOSED' as const,
    says: /whether image access management is on of acme/,
  })),
  {
    when: 'nobody says whether it admits verified publishers, which the policy forbids',
    facts: acme({ enabled: true }),
    policy: { allowVerifiedPublishers: false },
    expect: 'unknown FIELD_NOT_EXPOSED',
  },
  { when: 'there is no row', facts: acme(), expect: 'unknown FIELD_NOT_EXPOSED' },
  {
    when: 'no credential may read it, whatever an earlier night saw',
    facts: acme(
      on,
      aReading('image_access', 'not_permitted', 'CAPABILITY_MISSING', 'Configure the login of an owner.'),
    ),
    expect: 'unknown CAPABILITY_MISSING',
    says: /of acme was not read: Configure the login of an owner\.$/,
  },
  {
    when: 'it was not found',
    facts: acme(undefined, aReading('image_access', 'failed', 'SOURCE_UNREACHABLE', null)),
    expect: 'unknown SOURCE_UNREACHABLE',
    says: /nobody said why\.$/,
  },
  { when: 'nobody asked for it', facts: anOrganization(), expect: 'unknown SOURCE_INCOMPLETE' },
]);
