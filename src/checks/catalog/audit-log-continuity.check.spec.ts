import { describe } from 'vitest';
import { anOrganization } from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { AuditArchiveFacts } from '../audit-facts.js';
import type { DatasetFacts, OrganizationFacts } from '../facts.js';
import { auditLogContinuity } from './audit-log-continuity.check.js';

const archive: AuditArchiveFacts = {
  beginsAt: '2026-06-01T02:00:00.000Z',
  coveredSince: '2026-06-01T02:00:00.000Z',
  coveredUntil: '2026-11-21T02:00:00.000Z',
  holes: [],
  readableSince: '2026-10-22T02:00:00.000Z',
  gone: null,
};
const complete: DatasetFacts = {
  name: 'audit_log',
  status: 'complete',
  fetchedAt: '2026-11-21T02:00:00.000Z',
  received: 3,
  reported: null,
  reason: null,
  message: null,
};

function organization(
  overrides: Partial<AuditArchiveFacts> = {},
  dataset: Partial<DatasetFacts> = {},
): OrganizationFacts {
  return anOrganization({
    datasets: [{ ...complete, ...dataset }],
    auditArchive: { ...archive, ...overrides },
  });
}

const hole = { from: '2026-09-01T02:00:00.000Z', to: '2026-09-03T02:00:00.000Z' };
const recent = { from: '2026-11-01T02:00:00.000Z', to: '2026-11-03T02:00:00.000Z' };
const gone = {
  events: 2,
  firstAt: '2026-11-18T10:00:00.000Z',
  lastAt: '2026-11-19T10:00:00.000Z',
  notedAt: '2026-11-20T02:00:00.000Z',
};

describe('audit-log-continuity', () => {
  judgeCases(auditLogContinuity, [
    {
      when: 'the archive is whole',
      facts: organization(),
      expect: 'pass CONTINUOUS',
      says: /since 2026-06-01 02:00 UTC/,
    },
    {
      when: 'a hole is older than what Docker Hub shows',
      facts: organization({ holes: [hole] }),
      expect: 'fail ARCHIVE_HOLE',
      says: /from 2026-09-01 02:00 UTC to 2026-09-03 02:00 UTC/,
      verdict: { facts: { holes: [hole] } },
    },
    {
      when: 'a hole reaches into what Docker Hub still shows',
      facts: organization({ holes: [{ ...hole, to: recent.to }] }),
      expect: 'fail ARCHIVE_HOLE',
    },
    {
      when: 'there is a hole, and tonight nothing could be read either',
      facts: organization({ holes: [hole] }, { status: 'failed', message: 'Docker Hub answered 500.' }),
      expect: 'fail ARCHIVE_HOLE',
    },
    {
      when: 'the hole is older than a year',
      facts: organization({ holes: [{ from: '2025-01-01T00:00:00.000Z', to: '2025-01-02T00:00:00.000Z' }] }),
      expect: 'pass CONTINUOUS',
    },
    {
      when: 'the policy looks back less far',
      facts: organization({ holes: [hole] }),
      policy: { days: 30 },
      expect: 'pass CONTINUOUS',
    },
    {
      when: 'older events are still being read',
      facts: organization({ holes: [recent] }),
      expect: 'unknown SOURCE_INCOMPLETE',
    },
    {
      when: 'Docker Hub no longer shows what it showed',
      facts: organization({ gone }),
      expect: 'fail EVENTS_GONE',
      says: /2 events of acme that it showed before, the newest of 2026-11-19 10:00 UTC/,
    },
    {
      when: 'that is longer ago than the policy looks back',
      facts: organization({ gone: { ...gone, notedAt: '2025-11-20T02:00:00.000Z' } }),
      expect: 'pass CONTINUOUS',
    },
    {
      when: 'tonight was not read to its end',
      facts: organization({}, { status: 'partial', message: 'It broke off.' }),
      expect: 'unknown SOURCE_INCOMPLETE',
    },
    {
      when: 'tonight could not be read',
      facts: organization({}, { status: 'failed', message: 'Docker Hub answered 500.' }),
      expect: 'unknown SOURCE_UNREACHABLE',
    },
    {
      when: 'the plan has no audit log',
      facts: organization({ beginsAt: null, coveredSince: null, coveredUntil: null }, { status: 'not_permitted' }),
      expect: 'unknown CAPABILITY_MISSING',
    },
    {
      when: 'nothing was ever archived',
      facts: organization({ beginsAt: null, coveredSince: null, coveredUntil: null }),
      expect: 'unknown SOURCE_INCOMPLETE',
    },
    { when: 'nobody looked', facts: anOrganization(), expect: 'unknown FIELD_NOT_EXPOSED' },
  ]);
});
