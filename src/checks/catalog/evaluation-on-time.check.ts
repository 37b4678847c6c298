import { minuteOf } from '../compare.js';
import { iso27001, nist, pci, soc2 } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import type { OrganizationFacts } from '../facts.js';
import { DurationText, millisecondsOf } from '../threshold.js';
import { fail, pass, unknown } from '../verdicts.js';
import { counted, listed } from '../wording.js';

export class EvaluationOnTimePolicy {
  @DurationText()
  maxDelay = '26h';
}

export const evaluationOnTime: DocumentedCheck<OrganizationFacts, EvaluationOnTimePolicy> = {
  id: 'evaluation-on-time',
  title: 'Every night that the schedule names was judged, and in time',
  subjects: ['organization'],
  population: [],
  needs: [],
  severity: 'high',
  sla: '4h',
  why: 'What happened in a night that nobody judged was not seen by anybody, and everything else looks as it did the night before.',
  remedy:
    'Find out why `hubwarden serve`, or the job that runs `hubwarden check`, did not run: its log, its machine, its database; where evaluations are started by hand, say so with `schedule` in hubwarden.yaml or switch this check off.',
  controls: [...soc2('CC4.1', 'CC7.1'), ...iso27001('A.8.16'), ...pci('10.7.2'), ...nist('CA-7')],
  dataTrust: true,
  policy: EvaluationOnTimePolicy,
  settings: { maxDelay: 'how long after its slot an evaluation may begin' },
  reasons: {
    pass: {
      ON_TIME: 'every slot of the schedule since the evaluation before had one',
      FIRST_EVALUATION: 'the organization was never evaluated before, so that no night can be missing',
    },
    fail: {
      NIGHTS_MISSING: 'slots of the schedule passed between the evaluation before and this one without any',
      EVALUATION_LATE: 'this evaluation began more than `maxDelay` after the slot that it is for',
    },
    unknown: { NOT_OBSERVABLE: 'nobody said when evaluations were due' },
  },
  judge({ organization, schedule }, { policy, now }) {
    if (schedule === undefined)
      return unknown('NOT_OBSERVABLE', `Nobody said when ${organization} was due to be evaluated.`);
    const { previousEndedAt, missed, missedCount, slot } = schedule;
    if (previousEndedAt === null)
      return pass('FIRST_EVALUATION', `${organization} was never evaluated before, so no night can be missing.`);
    if (missedCount > 0) {
      const first = missed.slice(0, 3).map(minuteOf);
      const which = missedCount > first.length ? [...first, `${missedCount - first.length} more`] : first;
      return fail(
        'NIGHTS_MISSING',
        `Since the evaluation of ${organization} that ended at ${minuteOf(previousEndedAt)}, ` +
          `${counted(missedCount, 'scheduled evaluation')} did not take place: ${listed(which)}.`,
        { previousEndedAt, missed: missed.slice(0, 50), missedCount, slot },
      );
    }
    if (slot === null)
      return pass('ON_TIME', `No evaluation of ${organization} came due since the one before this.`, { slot });
    const lateMs = Date.parse(now) - Date.parse(slot);
    if (Number.isNaN(lateMs))
      return unknown('NOT_OBSERVABLE', `The slot "${slot}" of the schedule of ${organization} cannot be read.`);
    if (lateMs > millisecondsOf(policy.maxDelay)) {
      return fail(
        'EVALUATION_LATE',
        `The evaluation of ${organization} that was due at ${minuteOf(slot)} began at ${minuteOf(now)}; ` +
          `it may be ${policy.maxDelay.trim()} late.`,
        { previousEndedAt, slot, maxDelay: policy.maxDelay },
      );
    }
    return pass('ON_TIME', `The evaluation of ${organization} that was due at ${minuteOf(slot)} took place in time.`, {
      slot,
    });
  },
};
