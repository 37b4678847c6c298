import { describe, expect, it } from 'vitest';
import { anOrganization } from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { AdminEvent, AuditArchiveFacts, BurstFacts } from '../audit-facts.js';
import type { Approval } from '../check.js';
import type { OrganizationFacts } from '../facts.js';
import { isAtWork } from '../working-hours.js';
import { suspiciousAdminEvents } from './suspicious-admin-events.check.js';

const archive: AuditArchiveFacts = {
  beginsAt: '2026-06-01T02:00:00.000Z',
  coveredSince: '2026-06-01T02:00:00.000Z',
  coveredUntil: '2026-11-21T02:00:00.000Z',
  holes: [],
  readableSince: '2026-10-22T02:00:00.000Z',
  gone: null,
};

/** A Thursday morning. */
const at = '2026-11-19T09:00:00.000Z';
const night = '2026-11-19T23:30:00.000Z';

function event(action: string, more: Partial<AdminEvent> = {}): AdminEvent {
  return { id: '41', at, action, actor: 'ninakraus', name: 'acme', ...more };
}
const madeOwner = event('org.member.role.change', { member: 'carlo', role: 'owner' });
const token = event('org.access_token.create', { at: night });

function organization(
  events: readonly AdminEvent[],
  bursts: readonly BurstFacts[] = [],
  more: Partial<OrganizationFacts> = {},
): OrganizationFacts {
  return anOrganization({
    vocabulary: { 'registry-auditor': 'member', root: 'owner' },
    auditArchive: archive,
    adminEvents: { events, bursts },
    ...more,
  });
}

function approval(reason: string, more: Partial<Approval> = {}): Approval {
  return {
    id: 'x-1',
    reason,
    requestedBy: 'ops',
    approvedBy: 'security',
    approvedAt: '2026-11-20T09:00:00.000Z',
    expiresAt: '2027-01-20T09:00:00.000Z',
    ...more,
  };
}

const burst: BurstFacts = { action: 'repo.tag.delete', from: at, most: 12, actors: ['dev'] };

