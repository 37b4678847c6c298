import { hipaa, soc2 } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import { employmentDoubts, undecidedEmployment } from '../employment.js';
import type { HolderFacts } from '../facts.js';
import { goneReasons, goneVerdict, personBehind, unlinkedMeaning } from '../holders.js';
import { DurationText, millisecondsOf } from '../threshold.js';
import { fail, notApplicable, pass, unknown } from '../verdicts.js';
import { labelOf, subjectOf } from '../wording.js';

export class StartPolicy {
  @DurationText()
  lead = '5d';
}

export const noAccessBeforeStart: DocumentedCheck<HolderFacts, StartPolicy> = {
  id: 'no-access-before-start',
  title: 'Nobody is a member long before the first working day',
  subjects: ['account'],
  population: ['members'],
  needs: ['members', 'roster'],
  severity: 'medium',
  sla: '2bd',
  why: 'Somebody who has not started yet has signed nothing, may never come, and is watched by nobody.',
  remedy: 'Remove the account until the first day draws near, or correct the start date in HR.',
  controls: [...soc2('CC6.2'), ...hipaa('164.308(a)(3)(ii)(B)')],
  policy: StartPolicy,
  settings: { lead: 'how long before the first working day somebody may be a member' },
  reasons: {
    pass: {
      STARTED: 'the person is employed',
      WITHIN_LEAD: 'the first working day is near enough',
    },
    fail: { TOO_EARLY: 'the person is a member long before the first working day, or the next one' },
    unknown: {
      ...unlinkedMeaning,
      ...employmentDoubts,
      ...goneReasons.unknown,
      START_UNKNOWN: 'the person is not employed yet, and HR does not say from when on',
    },
    not_applicable: {
      ...goneReasons.not_applicable,
      SERVICE_ACCOUNT: 'a declared service account is no person',
      OFFBOARDED: 'the person has left and does not come back; `offboarded-access-removed` watches the access',
    },
  },
  judge(holder, { policy, now }) {
    const gone = goneVerdict(holder);
    if (gone !== null) return gone;
    const person = personBehind(holder);
    if ('outcome' in person) return person;
    const { employment } = person;
    const subject = subjectOf(holder);
    const label = labelOf(person);
    if (employment.state === 'unknown') return undecidedEmployment(subject, person, employment);
    if (employment.state === 'employed') {
      return pass('STARTED', `${subject} belongs to ${label}, who is employed.`, { person: person.id });
    }
    if (employment.state === 'ended') {
      return notApplicable('OFFBOARDED', `${label} has left.`, { person: person.id });
    }
    const { firstDay } = employment;
    const { startsAt } = holder;
    const facts = { person: person.id, firstDay, startsAt: startsAt ?? null, lead: policy.lead };
    const early = Date.parse(startsAt ?? '') - Date.parse(now);
    if (startsAt === undefined || Number.isNaN(early)) {
      return unknown('START_UNKNOWN', `${label} is not employed yet, and it is not known from when on.`, facts);
    }
    if (early > millisecondsOf(policy.lead)) {
      return fail(
        'TOO_EARLY',
        `${subject} is a member already, and ${label} starts on ${firstDay} only, more than ${policy.lead} ahead.`,
        facts,
      );
    }
    return pass('WITHIN_LEAD', `${subject} belongs to ${label}, who starts on ${firstDay}.`, facts);
  },
};
