import { without } from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import { aToken, onto } from '../../../test/support/token-facts.js';
import { oatExpiry } from './oat-expiry.check.js';

const reading = [onto('acme', 'scope-member-read')];
const createdAt = '2026-01-01T10:00:00Z';

judgeCases(oatExpiry, [
  {
    when: 'it can write and lives for 80 days',
    facts: aToken(),
    expect: 'pass EXPIRES_IN_TIME',
    says: /^The token ci-push expires on 2026-12-20, 80 days after/,
    verdict: { facts: { token: 't-1', createdBy: 'jdoe99', days: 80, expiresAt: '2026-12-20T08:00:00Z' } },
  },
  {
    when: 'its creation has not come yet',
    facts: aToken({ createdAt: '2099-01-01T00:00:00Z', expiresAt: '2099-02-01T00:00:00Z' }),
    expect: 'unknown UNRECOGNISED_VALUE',
  },
  {
    when: 'it only reads and lives for a year',
    facts: aToken({ createdAt, expiresAt: '2027-01-01T23:59:59Z', resources: reading }),
    expect: 'pass EXPIRES_IN_TIME',
  },
  {
    when: 'it only reads and lives for a year and a day',
    facts: aToken({ createdAt, expiresAt: '2027-01-02T00:00:00Z', resources: reading }),
    expect: 'fail LIFETIME_TOO_LONG',
    says: /lives for 366 days, until 2027-01-02; at most 365 are allowed\.$/,
    verdict: { facts: { limit: 365, writing: [] } },
  },
  {
    when: 'it can write and lives for 91 days',
    facts: aToken({ createdAt: '2026-10-01T08:00:00Z', expiresAt: '2026-12-31T08:00:00Z' }),
    expect: 'fail LIFETIME_TOO_LONG',
    says: /91 days, until 2026-12-31; at most 90 are allowed\. It can write \(scope-image-push\)\.$/,
  },
  {
    when: 'it can write for exactly as long as the policy allows',
    facts: aToken({ createdAt: '2026-10-01T08:00:00Z', expiresAt: '2026-12-30T08:00:00Z' }),
    expect: 'pass EXPIRES_IN_TIME',
  },
  {
    when: 'the policy allows less',
    facts: aToken({ resources: reading }),
    policy: { maxDays: 60 },
    expect: 'fail LIFETIME_TOO_LONG',
    says: /at most 60/,
  },
  {
    when: 'it never expires',
    facts: aToken({ expiresAt: null }),
    expect: 'fail NO_EXPIRY',
    says: /^The token ci-push never expires\.$/,
    verdict: { facts: { expiresAt: null, createdBy: 'jdoe99' } },
  },
  {
    when: 'it never expires, and nobody knows what it may do',
    facts: without(aToken({ expiresAt: null }), 'resources', 'createdAt', 'createdBy'),
    expect: 'fail NO_EXPIRY',
  },
  { when: 'nobody says when it expires', facts: without(aToken(), 'expiresAt'), expect: 'unknown FIELD_NOT_EXPOSED' },
  { when: 'nobody says whether it is active', facts: aToken({ isActive: null }), expect: 'unknown FIELD_NOT_EXPOSED' },
  {
    when: 'nobody says whether it is active, and it never expires',
    facts: without(aToken({ expiresAt: null }), 'isActive'),
    expect: 'unknown FIELD_NOT_EXPOSED',
    says: /whether the token ci-push is active/,
  },
  {
    when: 'nobody says when it was created',
    facts: without(aToken(), 'createdAt'),
    expect: 'unknown FIELD_NOT_EXPOSED',
  },
  {
    when: 'nobody says when it was created, and more than the longest life is left',
    facts: without(aToken({ expiresAt: '2028-01-01T00:00:00Z' }), 'createdAt'),
    expect: 'fail LIFETIME_TOO_LONG',
    says: /lives for at least 406 days/,
  },
  {
    when: 'what it may do decides and its page could not be read',
    facts: without(aToken({ createdAt, expiresAt: '2026-12-31T00:00:00Z' }), 'resources'),
    expect: 'unknown FIELD_NOT_EXPOSED',
    says: /what may be done with the token/,
  },
  {
    when: 'its page could not be read and does not decide',
    facts: without(aToken(), 'resources'),
    expect: 'pass EXPIRES_IN_TIME',
  },
  {
    when: 'a scope decides that nobody documented',
    facts: aToken({ createdAt, expiresAt: '2026-12-31T00:00:00Z', resources: [onto('acme', 'scope-vault-open')] }),
    expect: 'unknown UNRECOGNISED_VALUE',
    says: /whether the token ci-push can write: nobody documented scope-vault-open\.$/,
  },
  {
    when: 'the scopes of a resource decide and were not sent',
    facts: aToken({ createdAt, expiresAt: '2026-12-31T00:00:00Z', resources: [{ type: 'TYPE_ORG', path: 'acme' }] }),
    expect: 'unknown FIELD_NOT_EXPOSED',
    says: /the scopes of every resource/,
  },
  {
    when: 'one scope writes and nobody documented another one',
    facts: aToken({
      createdAt,
      expiresAt: '2026-12-31T00:00:00Z',
      resources: [onto('acme', 'scope-vault-open', 'scope-ram-write')],
    }),
    expect: 'fail LIFETIME_TOO_LONG',
  },
  {
    when: 'it expired before it was created',
    facts: aToken({ expiresAt: '0001-01-01T00:00:00Z' }),
    expect: 'unknown UNRECOGNISED_VALUE',
    says: /its expiry is "0001-01-01", which cannot be\.$/,
  },
  {
    when: 'nobody says when it was created, and it expired before there were tokens',
    facts: without(aToken({ expiresAt: '0001-01-01T00:00:00Z' }), 'createdAt'),
    expect: 'unknown UNRECOGNISED_VALUE',
  },
  { when: 'its expiry is no date', facts: aToken({ expiresAt: 'never' }), expect: 'unknown UNRECOGNISED_VALUE' },
  { when: 'its creation is no date', facts: aToken({ createdAt: 'once' }), expect: 'unknown UNRECOGNISED_VALUE' },
  {
    when: 'it is deactivated',
    facts: aToken({ isActive: false, expiresAt: null }),
    expect: 'not_applicable TOKEN_INACTIVE',
  },
  {
    when: 'it has expired',
    facts: aToken({ expiresAt: '2026-11-21T02:00:00.000Z' }),
    expect: 'not_applicable TOKEN_EXPIRED',
    says: /expired on 2026-11-21/,
  },
  {
    when: 'it has expired, and nobody says whether it is active',
    facts: without(aToken({ expiresAt: '2026-11-01T00:00:00Z' }), 'isActive'),
    expect: 'not_applicable TOKEN_EXPIRED',
  },
]);
