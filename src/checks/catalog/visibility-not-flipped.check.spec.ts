import { describe } from 'vitest';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { Approval } from '../check.js';
import type { RepositoryFacts } from '../repository-facts.js';
import { visibilityNotFlipped } from './visibility-not-flipped.check.js';

const watchedSince = '2026-01-01T02:00:00.000Z';
const publicAt = '2026-11-10T02:00:00.000Z';
const long = '2026-03-01T02:00:00.000Z';
const closed: RepositoryFacts = { organization: 'acme', name: 'api', isPrivate: true, watchedSince, flips: [] };
const open: RepositoryFacts = { ...closed, isPrivate: false };
const flipped: RepositoryFacts = { ...open, flips: [{ publicAt, backAt: null }] };
const approval = (approvedAt: string): Approval => ({
  id: '7',
  reason: 'goes open source',
  requestedBy: 'jane',
  approvedBy: 'olga',
  approvedAt,
  expiresAt: '2027-01-01T00:00:00.000Z',
});
const event = (at: string, became: 'public' | 'private' | null) => ({ at, became, actor: 'mallory' });

describe('visibility-not-flipped', () => {
  judgeCases(visibilityNotFlipped, [
    { when: 'it is and was private', facts: closed, expect: 'pass NOT_FLIPPED', says: /was not public for 90d/ },
    { when: 'it was public from the start', facts: open, expect: 'pass NOT_FLIPPED' },
    {
      when: 'it became public',
      facts: flipped,
      expect: 'fail MADE_PUBLIC',
      says: /acme\/api was private and became public by 2026-11-10 02:00 UTC; nobody approved it/,
      verdict: { facts: { publicAt, backAt: null } },
    },
    {
      when: 'it became public long ago, and nobody ever settled that',
      facts: { ...open, flips: [{ publicAt: long, backAt: null }] },
      expect: 'fail MADE_PUBLIC',
    },
    {
      when: 'it became public long ago, which is settled',
      facts: { ...open, flips: [{ publicAt: long, backAt: null }] },
      policy: { settled: ['acme/api'] },
      expect: 'pass NOT_FLIPPED',
    },
    { when: 'it is settled too early', facts: flipped, policy: { settled: ['*'] }, expect: 'fail MADE_PUBLIC' },
    {
      when: 'it was public for a night',
      facts: { ...closed, flips: [{ publicAt, backAt: '2026-11-11T02:00:00.000Z' }] },
      expect: 'fail WAS_PUBLIC',
      says: /private again by 2026-11-11 02:00 UTC/,
    },
    {
      when: 'it was public for a night before the window',
      facts: { ...closed, flips: [{ publicAt, backAt: '2026-11-11T02:00:00.000Z' }] },
      policy: { window: '7d' },
      expect: 'pass NOT_FLIPPED',
    },
    {
      when: 'the audit log alone saw it public and private again',
      facts: {
        ...closed,
        privacyEvents: [event('2026-11-12T10:00:00.000Z', 'public'), event('2026-11-12T11:00:00.000Z', 'private')],
      },
      expect: 'fail WAS_PUBLIC',
      says: /by mallory/,
      verdict: {
        facts: { publicAt: '2026-11-12T10:00:00.000Z', backAt: '2026-11-12T11:00:00.000Z', actor: 'mallory' },
      },
    },
    {
      when: 'the audit log lacks the way back',
      facts: { ...closed, privacyEvents: [event('2026-11-12T10:00:00.000Z', 'public')] },
      expect: 'fail WAS_PUBLIC',
    },
    {
      when: 'the audit log saw what a reading saw, approved once',
      facts: {
        ...closed,
        flips: [{ publicAt, backAt: '2026-11-11T02:00:00.000Z' }],
        privacyEvents: [event('2026-11-10T02:05:00.000Z', 'public'), event('2026-11-10T14:00:00.000Z', 'private')],
      },
      approvals: [approval('2026-11-10T03:00:00.000Z')],
      expect: 'pass CHANGE_APPROVED',
    },
    {
      when: 'the audit log is older than the record',
      facts: { ...closed, privacyEvents: [event('2025-11-12T10:00:00.000Z', 'public')] },
      expect: 'pass NOT_FLIPPED',
    },
    {
      when: 'the audit log does not say what it became',
      facts: { ...closed, privacyEvents: [event('2026-11-12T10:00:00.000Z', null)] },
      expect: 'unknown UNRECOGNISED_VALUE',
    },
    {
      when: 'the audit log does not say what it became, more often than readings saw it change',
      facts: {
        ...flipped,
        privacyEvents: [event('2026-11-09T10:00:00.000Z', null), event('2026-11-12T10:00:00.000Z', null)],
      },
      approvals: [approval('2026-11-01T02:00:00.000Z')],
      expect: 'unknown UNRECOGNISED_VALUE',
      says: /2026-11-12 10:00 UTC/,
    },
    {
      when: 'the audit log does not say what it became, and a reading that came after does',
      facts: { ...flipped, privacyEvents: [event('2026-11-09T10:00:00.000Z', null)] },
      approvals: [approval('2026-11-01T02:00:00.000Z')],
      expect: 'pass CHANGE_APPROVED',
    },
    {
      when: 'it was approved before',
      facts: flipped,
      approvals: [approval('2026-11-01T02:00:00.000Z')],
      expect: 'pass CHANGE_APPROVED',
      verdict: { facts: { approval: '7', approvedBy: 'olga', publicAt } },
    },
    {
      when: 'it was approved within 72 hours',
      facts: flipped,
      approvals: [approval('2026-11-13T02:00:00.000Z')],
      expect: 'pass CHANGE_APPROVED',
    },
    {
      when: 'it was approved too late',
      facts: flipped,
      approvals: [approval('2026-11-14T02:00:00.000Z')],
      expect: 'fail MADE_PUBLIC',
    },
    {
      when: 'the first of two changes was approved',
      facts: {
        ...open,
        flips: [
          { publicAt: '2026-10-01T02:00:00.000Z', backAt: '2026-10-02T02:00:00.000Z' },
          { publicAt, backAt: null },
        ],
      },
      approvals: [approval('2026-09-30T02:00:00.000Z')],
      expect: 'fail MADE_PUBLIC',
    },
    {
      when: 'the approval was for a change that is older than the window',
      facts: {
        ...open,
        flips: [
          { publicAt: '2026-10-01T02:00:00.000Z', backAt: '2026-10-02T02:00:00.000Z' },
          { publicAt: '2026-11-19T02:00:00.000Z', backAt: null },
        ],
      },
      policy: { window: '30d' },
      approvals: [approval('2026-09-30T02:00:00.000Z')],
      expect: 'fail MADE_PUBLIC',
    },
    {
      when: 'tonight nobody said, and a reading had it public',
      facts: { organization: 'acme', name: 'api', watchedSince, flips: [{ publicAt, backAt: null }] },
      expect: 'fail MADE_PUBLIC',
    },
    { when: 'it is the first run', facts: { ...closed, watchedSince: null }, expect: 'unknown FIRST_RUN_NO_BASELINE' },
    { when: 'Docker Hub did not say', facts: { ...closed, isPrivate: null }, expect: 'unknown FIELD_NOT_EXPOSED' },
    {
      when: 'nobody looked into the past',
      facts: { organization: 'acme', name: 'api', isPrivate: true },
      expect: 'unknown FIELD_NOT_EXPOSED',
    },
  ]);
});
