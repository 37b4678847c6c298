import { describe } from 'vitest';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { Approval } from '../check.js';
import type { CriticalRepositoryFacts } from '../repository-facts.js';
import { criticalRepoPresent } from './critical-repo-present.check.js';

const goneAt = '2026-11-10T02:00:00.000Z';
const there: CriticalRepositoryFacts = {
  organization: 'acme',
  name: 'prod-api',
  systems: ['Production'],
  presence: 'present',
};
const gone: CriticalRepositoryFacts = { ...there, presence: 'gone', goneAt, missedBy: 2 };
const approval = (approvedAt: string): Approval => ({
  id: '7',
  reason: 'moved to another registry',
  requestedBy: 'jane',
  approvedBy: 'olga',
  approvedAt,
  expiresAt: '2027-01-01T00:00:00.000Z',
});

describe('critical-repo-present', () => {
  judgeCases(criticalRepoPresent, [
    { when: 'it is listed', facts: there, expect: 'pass PRESENT' },
    {
      when: 'it is listed though it is retired',
      facts: there,
      policy: { retired: ['prod-*'] },
      expect: 'pass PRESENT',
    },
    {
      when: 'two listings lack it',
      facts: gone,
      expect: 'fail REPOSITORY_GONE',
      absentFrom: ['repositories'],
      says: /acme\/prod-api, of Production, is gone since 2026-11-10 02:00 UTC: deleted or renamed/,
      verdict: { facts: { systems: ['Production'], goneAt, missedBy: 2 } },
    },
    { when: 'one listing lacks it', facts: { ...gone, missedBy: 1 }, expect: 'unknown REMOVAL_UNCONFIRMED' },
    {
      when: 'nobody counted the listings',
      facts: { ...there, systems: [], presence: 'gone' },
      expect: 'unknown REMOVAL_UNCONFIRMED',
    },
    {
      when: 'it was approved before',
      facts: gone,
      approvals: [approval('2026-10-01T00:00:00.000Z')],
      expect: 'pass CHANGE_APPROVED',
      says: /olga approved/,
      verdict: { facts: { approval: '7', requestedBy: 'jane', approvedBy: 'olga' } },
    },
    {
      when: 'it was approved within 72 hours',
      facts: { ...gone, missedBy: 1 },
      approvals: [approval('2026-11-13T02:00:00.000Z')],
      expect: 'pass CHANGE_APPROVED',
    },
    {
      when: 'it was approved later',
      facts: gone,
      approvals: [approval('2026-11-13T02:00:00.001Z')],
      expect: 'fail REPOSITORY_GONE',
      absentFrom: ['repositories'],
    },
    {
      when: 'the approval was for an earlier time that it was gone',
      facts: { ...gone, goneBeforeAt: '2026-10-01T02:00:00.000Z' },
      approvals: [approval('2026-10-01T00:00:00.000Z')],
      expect: 'fail REPOSITORY_GONE',
      absentFrom: ['repositories'],
    },
    { when: 'it is retired', facts: gone, policy: { retired: ['acme/prod-api'] }, expect: 'not_applicable RETIRED' },
    {
      when: 'another one is retired',
      facts: gone,
      policy: { retired: ['labs/prod-api', 'prod'] },
      expect: 'fail REPOSITORY_GONE',
      absentFrom: ['repositories'],
    },
    { when: 'no reading ever had it', facts: { ...there, presence: 'never' }, expect: 'unknown NEVER_LISTED' },
  ]);
});
