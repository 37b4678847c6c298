import { aRoster } from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { RosterFacts } from '../facts.js';
import { hrRosterFresh } from './hr-roster-fresh.check.js';

function of(asOf: string, more: Partial<RosterFacts> = {}, previousAsOf: string | null = null): RosterFacts {
  return aRoster({ inForce: { asOf, previousAsOf, people: 60, refusedRows: 0 }, ...more });
}

judgeCases(hrRosterFresh, [
  { when: 'it is a day old', facts: aRoster(), expect: 'pass ROSTER_FRESH', says: /of 2026-11-20, 24 hours old\.$/ },
  {
    when: 'it is of this instant',
    facts: of('2026-11-21T02:00:00.000Z'),
    expect: 'pass ROSTER_FRESH',
    says: /0 hours old/,
  },
  {
    when: 'it is nearly as old as allowed',
    facts: of('2026-11-13T02:00:00.001Z'),
    expect: 'pass ROSTER_FRESH',
    says: /7 days old/,
  },
  {
    when: 'the server is down and the roster in force young',
    facts: of('2026-11-20T02:00:00.000Z', { reading: { outcome: 'unreachable', message: 'connect ECONNREFUSED.' } }),
    expect: 'pass ROSTER_FRESH',
    says: /Tonight's reading failed: connect ECONNREFUSED\.$/,
  },
  {
    when: 'the newest file was refused and nobody said why',
    facts: of('2026-11-20T02:00:00.000Z', { reading: { outcome: 'refused', message: null } }),
    expect: 'pass ROSTER_FRESH',
    says: /No reason was given\.$/,
  },
  {
    when: 'it is as old as allowed',
    facts: of('2026-11-13T02:00:00.000Z'),
    expect: 'fail ROSTER_STALE',
    says: /of 2026-11-13, 8 days old; it counts for 8d\.$/,
    verdict: { facts: { asOf: '2026-11-13T02:00:00.000Z', maxAge: '8d' } },
  },
  {
    when: 'it is older than the one before',
    facts: of('2026-11-19T02:00:00.000Z', {}, '2026-11-20T02:00:00.000Z'),
    expect: 'fail ROSTER_OLDER_THAN_PREVIOUS',
    says: /2026-11-19, older than the one before it, of 2026-11-20/,
  },
  { when: 'there is none', facts: aRoster({ inForce: null }), expect: 'fail NO_ROSTER' },
  {
    when: 'there is none and the server is down',
    facts: aRoster({ inForce: null, reading: { outcome: 'unreachable', message: 'HTTP 503.' } }),
    expect: 'fail NO_ROSTER',
    says: /HTTP 503\.$/,
  },
  { when: 'its date cannot be read', facts: of('yesterday'), expect: 'unknown UNRECOGNISED_VALUE' },
]);
