import { describe } from 'vitest';
import {
  ambiguous,
  anAccount,
  declared,
  doubtfulEmployments,
  ended,
  linkedTo,
  named,
  notStarted,
  unlinked,
} from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { Employment, HolderFacts } from '../facts.js';
import { noAccessBeforeStart } from './no-access-before-start.check.js';

/** Starts on 1 December in Berlin. */
function newcomer(overrides: Partial<HolderFacts> = {}, employment: Employment = notStarted): HolderFacts {
  return anAccount({
    identity: linkedTo(named({ employment })),
    startsAt: '2026-11-30T23:00:00.000Z',
    ...overrides,
  });
}

describe('no-access-before-start', () => {
  judgeCases(noAccessBeforeStart, [
    { when: 'the person is employed', facts: anAccount(), expect: 'pass STARTED' },
    {
      when: 'the first day is ten days ahead',
      facts: newcomer(),
      expect: 'fail TOO_EARLY',
      says: /^jdoe99 is a member already, and Jane Doe \(E-1042\) starts on 2026-12-01 only, more than 5d ahead\.$/,
    },
    {
      when: 'it is five days ahead to the minute',
      facts: newcomer(),
      now: '2026-11-25T23:00:00.000Z',
      expect: 'pass WITHIN_LEAD',
      says: /starts on 2026-12-01\.$/,
    },
    {
      when: 'it is a millisecond more',
      facts: newcomer(),
      now: '2026-11-25T22:59:59.999Z',
      expect: 'fail TOO_EARLY',
    },
    { when: 'the policy allows more', facts: newcomer(), policy: { lead: '30d' }, expect: 'pass WITHIN_LEAD' },
    {
      when: 'somebody who left comes back later and kept the account',
      facts: newcomer({}, { state: 'not_started', firstDay: '2026-12-01', lastDay: '2026-06-30' }),
      expect: 'fail TOO_EARLY',
    },
    {
      when: 'nobody knows when the first day begins',
      facts: newcomer({ startsAt: 'soon' }),
      expect: 'unknown START_UNKNOWN',
    },
    {
      when: 'nobody said when it begins',
      facts: anAccount({ identity: linkedTo(named({ employment: notStarted })) }),
      expect: 'unknown START_UNKNOWN',
    },
    {
      when: 'the person has left',
      facts: anAccount({ identity: linkedTo(named({ employment: ended })) }),
      expect: 'not_applicable OFFBOARDED',
    },
    {
      when: 'it is a service account',
      facts: anAccount({ identity: declared() }),
      expect: 'not_applicable SERVICE_ACCOUNT',
    },
    { when: 'nobody matches', facts: anAccount({ identity: unlinked }), expect: 'unknown IDENTITY_UNLINKED' },
    { when: 'two people match', facts: anAccount({ identity: ambiguous }), expect: 'unknown IDENTITY_UNLINKED' },
    { when: 'one listing lacks it', facts: newcomer({ presence: 'gone' }), expect: 'unknown REMOVAL_UNCONFIRMED' },
    {
      when: 'it is gone for good',
      facts: newcomer({ presence: 'gone', removalConfirmed: true }),
      expect: 'not_applicable ACCESS_GONE',
    },
    ...doubtfulEmployments.map((employment) => ({
      when: `HR's word is open: ${employment.reason}`,
      facts: newcomer({}, employment),
      expect: `unknown ${employment.reason}` as const,
    })),
  ]);
});
