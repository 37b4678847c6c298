import { dayOf } from '../compare.js';
import { iso27001, nist, sox } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import type { RosterFacts } from '../facts.js';
import { NoThresholds } from '../threshold.js';
import { fail, pass, unknown } from '../verdicts.js';
import { asSentence, counted } from '../wording.js';

export const hrRosterPlausible: DocumentedCheck<RosterFacts, NoThresholds> = {
  id: 'hr-roster-plausible',
  title: 'The newest HR roster is a whole one',
  subjects: ['roster'],
  population: [],
  needs: [],
  severity: 'high',
  sla: '24h',
  why: 'A roster that was cut short turns colleagues into leavers, and one that cannot be read hides the real ones.',
  remedy:
    'Look at what was lost, then run `hubwarden roster accept` or `hubwarden roster reject`; repair the export if it was refused.',
  controls: [...iso27001('A.5.18'), ...sox('IPE'), ...nist('SI-7', 'SI-10')],
  dataTrust: true,
  policy: NoThresholds,
  settings: {},
  reasons: {
    pass: { ROSTER_PLAUSIBLE: 'nothing newer than the roster in force was quarantined or refused' },
    fail: {
      ROSTER_QUARANTINED: 'a newer roster lost so many people that somebody has to decide about it',
      ROSTER_REFUSED: 'the newest file cannot be a roster',
    },
    unknown: { NO_ROSTER: 'no roster was ever accepted; `hr-roster-fresh` says so' },
  },
  judge({ inForce, quarantined, reading, lastRead }) {
    if (quarantined !== null) {
      const { id, lost, employed, message } = quarantined;
      return fail('ROSTER_QUARANTINED', asSentence(message), { quarantine: id, lost, employed });
    }
    // A file that has since vanished does not make the one that was refused plausible.
    const newest = reading.outcome === 'unreachable' ? (lastRead ?? reading) : reading;
    if (newest.outcome === 'refused') {
      const inUse = inForce === null ? '' : ` The one of ${dayOf(inForce.asOf)} stays in force.`;
      return fail('ROSTER_REFUSED', `The newest roster was refused: ${asSentence(newest.message)}${inUse}`, {
        reading: newest.outcome,
      });
    }
    if (inForce === null) return unknown('NO_ROSTER', 'No roster was ever accepted, so there is nothing to compare.');
    const refused =
      inForce.refusedRows === 0
        ? ''
        : `; ${counted(inForce.refusedRows, 'row was', 'rows were')} refused, whose people are unknown`;
    return pass(
      'ROSTER_PLAUSIBLE',
      `The roster in force has ${counted(inForce.people, 'person', 'people')}${refused}.`,
      {
        people: inForce.people,
        refusedRows: inForce.refusedRows,
      },
    );
  },
};
