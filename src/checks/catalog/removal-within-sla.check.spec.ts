import { describe } from 'vitest';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { RemovalFacts } from '../leaver-facts.js';
import { removalWithinSla } from './removal-within-sla.check.js';

const late: RemovalFacts = {
  organization: 'acme',
  kind: 'account',
  id: '0ab7',
  name: 'jdoe99',
  person: { id: 'E-1042', name: 'Jane Doe' },
  lastDay: '2026-11-12',
  leftAt: '2026-11-12T23:00:00.000Z',
  inferred: false,
  knownToHrAt: '2026-11-01T02:00:00.000Z',
  detectedAt: '2026-11-13T02:00:00.000Z',
  lastSeenAt: '2026-11-15T02:00:00.000Z',
  firstAbsentAt: '2026-11-16T02:00:00.000Z',
  confirmed: true,
  removedAt: null,
};
const between: RemovalFacts = {
  ...late,
  lastSeenAt: '2026-11-13T02:00:00.000Z',
  firstAbsentAt: '2026-11-14T02:00:00.000Z',
};
const early: RemovalFacts = {
  ...late,
  lastSeenAt: '2026-11-11T02:00:00.000Z',
  firstAbsentAt: '2026-11-12T02:00:00.000Z',
};
const there: RemovalFacts = { ...late, lastSeenAt: '2026-11-21T02:00:00.000Z', firstAbsentAt: null, confirmed: false };

describe('removal-within-sla', () => {
  judgeCases(removalWithinSla, [
    {
      when: 'a reading after the due time still had it',
      facts: late,
      expect: 'fail REMOVED_LATE',
      says: /still there at 2026-11-15/,
      verdict: { dueFrom: late.leftAt },
    },
    {
      when: 'only one reading lacks it, but it was late before',
      facts: { ...late, confirmed: false },
      expect: 'fail REMOVED_LATE',
    },
    {
      when: 'the audit log says that it was late',
      facts: { ...between, removedAt: '2026-11-13T23:00:00.001Z' },
      expect: 'fail REMOVED_LATE',
    },
    {
      when: 'the audit log says that it was in time',
      facts: { ...between, removedAt: '2026-11-13T23:00:00.000Z' },
      expect: 'pass REMOVED_IN_TIME',
    },
    { when: 'it was gone before the last day ended', facts: early, expect: 'pass REMOVED_IN_TIME' },
    { when: 'there was more time', facts: between, policy: { within: '3d' }, expect: 'pass REMOVED_IN_TIME' },
    {
      when: 'HR gave no date',
      facts: { ...early, lastDay: null, inferred: true },
      expect: 'pass REMOVED_IN_TIME',
      says: /left before 2026-11-12/,
    },
    {
      when: 'it is an invite',
      facts: { ...early, kind: 'invite', name: 'jane@acme.example' },
      expect: 'pass REMOVED_IN_TIME',
      says: /the invite for/,
    },
    {
      when: 'nobody saw when it went',
      facts: between,
      expect: 'unknown REMOVAL_UNOBSERVED',
      says: /between 2026-11-13 02:00 UTC and 2026-11-14 02:00 UTC/,
      verdict: { facts: { lastSeenAt: between.lastSeenAt, firstAbsentAt: between.firstAbsentAt } },
    },
    { when: 'one reading lacks it', facts: { ...early, confirmed: false }, expect: 'unknown REMOVAL_UNCONFIRMED' },
    { when: 'it is there and due', facts: there, expect: 'not_applicable JUDGED_BY' },
    {
      when: 'it is there, due, and nobody else says so',
      facts: there,
      enabled: ['removal-within-sla'],
      expect: 'fail STILL_THERE',
    },
    { when: 'it is there and not due', facts: there, policy: { within: '30d' }, expect: 'not_applicable NOT_DUE' },
    { when: 'it is long ago', facts: late, policy: { window: '4d' }, expect: 'not_applicable OUTSIDE_WINDOW' },
  ]);
});
