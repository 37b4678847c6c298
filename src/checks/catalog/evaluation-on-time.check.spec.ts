import { anOrganization, now } from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { ScheduleFacts } from '../facts.js';
import { evaluationOnTime } from './evaluation-on-time.check.js';

function facts(schedule: Partial<ScheduleFacts>) {
  return anOrganization({
    schedule: { previousEndedAt: '2026-11-20T02:03:00.000Z', missed: [], missedCount: 0, slot: now, ...schedule },
  });
}

const nights = [12, 13, 14, 15, 16].map((day) => `2026-11-${day}T02:00:00.000Z`);

judgeCases(evaluationOnTime, [
  { when: 'the slot is now', facts: facts({}), expect: 'pass ON_TIME', says: /due at 2026-11-21 02:00 UTC took place/ },
  {
    when: 'none came due',
    facts: facts({ slot: null }),
    expect: 'pass ON_TIME',
    says: /^No evaluation of acme came due/,
  },
  { when: 'it is as late as it may be', facts: facts({ slot: '2026-11-20T00:00:00.000Z' }), expect: 'pass ON_TIME' },
  {
    when: 'it is later',
    facts: facts({ slot: '2026-11-19T23:59:59.000Z' }),
    expect: 'fail EVALUATION_LATE',
    says: /due at 2026-11-19 23:59 UTC began at 2026-11-21 02:00 UTC; it may be 26h late\.$/,
    verdict: { facts: { slot: '2026-11-19T23:59:59.000Z', maxDelay: '26h' } },
  },
  {
    when: 'it is later than a shorter delay',
    facts: facts({ slot: '2026-11-21T00:59:00.000Z' }),
    policy: { maxDelay: ' 1h ' },
    expect: 'fail EVALUATION_LATE',
    says: /may be 1h late\.$/,
  },
  {
    when: 'one night is missing',
    facts: facts({ missed: nights.slice(0, 1), missedCount: 1 }),
    expect: 'fail NIGHTS_MISSING',
    says: /^Since the evaluation of acme that ended at 2026-11-20 02:03 UTC, 1 scheduled evaluation did not take place: 2026-11-12 02:00 UTC\.$/,
    verdict: { facts: { missed: nights.slice(0, 1), missedCount: 1 } },
  },
  {
    when: 'more are missing than it can name',
    facts: facts({ missed: nights, missedCount: 120 }),
    expect: 'fail NIGHTS_MISSING',
    says: /120 scheduled evaluations .*: 2026-11-12 02:00 UTC, 2026-11-13 02:00 UTC, 2026-11-14 02:00 UTC and 117 more\.$/,
  },
  {
    when: 'nights are missing and this one is late',
    facts: facts({ missed: nights, missedCount: 5, slot: '2026-11-19T02:00:00.000Z' }),
    expect: 'fail NIGHTS_MISSING',
  },
  { when: 'there was none before', facts: facts({ previousEndedAt: null }), expect: 'pass FIRST_EVALUATION' },
  { when: 'nobody said', facts: anOrganization(), expect: 'unknown NOT_OBSERVABLE' },
  {
    when: 'the slot is no instant',
    facts: facts({ slot: 'tonight' }),
    expect: 'unknown NOT_OBSERVABLE',
    says: /"tonight"/,
  },
]);
