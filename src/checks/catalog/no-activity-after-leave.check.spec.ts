import { describe } from 'vitest';
import { aPerson, doubtfulEmployments, employed, ended } from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { LeaverActivityFacts } from '../activity-facts.js';
import { noActivityAfterLeave } from './no-activity-after-leave.check.js';

const example = {
  id: '7',
  at: '2026-11-20T09:00:00.000Z',
  action: 'repo.tag.push',
  actor: 'jdoe99',
  token: 'laptop',
  name: 'acme/api',
  data: {},
};
const activity = {
  events: 3,
  firstAt: '2026-11-20T09:00:00.000Z',
  lastAt: '2026-11-20T10:30:00.000Z',
  examples: [example],
};

function leaver(overrides: Partial<LeaverActivityFacts> = {}): LeaverActivityFacts {
  return {
    organization: 'acme',
    kind: 'account',
    name: 'jdoe99',
    person: aPerson({ employment: ended }),
    acts: true,
    activity: null,
    archive: { coveredSince: '2026-10-22T02:00:00.000Z' },
    ...overrides,
  };
}

describe('no-activity-after-leave', () => {
  judgeCases(noActivityAfterLeave, [
    { when: 'the archive has every event since, and none is theirs', facts: leaver(), expect: 'pass NO_ACTIVITY' },
    {
      when: 'they did something afterwards',
      facts: leaver({ activity }),
      expect: 'fail ACTIVE_AFTER_LEAVE',
      says: /Jane Doe \(E-1042\) has left .* jdoe99 did 3 things .* the last at 2026-11-20 10:30 UTC/,
      verdict: {
        dueFrom: '2026-11-20T09:00:00.000Z',
        facts: { examples: [{ at: example.at, action: 'repo.tag.push', object: 'acme/api', token: 'laptop' }] },
      },
    },
    {
      when: 'they did something, and the archive has gaps',
      facts: leaver({ activity, archive: { coveredSince: null } }),
      expect: 'fail ACTIVE_AFTER_LEAVE',
    },
    {
      when: 'HR gave no date for the leave',
      facts: leaver({ activity, person: aPerson({ employment: { ...ended, inferred: true } }) }),
      expect: 'fail ACTIVE_AFTER_LEAVE',
      says: /HR gave no date for the leave, so ask whether it is right/,
    },
    {
      when: 'what they did is longer ago than the policy looks back',
      facts: leaver({ activity }),
      policy: { days: 1 },
      now: '2026-11-25T02:00:00.000Z',
      expect: 'pass NO_ACTIVITY',
    },
    {
      when: 'the archive begins after the leave',
      facts: leaver({ archive: { coveredSince: '2026-11-20T02:00:00.000Z' } }),
      expect: 'unknown AUDIT_GAP',
      says: /since 2026-11-20 02:00 UTC only/,
    },
    { when: 'nothing is archived', facts: leaver({ archive: { coveredSince: null } }), expect: 'unknown AUDIT_GAP' },
    {
      when: 'they left years ago, and the archive reaches back as far as the policy does',
      facts: leaver({
        person: aPerson({ employment: { ...ended, lastDay: '2020-01-01', endedAt: '2020-01-01T23:00:00.000Z' } }),
        archive: { coveredSince: '2025-11-21T02:00:00.000Z' },
      }),
      expect: 'pass NO_ACTIVITY',
    },
    {
      when: 'they left minutes ago',
      facts: leaver({
        person: aPerson({ employment: { ...ended, endedAt: '2026-11-21T01:55:00.000Z' } }),
        archive: { coveredSince: null },
      }),
      expect: 'pass NO_ACTIVITY',
    },
    ...doubtfulEmployments.map((employment) => ({
      when: `HR leaves it open: ${employment.reason}`,
      facts: leaver({ person: aPerson({ employment }) }),
      expect: `unknown ${employment.reason}` as const,
    })),
    {
      when: 'they have left and come back later',
      facts: leaver({
        person: aPerson({ employment: { state: 'not_started', firstDay: '2027-02-01', lastDay: '2026-11-19' } }),
      }),
      expect: 'unknown BETWEEN_SPELLS',
    },
    {
      when: 'an invite went to an address',
      facts: leaver({ kind: 'invite', name: 'jane.doe@acme.example', acts: false }),
      expect: 'not_applicable CANNOT_ACT',
    },
    {
      when: 'an invite went to a user who did something',
      facts: leaver({ kind: 'invite', activity }),
      expect: 'fail ACTIVE_AFTER_LEAVE',
    },
    {
      when: 'they work here',
      facts: leaver({ person: aPerson({ employment: employed }) }),
      expect: 'not_applicable EMPLOYED',
    },
  ]);
});
