import { anOrganization, named } from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import { anAttestation } from '../../../test/support/token-facts.js';
import type { ConnectedOrganization, ConnectorCredential } from '../connector-facts.js';
import type { SignOnChange, SignOnFacts } from '../settings-facts.js';
import { ssoEnforced } from './sso-enforced.check.js';

const attestation = anAttestation();
const quiet: SignOnFacts = { changes: [], coveredSince: '2026-10-15T09:00:00.000Z' };
const acme = (signOn?: SignOnFacts, ...credentials: ConnectorCredential[]): ConnectedOrganization => ({
  ...anOrganization(signOn && { signOn }),
  credentials,
});
const change = (kind: SignOnChange['kind'], at: string, actor: string | null = 'olga'): SignOnFacts => ({
  ...quiet,
  changes: [{ kind, at, action: kind === 'removed' ? 'org.domain.delete' : 'enterprise.toggle', actor }],
});
const token: ConnectorCredential = { kind: 'organization_token', username: null };
const password: ConnectorCredential = { kind: 'password', username: 'nina', person: named() };

judgeCases(ssoEnforced, [
  {
    when: 'somebody vouches for it and nothing speaks against it',
    facts: acme(quiet, token),
    attestation,
    expect: 'pass ATTESTED',
    says: /olga vouched for it on 2026-10-15, .* nothing since then that speaks against it\.$/,
    verdict: { facts: { attestedBy: 'olga' } },
  },
  {
    when: 'nobody vouches for it',
    facts: acme(quiet),
    expect: 'unknown NOT_OBSERVABLE',
    says: /whether acme enforces/,
  },
  {
    when: 'the word has expired, whatever happened since',
    facts: acme(change('removed', '2026-11-10T00:00:00.000Z')),
    attestation: anAttestation({ expiresAt: '2026-11-20T00:00:00.000Z' }),
    expect: 'unknown ATTESTATION_EXPIRED',
  },
  {
    when: 'the policy lets a word count for less',
    facts: acme(quiet),
    policy: { maxAttestationDays: 7 },
    attestation,
    expect: 'unknown ATTESTATION_EXPIRED',
  },
  {
    when: 'somebody says no',
    facts: acme(quiet),
    attestation: anAttestation({ answer: 'no' }),
    expect: 'fail ATTESTED_NO',
  },
  {
    when: 'a domain was removed after somebody vouched for it',
    facts: acme(change('removed', '2026-10-15T09:00:00.001Z')),
    attestation,
    expect: 'fail SIGN_ON_REMOVED',
    says: /after olga vouched for it on 2026-10-15: org\.domain\.delete by olga on 2026-10-15 09:00 UTC\.$/,
    verdict: { facts: { changes: [{ action: 'org.domain.delete' }] } },
  },
  {
    when: 'a domain was removed, and the archive has a hole before that',
    facts: acme({ ...change('removed', '2026-11-10T00:00:00.000Z', null), coveredSince: '2026-11-01T00:00:00.000Z' }),
    attestation,
    expect: 'fail SIGN_ON_REMOVED',
    says: /org\.domain\.delete on 2026-11-10/,
  },
  {
    when: 'a domain was removed before somebody vouched for it',
    facts: acme(change('removed', '2026-10-15T09:00:00.000Z')),
    attestation,
    expect: 'pass ATTESTED',
  },
  {
    when: 'enforcement was switched after somebody vouched for it',
    facts: acme(change('toggled', '2026-11-10T00:00:00.000Z')),
    attestation,
    expect: 'unknown ENFORCEMENT_TOGGLED',
    says: /enterprise\.toggle by olga on 2026-11-10 00:00 UTC\. It takes a new word\.$/,
  },
  {
    when: 'the password of a member opened the organization to Hubwarden',
    facts: acme(quiet, token, password),
    attestation,
    expect: 'unknown PASSWORD_ACCEPTED',
    says: /took that of nina from Hubwarden\.$/,
  },
  {
    when: 'the password of a service account did',
    facts: acme(quiet, { kind: 'password', username: 'robot', person: null, serviceAccount: true }),
    attestation,
    expect: 'unknown PASSWORD_ACCEPTED',
  },
  {
    when: 'the password was that of somebody who is no member, and a member gave a personal token',
    facts: acme(
      quiet,
      { kind: 'password', username: 'boss' },
      { kind: 'personal_token', username: 'nina', person: named() },
    ),
    attestation,
    expect: 'pass ATTESTED',
  },
  {
    when: 'the archive has a hole after somebody vouched for it',
    facts: acme({ changes: [], coveredSince: '2026-10-15T09:00:00.001Z' }),
    attestation,
    expect: 'unknown SOURCE_INCOMPLETE',
  },
  {
    when: 'there is no archive',
    facts: acme({ changes: [], coveredSince: null }),
    attestation,
    expect: 'unknown SOURCE_INCOMPLETE',
  },
  { when: 'nobody asked the archive', facts: acme(), attestation, expect: 'unknown SOURCE_INCOMPLETE' },
]);
