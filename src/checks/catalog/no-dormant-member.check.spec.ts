import { describe } from 'vitest';
import {
  anAccount,
  declared,
  ended,
  linkedTo,
  named,
  now,
  unlinked,
  without,
} from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { HolderFacts } from '../facts.js';
import { noDormantMember } from './no-dormant-member.check.js';

/** As Docker Hub writes an instant so many days before the clock. */
const ago = (days: number): string => new Date(Date.parse(now) - days * 86_400_000).toISOString().replace('Z', '000Z');

function idle(days: number | null, overrides: Partial<HolderFacts> = {}): HolderFacts {
  return anAccount({
    vocabulary: {},
    lastSeenAt: days === null ? null : ago(days),
    lastLoggedInAt: null,
    joinedAt: ago(700),
    watched: { since: ago(30), fromTheStart: true },
    ...overrides,
  });
}

describe('no-dormant-member', () => {
  judgeCases(noDormantMember, [
    { when: 'the person was seen yesterday', facts: idle(1), expect: 'pass ACTIVE' },
    { when: 'a plain member was seen 90 days ago', facts: idle(90), expect: 'pass ACTIVE' },
    {
      when: 'a plain member was seen 91 days ago',
      facts: idle(91),
      expect: 'fail DORMANT',
      says: /^jdoe99 was last active on 2026-08-22, more than 90d ago\.$/,
      verdict: { facts: { lastActiveAt: ago(91), maxIdle: '90d', joinedAt: ago(700) } },
    },
    {
      when: 'whoever was not seen lately has logged in',
      facts: idle(200, { lastLoggedInAt: ago(80) }),
      expect: 'pass ACTIVE',
    },
    { when: 'an owner was seen 46 days ago', facts: idle(46, { role: 'Owner' }), expect: 'fail DORMANT', says: /45d/ },
    { when: 'an editor through a team was', facts: idle(46, { teamRoles: ['Editor'] }), expect: 'fail DORMANT' },
    { when: 'an owner was seen 45 days ago', facts: idle(45, { role: 'Owner' }), expect: 'pass ACTIVE' },
    { when: 'the policy allows less', facts: idle(31), policy: { maxIdle: '30d' }, expect: 'fail DORMANT' },
    { when: 'nobody knows whose the account is', facts: idle(91, { identity: unlinked }), expect: 'fail DORMANT' },
    { when: 'it was never active since it joined', facts: idle(null), expect: 'fail NEVER_ACTIVE' },
    {
      when: 'it was never active, and is watched for long enough',
      facts: without(idle(null, { watched: { since: ago(91), fromTheStart: true } }), 'joinedAt'),
      expect: 'fail NEVER_ACTIVE',
    },
    {
      when: 'Docker Hub says that it joined lately, and it was watched for longer',
      facts: idle(100, { joinedAt: ago(20), watched: { since: ago(91), fromTheStart: true } }),
      expect: 'fail DORMANT',
    },
    {
      when: 'it joined 20 days ago',
      facts: idle(null, { joinedAt: ago(20) }),
      expect: 'not_applicable JOINED_RECENTLY',
      says: /joined on 2026-11-01 only/,
    },
    {
      when: 'an old account was seen to join 20 days ago',
      facts: idle(null, { watched: { since: ago(20), fromTheStart: false } }),
      expect: 'not_applicable JOINED_RECENTLY',
      says: /is a member since 2026-11-01 only/,
    },
    {
      when: 'an editor joined 60 days ago',
      facts: idle(null, { role: 'Editor', joinedAt: ago(60) }),
      expect: 'fail NEVER_ACTIVE',
    },
    {
      when: 'nobody knows when it joined',
      facts: without(idle(null), 'joinedAt'),
      expect: 'unknown FIELD_NOT_EXPOSED',
      says: /did not send when it joined/,
    },
    {
      when: 'nobody knows when it joined, and it was active long ago',
      facts: without(idle(91), 'joinedAt'),
      expect: 'unknown FIELD_NOT_EXPOSED',
    },
    {
      when: 'nobody knows since when it is there',
      facts: without(idle(91), 'watched'),
      expect: 'unknown HISTORY_UNKNOWN',
    },
    {
      when: 'Insights is off',
      facts: without(idle(null), 'lastSeenAt', 'lastLoggedInAt'),
      expect: 'unknown FIELD_NOT_EXPOSED',
      says: /did not send when it was last seen and when it last logged in of jdoe99, which it shows with Insights only/,
    },
    {
      when: 'one of the two is hidden and the other one old',
      facts: without(idle(91), 'lastLoggedInAt'),
      expect: 'unknown FIELD_NOT_EXPOSED',
      says: /did not send when it last logged in of/,
    },
    {
      when: 'one of the two is hidden and the other one new',
      facts: without(idle(1), 'lastLoggedInAt'),
      expect: 'pass ACTIVE',
    },
    {
      when: 'the role is hidden and decides',
      facts: without(idle(60), 'teams'),
      expect: 'unknown FIELD_NOT_EXPOSED',
      says: /How long jdoe99 may be idle is not known/,
    },
    { when: 'the role is hidden and does not', facts: without(idle(91), 'teams'), expect: 'fail DORMANT' },
    { when: 'nobody ranked the role', facts: idle(60, { role: 'wizard' }), expect: 'unknown ROLE_UNKNOWN' },
    {
      when: 'the last activity is no instant',
      facts: idle(91, { lastLoggedInAt: 'a while ago' }),
      expect: 'unknown UNRECOGNISED_VALUE',
    },
    {
      when: 'the last activity has not come yet',
      facts: idle(91, { lastLoggedInAt: ago(-400) }),
      expect: 'unknown UNRECOGNISED_VALUE',
    },
    {
      when: 'the day on which it joined is none',
      facts: idle(null, { joinedAt: 'early on' }),
      expect: 'unknown UNRECOGNISED_VALUE',
    },
    {
      when: 'the person is on leave',
      facts: idle(200, { identity: linkedTo(named({ onLeave: true })) }),
      expect: 'not_applicable ON_LEAVE',
    },
    {
      when: 'the person is on leave, and the policy does not care',
      facts: idle(200, { identity: linkedTo(named({ onLeave: true })) }),
      policy: { exceptOnLeave: false },
      expect: 'fail DORMANT',
    },
    {
      when: 'the person has left',
      facts: idle(200, { identity: linkedTo(named({ employment: ended })) }),
      expect: 'not_applicable OFFBOARDED',
    },
    {
      when: 'it is a service account',
      facts: idle(200, { identity: declared() }),
      expect: 'not_applicable SERVICE_ACCOUNT',
    },
    { when: 'one listing lacks it', facts: idle(200, { presence: 'gone' }), expect: 'unknown REMOVAL_UNCONFIRMED' },
    {
      when: 'it is gone for good',
      facts: idle(200, { presence: 'gone', removalConfirmed: true }),
      expect: 'not_applicable ACCESS_GONE',
    },
  ]);
});
