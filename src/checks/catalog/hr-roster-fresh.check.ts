import { dayOf, isAheadOf, isOlderThan } from '../compare.js';
import { iso27001, nist, soc2, sox } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import type { RosterFacts } from '../facts.js';
import { NoThresholds } from '../threshold.js';
import { fail, pass, unknown } from '../verdicts.js';
import { asSentence, counted } from '../wording.js';

export const hrRosterFresh: DocumentedCheck<RosterFacts, NoThresholds> = {
  id: 'hr-roster-fresh',
  title: 'The HR roster in force is recent',
  subjects: ['roster'],
  // It judges the roster itself, so it cannot wait for the roster to be good.
  population: [],
  needs: [],
  severity: 'high',
  sla: '24h',
  why: 'Somebody who left after the roster was written still counts as employed.',
  remedy: 'Export the roster again, or repair the feed; `roster.maxAge` in hubwarden.yaml says how old it may become.',
  controls: [...soc2('CC4.1', 'CC6.2'), ...iso27001('A.5.18'), ...sox('IPE'), ...nist('CA-7')],
  dataTrust: true,
  policy: NoThresholds,
  settings: {},
  reasons: {
    pass: { ROSTER_FRESH: 'younger than `roster.maxAge`' },
    fail: {
      NO_ROSTER: 'no roster was ever accepted',
      ROSTER_STALE: 'as old as `roster.maxAge`, or older',
      ROSTER_OLDER_THAN_PREVIOUS: 'older than the roster that it replaced',
    },
    unknown: { UNRECOGNISED_VALUE: 'the date of the roster cannot be read, or lies more than a day ahead' },
  },
  judge({ inForce, maxAge, maxAgeMs, reading }, { now }) {
    const tonight =
      reading.outcome === 'unreachable' || reading.outcome === 'refused'
        ? ` Tonight's reading failed: ${asSentence(reading.message)}`
        : '';
    if (inForce === null)
      return fail('NO_ROSTER', `No roster was ever accepted.${tonight}`, { reading: reading.outcome });
    const { asOf, previousAsOf } = inForce;
    const ageMs = Date.parse(now) - Date.parse(asOf);
    if (Number.isNaN(ageMs))
      return unknown('UNRECOGNISED_VALUE', `The date of the roster in force, "${asOf}", cannot be read.`);
    if (isAheadOf(asOf, now)) {
      return unknown(
        'UNRECOGNISED_VALUE',
        `The roster in force is dated ${dayOf(asOf)}, which has not come yet: nobody knows how old it is.`,
        { asOf },
      );
    }
    const facts = { asOf, maxAge, previousAsOf, ...(tonight !== '' && { reading: reading.outcome }) };
    const age =
      ageMs < 172_800_000
        ? counted(Math.floor(Math.max(0, ageMs) / 3_600_000), 'hour')
        : counted(Math.floor(ageMs / 86_400_000), 'day');
    if (ageMs >= maxAgeMs) {
      return fail(
        'ROSTER_STALE',
        `The roster in force is of ${dayOf(asOf)}, ${age} old; it counts for ${maxAge}.${tonight}`,
        facts,
      );
    }
    if (previousAsOf !== null && isOlderThan(asOf, previousAsOf)) {
      return fail(
        'ROSTER_OLDER_THAN_PREVIOUS',
        `The roster in force is of ${dayOf(asOf)}, older than the one before it, of ${dayOf(previousAsOf)}.`,
        facts,
      );
    }
    return pass('ROSTER_FRESH', `The roster in force is of ${dayOf(asOf)}, ${age} old.${tonight}`, facts);
  },
};
