import { describe } from 'vitest';
import {
  ambiguous,
  anAccount,
  anInvite,
  declared,
  doubtfulEmployments,
  ended,
  linkedTo,
  named,
  notStarted,
  unlinked,
} from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { HolderFacts } from '../facts.js';
import { noReturnOfLeaver } from './no-return-of-leaver.check.js';

const comeback = { goneAt: '2026-11-20T02:00:00.000Z', backAt: '2026-11-21T02:00:00.000Z' };
const left = { identity: linkedTo(named({ employment: ended })) };
const leaver = (overrides: Partial<HolderFacts> = {}): HolderFacts => anAccount({ ...left, ...overrides });

describe('no-return-of-leaver', () => {
  judgeCases(noReturnOfLeaver, [
    {
      when: 'the account of a leaver is there again',
      facts: leaver({ comeback }),
      expect: 'fail CAME_BACK',
      says: /has left \(last working day 2026-11-19\); the access was gone by 2026-11-20 02:00 UTC, and jdoe99 is there since 2026-11-21 02:00 UTC\.$/,
      verdict: { dueFrom: comeback.backAt, facts: { person: 'E-1042', ...comeback } },
    },
    {
      when: 'a leaver is invited again',
      facts: anInvite({ ...left, comeback }),
      expect: 'fail CAME_BACK',
      says: /the invite for jane\.doe@acme\.example is there since/,
    },
    { when: 'the leaver was hired again', facts: anAccount({ comeback }), expect: 'pass EMPLOYED' },
    { when: 'the person is employed', facts: anInvite(), expect: 'pass EMPLOYED' },
    { when: 'the access was never gone', facts: leaver({ comeback: null }), expect: 'not_applicable NEVER_GONE' },
    { when: 'nobody knows whether it was gone', facts: leaver(), expect: 'unknown HISTORY_UNKNOWN' },
    {
      when: 'the person has not started',
      facts: leaver({ comeback, identity: linkedTo(named({ employment: notStarted })) }),
      expect: 'not_applicable NOT_STARTED',
    },
    {
      when: 'it is a service account',
      facts: leaver({ comeback, identity: declared() }),
      expect: 'not_applicable SERVICE_ACCOUNT',
    },
    { when: 'nobody matches', facts: leaver({ comeback, identity: unlinked }), expect: 'unknown IDENTITY_UNLINKED' },
    { when: 'two people match', facts: leaver({ comeback, identity: ambiguous }), expect: 'unknown IDENTITY_UNLINKED' },
    { when: 'one listing lacks it', facts: leaver({ presence: 'gone' }), expect: 'unknown REMOVAL_UNCONFIRMED' },
    {
      when: 'it is gone for good',
      facts: leaver({ presence: 'gone', removalConfirmed: true }),
      expect: 'not_applicable ACCESS_GONE',
    },
    {
      when: 'the person has left and comes back later, and the access is there',
      facts: anAccount({
        identity: linkedTo(
          named({ employment: { state: 'not_started', firstDay: '2026-12-01', lastDay: '2026-11-01' } }),
        ),
      }),
      expect: 'unknown BETWEEN_SPELLS',
    },
    ...doubtfulEmployments.map((employment) => ({
      when: `HR's word is open: ${employment.reason}`,
      facts: leaver({ comeback, identity: linkedTo(named({ employment })) }),
      expect: `unknown ${employment.reason}` as const,
    })),
  ]);
});
