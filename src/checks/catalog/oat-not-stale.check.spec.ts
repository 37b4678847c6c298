import { without } from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import { aToken } from '../../../test/support/token-facts.js';
import { oatNotStale } from './oat-not-stale.check.js';

judgeCases(oatNotStale, [
  {
    when: 'it was used yesterday',
    facts: aToken(),
    expect: 'pass IN_USE',
    says: /was last used on 2026-11-20\.$/,
    verdict: { facts: { token: 't-1' } },
  },
  {
    when: 'it was used a moment after the clock of the run',
    facts: aToken({ lastUsedAt: '2026-11-21T02:00:04Z' }),
    expect: 'pass IN_USE',
    verdict: { outcome: 'pass', facts: { token: 't-1' } },
  },
  {
    when: 'its last use has not come yet',
    facts: aToken({ lastUsedAt: '2099-01-01T00:00:00Z' }),
    expect: 'unknown UNRECOGNISED_VALUE',
  },
  {
    when: 'it was never used, and its creation has not come yet',
    facts: aToken({ createdAt: '2099-01-01T00:00:00Z', expiresAt: '2099-02-01T00:00:00Z', lastUsedAt: null }),
    expect: 'unknown UNRECOGNISED_VALUE',
  },
  {
    when: 'it was used 90 days ago',
    facts: aToken({ createdAt: '2026-01-01T00:00:00Z', lastUsedAt: '2026-08-23T00:00:00Z' }),
    expect: 'pass IN_USE',
  },
  {
    when: 'it was used 91 days ago',
    facts: aToken({ createdAt: '2026-01-01T00:00:00Z', lastUsedAt: '2026-08-22T23:00:00Z' }),
    expect: 'fail IDLE',
    says: /last used on 2026-08-22; at most 90 days without use are allowed\.$/,
  },
  {
    when: 'the policy is stricter',
    facts: aToken({ lastUsedAt: '2026-11-10T00:00:00Z' }),
    policy: { maxIdleDays: 7 },
    expect: 'fail IDLE',
  },
  {
    when: 'it was never used and is 30 days old',
    facts: aToken({ createdAt: '2026-10-22T00:00:00Z', lastUsedAt: null }),
    expect: 'pass NEW_TOKEN',
    says: /created on 2026-10-22 and never used so far\.$/,
  },
  {
    when: 'it was never used and is 31 days old',
    facts: aToken({ createdAt: '2026-10-21T00:00:00Z', lastUsedAt: null }),
    expect: 'fail NEVER_USED',
    says: /created on 2026-10-21 and never used; at most 30 days are allowed\.$/,
  },
  {
    when: 'nobody says when it was last used',
    facts: without(aToken(), 'lastUsedAt'),
    expect: 'unknown FIELD_NOT_EXPOSED',
  },
  {
    when: 'it was never used, and nobody says when it was created',
    facts: without(aToken({ lastUsedAt: null }), 'createdAt'),
    expect: 'unknown FIELD_NOT_EXPOSED',
  },
  {
    when: 'it was last used before it was created',
    facts: aToken({ lastUsedAt: '0001-01-01T00:00:00Z' }),
    expect: 'unknown UNRECOGNISED_VALUE',
    says: /its last use is "0001-01-01"/,
  },
  {
    when: 'it was never used, and its creation is no date',
    facts: aToken({ createdAt: 'yesterday', lastUsedAt: null }),
    expect: 'unknown UNRECOGNISED_VALUE',
  },
  { when: 'nobody says whether it is active', facts: aToken({ isActive: null }), expect: 'unknown FIELD_NOT_EXPOSED' },
  {
    when: 'it is deactivated and was never used',
    facts: aToken({ isActive: false, lastUsedAt: null, createdAt: '2025-01-01T00:00:00Z' }),
    expect: 'not_applicable TOKEN_INACTIVE',
  },
  {
    when: 'it has expired',
    facts: aToken({ expiresAt: '2026-11-20T00:00:00Z' }),
    expect: 'not_applicable TOKEN_EXPIRED',
  },
]);
