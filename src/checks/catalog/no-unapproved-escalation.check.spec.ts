import { describe } from 'vitest';
import { anAccount, declared, unlinked, without } from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { Approval } from '../check.js';
import type { RoleHistory, RoleState } from '../privilege-facts.js';
import { noUnapprovedEscalation } from './no-unapproved-escalation.check.js';

const night = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`;

function held(day: number, role: string | undefined, overrides: Partial<RoleState> = {}): RoleState {
  return { at: night(day), whole: true, ...(role !== undefined && { role }), teams: [], teamRoles: [], ...overrides };
}
function history(...before: RoleState[]): RoleHistory {
  return { since: night(1), before };
}
const rose = history(held(17, 'Member'), held(18, 'Owner'));
const owner = { role: 'Owner', teams: ['owners'], vocabulary: { 'build-lead': 'editor' } } as const;

function approvedAt(instant: string): Approval {
  return {
    id: '7',
    reason: 'new head of platform',
    requestedBy: 'ops',
    approvedBy: 'security',
    approvedAt: instant,
    expiresAt: '2027-02-01T00:00:00.000Z',
  };
}

const granted = { at: '2026-11-19T11:00:00.000Z', role: 'Owner', actor: 'mallory', event: '31' };

describe('no-unapproved-escalation', () => {
  judgeCases(noUnapprovedEscalation, [
    { when: 'nothing began', facts: anAccount({ ...owner, roleHistory: history() }), expect: 'pass NO_RISE' },
    {
      when: 'the role fell',
      facts: anAccount({ role: 'Member', vocabulary: {}, roleHistory: history(held(17, 'Owner'), held(18, 'Member')) }),
      expect: 'pass NO_RISE',
    },
    {
      when: 'an unranked custom role became the lowest',
      facts: anAccount({ role: 'Member', vocabulary: {}, roleHistory: history(held(17, 'wizard')) }),
      expect: 'pass NO_RISE',
    },
    {
      when: 'an incomplete reading showed less',
      facts: anAccount({ ...owner, roleHistory: history(held(17, 'Member', { whole: false }), held(18, 'Owner')) }),
      expect: 'pass NO_RISE',
    },
    {
      when: 'the rise is older than the window',
      facts: anAccount({ ...owner, roleHistory: rose }),
      policy: { window: '2d' },
      expect: 'pass NO_RISE',
    },
    {
      when: 'the role rose',
      facts: anAccount({ ...owner, roleHistory: rose }),
      expect: 'fail ROLE_ROSE',
      says: /rose from member to owner.* at 2026-11-18 02:00 UTC/,
      verdict: { dueFrom: night(18), facts: { roseAt: night(18), lowerUntil: night(17) } },
    },
    {
      when: 'tonight is the first to show it',
      facts: anAccount({ ...owner, roleHistory: history(held(20, 'Member')) }),
      expect: 'fail ROLE_ROSE',
      verdict: { dueFrom: night(21) },
    },
    {
      when: 'an incomplete reading was the first to show it',
      facts: anAccount({
        ...owner,
        roleHistory: history(held(17, 'Member'), held(18, 'Owner', { whole: false }), held(19, 'Owner')),
      }),
      expect: 'fail ROLE_ROSE',
      verdict: { dueFrom: night(18) },
    },
    {
      when: 'it was away and came back as more',
      facts: anAccount({ ...owner, roleHistory: history(held(3, 'Editor'), held(18, 'Owner')) }),
      expect: 'fail ROLE_ROSE',
      says: /from editor to owner/,
    },
    {
      when: 'a team brought it',
      facts: anAccount({
        role: 'Member',
        teams: ['release'],
        teamRoles: ['build-lead'],
        vocabulary: { 'build-lead': 'editor' },
        roleHistory: history(held(17, 'Member')),
      }),
      expect: 'fail ROLE_ROSE',
    },
    {
      when: 'the account is a machine or nobody’s',
      facts: anAccount({ ...owner, identity: declared(), roleHistory: rose }),
      expect: 'fail ROLE_ROSE',
    },
    {
      when: 'nobody is behind it',
      facts: anAccount({ ...owner, identity: unlinked, roleHistory: rose }),
      expect: 'fail ROLE_ROSE',
    },
    {
      when: 'tonight is incomplete and shows it all the same',
      facts: without(anAccount({ ...owner, roleHistory: history(held(20, 'Member')) }), 'teams', 'teamRoles'),
      expect: 'fail ROLE_ROSE',
    },
    {
      when: 'it was approved in time',
      facts: anAccount({ ...owner, roleHistory: rose }),
      approvals: [approvedAt('2026-11-20T23:00:00.000Z')],
      expect: 'pass CHANGE_APPROVED',
      verdict: { facts: { approval: '7', requestedBy: 'ops', approvedBy: 'security' } },
    },
    {
      when: 'it was approved beforehand',
      facts: anAccount({ ...owner, roleHistory: rose }),
      approvals: [approvedAt('2026-11-10T00:00:00.000Z')],
      expect: 'pass CHANGE_APPROVED',
    },
    {
      when: 'it was approved too late',
      facts: anAccount({ ...owner, roleHistory: rose }),
      approvals: [approvedAt('2026-11-21T02:00:00.001Z')],
      expect: 'fail ROLE_ROSE',
    },
    {
      when: 'only the step before was approved',
      facts: anAccount({
        ...owner,
        roleHistory: history(held(4, 'Member'), held(5, 'Editor'), held(17, 'Editor'), held(18, 'Owner')),
      }),
      approvals: [approvedAt('2026-11-06T00:00:00.000Z')],
      expect: 'fail ROLE_ROSE',
    },
    {
      when: 'both steps were',
      facts: anAccount({
        ...owner,
        roleHistory: history(held(4, 'Member'), held(5, 'Editor'), held(17, 'Editor'), held(18, 'Owner')),
      }),
      approvals: [approvedAt('2026-11-18T12:00:00.000Z'), approvedAt('2026-11-06T00:00:00.000Z')],
      expect: 'pass CHANGE_APPROVED',
    },
    {
      when: 'the audit log says when, and the approval came within three days of that',
      facts: anAccount({
        ...owner,
        roleHistory: { ...rose, granted: [{ ...granted, at: '2026-11-17T09:30:00.000Z' }] },
      }),
      expect: 'fail ROLE_ROSE',
      verdict: { dueFrom: '2026-11-17T09:30:00.000Z' },
    },
    {
      when: 'the audit log shows a role that no reading saw',
      facts: anAccount({ role: 'Member', vocabulary: {}, roleHistory: { ...history(), granted: [granted] } }),
      expect: 'fail ROSE_AND_FELL',
      says: /was made Owner at 2026-11-19 11:00 UTC/,
    },
    {
      when: 'that was approved',
      facts: anAccount({ role: 'Member', vocabulary: {}, roleHistory: { ...history(), granted: [granted] } }),
      approvals: [approvedAt('2026-11-19T10:00:00.000Z')],
      expect: 'pass CHANGE_APPROVED',
    },
    {
      when: 'a rise that shows was approved, and a higher one that no reading saw was not',
      facts: anAccount({
        role: 'Editor',
        vocabulary: {},
        roleHistory: { ...history(held(9, 'Member'), held(10, 'Editor')), granted: [granted] },
      }),
      approvals: [approvedAt('2026-11-10T12:00:00.000Z')],
      expect: 'fail ROSE_AND_FELL',
    },
    {
      when: 'two were not seen by any reading, and only the last was approved',
      facts: anAccount({
        role: 'Member',
        vocabulary: {},
        roleHistory: { ...history(), granted: [{ ...granted, at: '2026-11-10T11:00:00.000Z', event: '30' }, granted] },
      }),
      approvals: [approvedAt('2026-11-19T12:00:00.000Z')],
      expect: 'fail ROSE_AND_FELL',
      verdict: { facts: { event: '30' } },
    },
    {
      when: 'the approval of one that no reading saw was for a rise that showed',
      facts: anAccount({
        role: 'Editor',
        vocabulary: {},
        roleHistory: { ...history(held(4, 'Member'), held(5, 'Editor')), granted: [granted] },
      }),
      approvals: [approvedAt('2026-11-05T12:00:00.000Z')],
      expect: 'fail ROSE_AND_FELL',
    },
    {
      when: 'the approval was for one that no reading saw, long before',
      facts: anAccount({
        role: 'Editor',
        vocabulary: {},
        roleHistory: {
          ...history(held(17, 'Member'), held(18, 'Editor')),
          granted: [{ ...granted, at: '2026-11-05T12:00:00.000Z' }],
        },
      }),
      approvals: [approvedAt('2026-11-05T11:00:00.000Z')],
      expect: 'fail ROLE_ROSE',
    },
    {
      when: 'the approval was for a step before the window',
      facts: anAccount({
        ...owner,
        roleHistory: {
          ...history(held(17, 'Member'), held(18, 'Owner')),
          older: [held(4, 'Member'), held(5, 'Owner'), held(8, 'Owner')],
        },
      }),
      policy: { window: '5d' },
      approvals: [approvedAt('2026-11-05T12:00:00.000Z')],
      expect: 'fail ROLE_ROSE',
    },
    {
      when: 'the rise was approved, and a role beside it is one that nobody ranked',
      facts: anAccount({
        role: 'Editor',
        teams: ['release'],
        teamRoles: ['wizard'],
        vocabulary: {},
        roleHistory: history(held(17, 'Member'), held(18, 'Editor')),
      }),
      approvals: [approvedAt('2026-11-18T12:00:00.000Z')],
      expect: 'unknown ROLE_UNKNOWN',
    },
    {
      when: 'that is older than the window',
      facts: anAccount({ role: 'Member', vocabulary: {}, roleHistory: { ...history(), granted: [granted] } }),
      policy: { window: '1d' },
      expect: 'pass NO_RISE',
    },
    {
      when: 'there is nothing to compare with',
      facts: anAccount({ ...owner, roleHistory: { since: null, before: [] } }),
      expect: 'unknown FIRST_RUN_NO_BASELINE',
    },
    { when: 'nobody looked', facts: anAccount(owner), expect: 'unknown FIELD_NOT_EXPOSED' },
    {
      when: 'Docker Hub does not say the role tonight',
      facts: without(anAccount({ vocabulary: {}, roleHistory: history(held(17, 'Member')) }), 'role'),
      expect: 'unknown FIELD_NOT_EXPOSED',
    },
    {
      when: 'the role before was never ranked',
      facts: anAccount({ ...owner, roleHistory: history(held(17, 'wizard'), held(18, 'Owner')) }),
      expect: 'unknown ROLE_UNKNOWN',
      says: /What jdoe99 held before/,
    },
    {
      when: 'a role that nobody ranked lies between two that somebody did',
      facts: anAccount({ ...owner, roleHistory: history(held(12, 'Owner'), held(17, 'wizard'), held(18, 'Owner')) }),
      expect: 'unknown ROLE_UNKNOWN',
    },
    {
      when: 'one reading did not say the role, and the one before showed the same',
      facts: anAccount({ ...owner, roleHistory: history(held(12, 'Owner'), held(17, undefined), held(18, 'Owner')) }),
      expect: 'pass NO_RISE',
    },
    {
      when: 'no earlier reading said the role',
      facts: anAccount({ ...owner, roleHistory: history(held(17, undefined), held(18, 'Owner')) }),
      expect: 'unknown FIELD_NOT_EXPOSED',
    },
    {
      when: 'it is gone',
      facts: anAccount({ presence: 'gone', removalConfirmed: true, roleHistory: rose }),
      expect: 'not_applicable ACCESS_GONE',
    },
    {
      when: 'it may be gone',
      facts: anAccount({ presence: 'gone', roleHistory: rose }),
      expect: 'unknown REMOVAL_UNCONFIRMED',
    },
  ]);
});
