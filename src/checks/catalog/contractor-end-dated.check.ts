import type { Given, Verdict } from '../check.js';
import { dayOf, daysBetween } from '../compare.js';
import { iso27001, pci, soc2 } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import { employmentDoubts, undecidedEmployment } from '../employment.js';
import type { HolderFacts, PersonFacts } from '../facts.js';
import { goneReasons, goneVerdict, personBehind, unlinkedMeaning } from '../holders.js';
import { Names, WholeNumber } from '../threshold.js';
import { fail, notApplicable, pass } from '../verdicts.js';
import {
  externalTypes,
  permanentTypes,
  temporaryTypes,
  typeDoubts,
  undecidedType,
  workerType,
} from '../worker-types.js';
import { labelOf, subjectOf } from '../wording.js';

export class ContractorPolicy {
  @Names('a list of employment types, such as [contractor, intern]')
  types = [...externalTypes, ...temporaryTypes];

  @Names('a list of employment types, such as [employee]')
  permanentTypes = [...permanentTypes];

  @WholeNumber({ least: 1, most: 3650 })
  maxDays = 365;
}

export const contractorEndDated: DocumentedCheck<HolderFacts, ContractorPolicy> = {
  id: 'contractor-end-dated',
  title: 'Everybody who works here for a time has a last working day in HR, at most a year ahead',
  subjects: ['account'],
  population: ['members'],
  needs: ['members', 'roster'],
  severity: 'medium',
  sla: '10bd',
  why: 'Docker Hub has no expiry of its own, so the access of somebody without a last day ends only if somebody thinks of it.',
  remedy: 'Enter the end of the contract in HR, and move it there whenever the contract is renewed.',
  controls: [...soc2('CC6.2'), ...iso27001('A.5.19'), ...pci('8.2.7')],
  policy: ContractorPolicy,
  settings: {
    types: 'employment types, as HR writes them, of those who need a last working day',
    permanentTypes: 'employment types of those who need none; a word that neither list has makes the verdict unknown',
    maxDays: 'how many days ahead the last working day may lie',
  },
  reasons: {
    pass: { END_DATED: 'HR has a last working day, near enough' },
    fail: {
      NO_END_DATE: 'HR has no last working day',
      END_TOO_FAR: 'the last working day is too far ahead to be the end of anything',
    },
    unknown: { ...unlinkedMeaning, ...employmentDoubts, ...goneReasons.unknown, ...typeDoubts },
    not_applicable: {
      ...goneReasons.not_applicable,
      SERVICE_ACCOUNT: 'a declared service account is no person',
      PERMANENT: 'the person is employed without a term',
      NOT_STARTED: 'the person is not employed yet',
      OFFBOARDED: 'the person has left; `offboarded-access-removed` watches the access',
    },
  },
  judge(holder, given) {
    const gone = goneVerdict(holder);
    if (gone !== null) return gone;
    const person = personBehind(holder);
    return 'outcome' in person ? person : judgePerson(subjectOf(holder), person, given);
  },
};

function judgePerson(subject: string, person: PersonFacts, { policy, now }: Given<ContractorPolicy>): Verdict {
  const { employment } = person;
  const label = labelOf(person);
  if (employment.state === 'unknown') return undecidedEmployment(subject, person, employment);
  if (employment.state === 'ended') return notApplicable('OFFBOARDED', `${label} has left.`, { person: person.id });
  if (employment.state === 'not_started') {
    return notApplicable('NOT_STARTED', `${label} starts on ${employment.firstDay} only.`, { person: person.id });
  }
  const type = workerType(person, policy.types, policy.permanentTypes);
  const facts = { person: person.id, employmentType: person.employmentType ?? null, lastDay: employment.lastDay };
  if (type === 'other') return notApplicable('PERMANENT', `${label} is employed without a term.`, facts);
  if (type !== 'listed') {
    return undecidedType(subject, person, type, '`types` nor `permanentTypes` of contractor-end-dated');
  }
  const who = `${subject} belongs to ${label} (${person.employmentType})`;
  if (employment.lastDay === null) return fail('NO_END_DATE', `${who}, for whom HR has no last working day.`, facts);
  const ahead = daysBetween(dayOf(now), employment.lastDay);
  if (!(ahead <= policy.maxDays)) {
    return fail(
      'END_TOO_FAR',
      `${who}, whose last working day ${employment.lastDay} is more than ${policy.maxDays} days ahead.`,
      { ...facts, maxDays: policy.maxDays },
    );
  }
  return pass('END_DATED', `${who}, whose last working day is ${employment.lastDay}.`, facts);
}
