import { anOrganization } from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import { anAttestation } from '../../../test/support/token-facts.js';
import type { ConnectedOrganization } from '../connector-facts.js';
import { patGovernance } from './pat-governance.check.js';

const acme: ConnectedOrganization = anOrganization();
const withOwnToken: ConnectedOrganization = {
  ...acme,
  credentials: [
    { kind: 'personal_token', username: 'robot' },
    { kind: 'scim', username: null },
  ],
};

judgeCases(patGovernance, [
  {
    when: 'nobody vouches for it',
    facts: acme,
    expect: 'unknown NOT_OBSERVABLE',
    says: /^Nobody can see the personal access tokens of the members of acme, and nobody has vouched for it\.$/,
  },
  {
    when: 'nobody vouches for it, and Hubwarden uses one itself',
    facts: withOwnToken,
    expect: 'unknown NOT_OBSERVABLE',
    says: /a personal access token of robot, whose expiry and use it does not read\.$/,
  },
  {
    when: 'somebody vouches for it',
    facts: withOwnToken,
    attestation: anAttestation({ expiresAt: '2026-12-31T00:00:00.000Z' }),
    expect: 'pass ATTESTED',
    says: /olga vouched for it on 2026-10-15, until 2026-12-31: Looked at it in the admin console\. Hubwarden itself/,
    verdict: {
      facts: { attestation: 'a-7', attestedBy: 'olga', answer: 'yes', expiresAt: '2026-12-31T00:00:00.000Z' },
    },
  },
  {
    when: 'somebody vouches for it until the next instant',
    facts: acme,
    attestation: anAttestation({ expiresAt: '2026-11-21T02:00:00.001Z' }),
    expect: 'pass ATTESTED',
  },
  {
    when: 'the word has just expired',
    facts: acme,
    attestation: anAttestation({ expiresAt: '2026-11-21T02:00:00.000Z' }),
    expect: 'unknown ATTESTATION_EXPIRED',
    says: /what olga said about it on 2026-10-15 counted until 2026-11-21\.$/,
  },
  {
    when: 'the word is 90 days old, whatever its own expiry',
    facts: acme,
    attestation: anAttestation({ attestedAt: '2026-08-23T02:00:00.000Z', expiresAt: '2027-08-23T00:00:00.000Z' }),
    expect: 'pass ATTESTED',
    says: /on 2026-08-23, for 90 days:/,
  },
  {
    when: 'the word is older than 90 days, whatever its own expiry',
    facts: acme,
    attestation: anAttestation({ attestedAt: '2026-08-23T01:59:59.000Z', expiresAt: '2027-08-23T00:00:00.000Z' }),
    expect: 'unknown ATTESTATION_EXPIRED',
    says: /counted for 90 days\.$/,
  },
  {
    when: 'the policy lets a word count for less',
    facts: acme,
    policy: { maxAttestationDays: 30 },
    attestation: anAttestation(),
    expect: 'unknown ATTESTATION_EXPIRED',
  },
  {
    when: 'the word will be given later',
    facts: acme,
    attestation: anAttestation({ attestedAt: '2026-11-21T02:00:00.001Z' }),
    expect: 'unknown NOT_OBSERVABLE',
  },
  {
    when: 'somebody says no',
    facts: acme,
    attestation: anAttestation({ answer: 'no', statement: 'Nobody has looked yet.' }),
    expect: 'fail ATTESTED_NO',
    says: /^olga said on 2026-10-15 that it is not so: Nobody has looked yet\.$/,
    verdict: { facts: { answer: 'no' } },
  },
  {
    when: 'a no has expired',
    facts: acme,
    attestation: anAttestation({ answer: 'no', expiresAt: '2026-11-01T00:00:00.000Z' }),
    expect: 'unknown ATTESTATION_EXPIRED',
  },
]);
