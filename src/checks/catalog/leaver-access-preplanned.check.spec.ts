import { describe } from 'vitest';
import {
  ambiguous,
  anAccount,
  declared,
  doubtfulEmployments,
  employed,
  ended,
  linkedTo,
  named,
  notStarted,
  unlinked,
  without,
} from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { Approval } from '../check.js';
import type { HolderFacts } from '../facts.js';
import type { DutyFacts, LeavingFacts } from '../privilege-facts.js';
import { leaverAccessPreplanned } from './leaver-access-preplanned.check.js';

const soon: LeavingFacts = {
  lastDay: '2026-11-27',
  endsAt: '2026-11-27T23:00:00.000Z',
  handoverBy: '2026-11-26T23:00:00.000Z',
  clockFrom: '2026-11-25T23:00:00.000Z',
};
const none: DutyFacts = { callers: [], serviceAccounts: [], tokens: [], exceptions: [] };
const token = { id: 't1', label: 'ci-push', creator: '0ab7', isActive: true };

function leaver(overrides: Partial<HolderFacts> = {}, duties: Partial<DutyFacts> = {}): HolderFacts {
  return anAccount({ vocabulary: {}, leaving: soon, duties: { ...none, ...duties }, ...overrides });
}

function approval(reason: string): Approval {
  return {
    id: '7',
    reason,
    requestedBy: 'ops',
    approvedBy: 'security',
    approvedAt: '2026-11-20T00:00:00.000Z',
    expiresAt: '2027-02-01T00:00:00.000Z',
  };
}

describe('leaver-access-preplanned', () => {
  judgeCases(leaverAccessPreplanned, [
    {
      when: 'an owner leaves soon',
      facts: leaver({ role: 'Owner' }),
      expect: 'fail HANDOVER_MISSING',
      says: /leaves after 2026-11-27, is owner as jdoe99 and no hand-over|leaves after 2026-11-27, is owner as jdoe99, and/,
      verdict: { dueFrom: soon.clockFrom },
    },
    { when: 'an editor does', facts: leaver({ teamRoles: ['Editor'] }), expect: 'fail HANDOVER_MISSING' },
    {
      when: 'they answer for a machine',
      facts: leaver(
        {},
        {
          serviceAccounts: [
            { name: 'acme-ci', owner: 'E-1042' },
            { name: 'x', owner: 'E-7' },
          ],
        },
      ),
      expect: 'fail HANDOVER_MISSING',
      says: /acme-ci/,
      verdict: { facts: { serviceAccounts: ['acme-ci'] } },
    },
    {
      when: 'they created a token that works',
      facts: leaver({}, { tokens: [token] }),
      expect: 'fail HANDOVER_MISSING',
      verdict: { facts: { tokens: ['t1'] } },
    },
    {
      when: 'an owner leaves and the tokens were not read',
      facts: { ...leaver({ role: 'Owner' }), duties: without(none, 'tokens') },
      expect: 'fail HANDOVER_MISSING',
    },
    {
      when: 'something else was approved',
      facts: leaver({ role: 'Owner' }),
      approvals: [approval('handoverless')],
      expect: 'fail HANDOVER_MISSING',
    },
    ...['handover', 'Handover: to E-7', ' hand-over :x'].map((reason) => ({
      when: `a hand-over was approved as "${reason}"`,
      facts: leaver({ role: 'Owner' }),
      approvals: [approval('misc'), approval(reason)],
      expect: 'pass HANDOVER_RECORDED' as const,
    })),
    { when: 'an ordinary member leaves soon', facts: leaver(), expect: 'pass NOTHING_TO_HAND_OVER' },
    {
      when: 'the token was somebody else’s, and theirs is off',
      facts: leaver(
        {},
        {
          tokens: [
            { ...token, creator: 'ffff' },
            { ...token, isActive: false },
          ],
        },
      ),
      expect: 'pass NOTHING_TO_HAND_OVER',
    },
    {
      when: 'nobody said whose a token is',
      facts: leaver({}, { tokens: [without(token, 'creator')] }),
      expect: 'unknown FIELD_NOT_EXPOSED',
    },
    {
      when: 'nobody said whether it works',
      facts: leaver({}, { tokens: [without(token, 'isActive')] }),
      expect: 'unknown FIELD_NOT_EXPOSED',
    },
    { when: 'nobody said what is theirs', facts: without(leaver(), 'duties'), expect: 'unknown FIELD_NOT_EXPOSED' },
    { when: 'nobody said the role', facts: without(leaver(), 'role'), expect: 'unknown FIELD_NOT_EXPOSED' },
    {
      when: 'nobody said whether they leave',
      facts: without(leaver(), 'leaving'),
      expect: 'unknown FIELD_NOT_EXPOSED',
    },
    {
      when: 'the tokens were not read',
      facts: { ...leaver(), duties: without(none, 'tokens') },
      expect: 'unknown CAPABILITY_MISSING',
    },
    { when: 'a custom role was never ranked', facts: leaver({ role: 'wizard' }), expect: 'unknown ROLE_UNKNOWN' },
    {
      when: 'they leave later',
      facts: leaver({ role: 'Owner' }),
      policy: { noticeDays: 6 },
      expect: 'not_applicable NOT_LEAVING',
    },
    {
      when: 'they stay',
      facts: leaver({ role: 'Owner', leaving: null, identity: linkedTo(named({ employment: employed })) }),
      expect: 'not_applicable NOT_LEAVING',
    },
    {
      when: 'they have not started',
      facts: leaver({ identity: linkedTo(named({ employment: notStarted })) }),
      expect: 'not_applicable NOT_STARTED',
    },
    {
      when: 'they have left',
      facts: leaver({ role: 'Owner', identity: linkedTo(named({ employment: ended })) }),
      expect: 'not_applicable OFFBOARDED',
    },
    { when: 'it is a machine', facts: leaver({ identity: declared() }), expect: 'not_applicable SERVICE_ACCOUNT' },
    ...doubtfulEmployments.map((employment) => ({
      when: `HR leaves the employment open: ${employment.reason}`,
      facts: leaver({ identity: linkedTo(named({ employment })) }),
      expect: `unknown ${employment.reason}` as const,
    })),
    ...[unlinked, ambiguous].map((identity) => ({
      when: `the account is ${identity.state}`,
      facts: leaver({ identity }),
      expect: 'unknown IDENTITY_UNLINKED' as const,
    })),
    {
      when: 'it is gone',
      facts: leaver({ presence: 'gone', removalConfirmed: true }),
      expect: 'not_applicable ACCESS_GONE',
    },
    { when: 'it may be gone', facts: leaver({ presence: 'gone' }), expect: 'unknown REMOVAL_UNCONFIRMED' },
  ]);
});
