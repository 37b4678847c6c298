import { aRoster } from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import { hrRosterPlausible } from './hr-roster-plausible.check.js';

const quarantined = { id: '7', lost: 30, employed: 60, message: 'Roster 7 lost 30 of 60 employed people.' };

judgeCases(hrRosterPlausible, [
  { when: 'it was accepted', facts: aRoster(), expect: 'pass ROSTER_PLAUSIBLE', says: /has 60 people\.$/ },
  {
    when: 'the file that was refused has vanished since',
    facts: aRoster({
      reading: { outcome: 'unreachable', message: 'There is no such file.' },
      lastRead: { outcome: 'refused', message: 'The file is HTML.' },
    }),
    expect: 'fail ROSTER_REFUSED',
    says: /The file is HTML\./,
  },
  {
    when: 'the file is unchanged',
    facts: aRoster({ reading: { outcome: 'unchanged', message: null } }),
    expect: 'pass ROSTER_PLAUSIBLE',
  },
  {
    // hr-roster-fresh watches how long that may last.
    when: 'the server is down',
    facts: aRoster({ reading: { outcome: 'unreachable', message: 'HTTP 503.' } }),
    expect: 'pass ROSTER_PLAUSIBLE',
  },
  {
    when: 'single rows were refused',
    facts: aRoster({ inForce: { asOf: '2026-11-20T02:00:00.000Z', previousAsOf: null, people: 59, refusedRows: 1 } }),
    expect: 'pass ROSTER_PLAUSIBLE',
    says: /; 1 row was refused, whose people are unknown\.$/,
  },
  {
    when: 'a newer one waits for a decision',
    facts: aRoster({ quarantined, reading: { outcome: 'quarantined', message: quarantined.message } }),
    expect: 'fail ROSTER_QUARANTINED',
    says: /lost 30 of 60/,
    verdict: { facts: { quarantine: '7', lost: 30, employed: 60 } },
  },
  {
    when: 'it still waits while the newest file is refused',
    facts: aRoster({ quarantined, reading: { outcome: 'refused', message: 'It is empty.' } }),
    expect: 'fail ROSTER_QUARANTINED',
  },
  {
    when: 'the newest file was refused',
    facts: aRoster({ reading: { outcome: 'refused', message: 'Line 1: the column work_email is missing.' } }),
    expect: 'fail ROSTER_REFUSED',
    says: /work_email is missing\. The one of 2026-11-20 stays in force\.$/,
  },
  {
    when: 'the first file was refused and nobody said why',
    facts: aRoster({ inForce: null, reading: { outcome: 'refused', message: null } }),
    expect: 'fail ROSTER_REFUSED',
    says: /No reason was given\.$/,
  },
  {
    when: 'there is none',
    facts: aRoster({ inForce: null, reading: { outcome: 'unreachable', message: null } }),
    expect: 'unknown NO_ROSTER',
  },
]);