describe('suspicious-admin-events', () => {
  judgeCases(suspiciousAdminEvents, [
    { when: 'nothing happened', facts: organization([]), expect: 'pass NOTHING_SUSPICIOUS' },
    {
      when: 'somebody became an owner',
      facts: organization([madeOwner]),
      expect: 'fail UNAPPROVED_EVENTS',
      says: /^ninakraus made carlo an owner at 2026-11-19 09:00 UTC, and nobody approved it\.$/,
      verdict: {
        dueFrom: at,
        facts: { count: 1, events: [{ id: '41', at, action: madeOwner.action, about: 'carlo', actor: 'ninakraus' }] },
      },
    },
    {
      when: 'somebody became one by a custom role, or by the team owners',
      facts: organization([
        event('org.member.role.change', { member: 'carlo', role: 'Root' }),
        event('org.team.member.add', { member: 'dora', role: 'owner', id: '42' }),
      ]),
      expect: 'fail UNAPPROVED_EVENTS',
      says: /There are 1 more such event/,
    },
    {
      when: 'the archive has a gap and one event all the same',
      facts: organization([madeOwner], [], { auditArchive: { ...archive, coveredSince: null } }),
      expect: 'fail UNAPPROVED_EVENTS',
    },
    {
      when: 'others got roles that are no owner’s',
      facts: organization([
        event('org.member.role.change', { member: 'carlo', role: 'editor' }),
        event('org.member.role.change', { member: 'carlo', role: 'registry-auditor' }),
        event('org.team.member.add', { member: 'dora' }),
      ]),
      expect: 'pass NOTHING_SUSPICIOUS',
    },
    {
      when: 'it was more than a week ago',
      facts: organization([{ ...madeOwner, at: '2026-11-13T09:00:00.000Z' }]),
      expect: 'pass NOTHING_SUSPICIOUS',
    },
    {
      when: 'the policy looks back further',
      facts: organization([{ ...madeOwner, at: '2026-11-13T09:00:00.000Z' }]),
      policy: { window: '30d' },
      expect: 'fail UNAPPROVED_EVENTS',
    },
    ...[
      event('org.domain.delete'),
      event('enterprise.sso.connection.delete'),
      event('enterprise.sso.connection.enforcement_toggle'),
      event('enterprise.sso.connection.enforcement_toggle', { on: false }),
      event('org.registry_access.disabled'),
      event('org.settings.update', { on: false }),
      token,
    ].map((one) => ({
      when: `${one.action}, on ${String(one.on)}, at ${one.at}`,
      facts: organization([one]),
      expect: 'fail UNAPPROVED_EVENTS' as const,
    })),
    ...[
      event('enterprise.sso.connection.enforcement_toggle', { on: true }),
      event('org.settings.update'),
      event('org.settings.update', { on: true }),
      event('org.access_token.create'),
      event('repo.create'),
    ].map((one) => ({
      when: `${one.action}, on ${String(one.on)}, at ${one.at}`,
      facts: organization([one]),
      expect: 'pass NOTHING_SUSPICIOUS' as const,
    })),
    {
      when: 'a token was made at night by somebody routine',
      facts: organization([token]),
      policy: { routine: ['NinaKraus'] },
      expect: 'pass NOTHING_SUSPICIOUS',
    },
    {
      when: 'a token was made at night by a routine token',
      facts: organization([{ ...token, token: 'terraform' }]),
      policy: { routine: ['terraform'] },
      expect: 'pass NOTHING_SUSPICIOUS',
    },
    {
      when: 'the night is a working day elsewhere',
      facts: organization([token]),
      policy: { timeZone: 'America/Los_Angeles' },
      expect: 'pass NOTHING_SUSPICIOUS',
    },
    {
      when: 'many tags went',
      facts: organization([], [burst]),
      expect: 'fail UNAPPROVED_EVENTS',
      says: /^dev removed 12 tags within an hour, beginning at/,
    },
    {
      when: 'many members went, by several',
      facts: organization([], [{ ...burst, action: 'org.member.remove', actors: ['a', 'b'] }]),
      expect: 'fail UNAPPROVED_EVENTS',
      says: /^2 users removed 12 members/,
    },
    {
      when: 'the policy leaves the classes out',
      facts: organization([madeOwner, token], [burst]),
      policy: { classes: ['single-sign-on'] },
      expect: 'pass NOTHING_SUSPICIOUS',
    },
    {
      when: 'it was approved by the id of the event',
      facts: organization([madeOwner]),
      approvals: [approval('Agreed: event 41.')],
      expect: 'pass CHANGE_APPROVED',
      verdict: { facts: { event: '41', at, approval: 'x-1', requestedBy: 'ops', approvedBy: 'security' } },
    },
    {
      when: 'it was approved by what it was and about whom, before it happened',
      facts: organization([madeOwner]),
      approvals: [
        approval('org.member.role.change of "Carlo", he leads sales ops', { approvedAt: '2026-11-01T09:00:00.000Z' }),
      ],
      expect: 'pass CHANGE_APPROVED',
    },
    {
      when: 'what was approved so happened before the window already',
      facts: organization([{ ...madeOwner, id: '12', at: '2026-11-01T10:00:00.000Z' }, madeOwner]),
      approvals: [approval('org.member.role.change of Carlo', { approvedAt: '2026-11-01T09:00:00.000Z' })],
      expect: 'fail UNAPPROVED_EVENTS',
      verdict: { facts: { count: 1 } },
    },
    {
      when: 'what was approved so went in bulk before the window already',
      facts: organization([], [{ ...burst, from: '2026-11-01T10:00:00.000Z' }, burst]),
      approvals: [approval('repo.tag.delete in bulk', { approvedAt: '2026-11-01T09:00:00.000Z' })],
      expect: 'fail UNAPPROVED_EVENTS',
      verdict: { facts: { count: 1 } },
    },
    {
      when: 'many at once were approved',
      facts: organization([], [burst]),
      approvals: [approval('repo.tag.delete in bulk: clean-up')],
      expect: 'pass CHANGE_APPROVED',
    },
    {
      when: 'the approval is about something else',
      facts: organization([madeOwner]),
      approvals: [approval('org.member.role.change of dora')],
      expect: 'fail UNAPPROVED_EVENTS',
    },
    {
      when: 'the approval names nothing',
      facts: organization([madeOwner]),
      approvals: [approval('fine')],
      expect: 'fail UNAPPROVED_EVENTS',
    },
    {
      when: 'the approval came more than 72 hours later',
      facts: organization([madeOwner]),
      approvals: [approval('event 41', { approvedAt: '2026-11-22T10:00:00.000Z' })],
      now: '2026-11-23T02:00:00.000Z',
      expect: 'fail UNAPPROVED_EVENTS',
    },
    {
      when: 'one of two was approved',
      facts: organization([madeOwner, { ...token, id: '42' }]),
      approvals: [approval('event 41')],
      expect: 'fail UNAPPROVED_EVENTS',
      says: /made an organization access token outside working hours/,
    },
    {
      when: 'both were approved',
      facts: organization([madeOwner, { ...token, id: '42' }]),
      approvals: [approval('event 41'), approval('event 42')],
      expect: 'pass CHANGE_APPROVED',
      says: /2 events of acme .* each/,
    },
    {
      when: 'Docker Hub does not say which role it was',
      facts: organization([event('org.member.role.change', { member: 'carlo' })]),
      expect: 'unknown FIELD_NOT_EXPOSED',
    },
    {
      when: 'Docker Hub does not say which settings were changed, or to what',
      facts: organization([event('org.settings.update', { unclear: true })]),
      expect: 'unknown FIELD_NOT_EXPOSED',
      says: /ninakraus changed settings/,
    },
    {
      when: 'nobody asks about settings',
      facts: organization([event('org.settings.update', { unclear: true })]),
      policy: { classes: ['owner'] },
      expect: 'pass NOTHING_SUSPICIOUS',
    },
    {
      when: 'the role is one that nobody ranked',
      facts: organization([event('org.member.role.change', { member: 'carlo', role: 'wizard' })]),
      expect: 'unknown ROLE_UNKNOWN',
    },
    {
      when: 'the archive begins within the week',
      facts: organization([], [], { auditArchive: { ...archive, coveredSince: '2026-11-18T02:00:00.000Z' } }),
      expect: 'unknown AUDIT_GAP',
    },
    { when: 'nobody looked', facts: anOrganization(), expect: 'unknown FIELD_NOT_EXPOSED' },
  ]);
});

describe('working hours', () => {
  it.each([
    ['2026-11-20T07:00:00.000Z', 'UTC', true],
    ['2026-11-20T06:59:59.000Z', 'UTC', false],
    ['2026-11-20T19:00:00.000Z', 'UTC', false],
    ['2026-11-20T18:30:00.000Z', 'Europe/Berlin', false],
    ['2026-11-21T10:00:00.000Z', 'UTC', false],
    ['2026-11-22T23:30:00.000Z', 'Asia/Tokyo', true],
  ])('%s in %s: %s', (instant, zone, expected) => {
    expect(isAtWork(instant, '07:00-19:00', zone)).toBe(expected);
  });

  it('has midnight at both ends', () => {
    expect(isAtWork('2026-11-20T00:00:00.000Z', '00:00-24:00', 'UTC')).toBe(true);
    expect(isAtWork('2026-11-20T23:59:00.000Z', '00:00-24:00', 'UTC')).toBe(true);
  });
});
