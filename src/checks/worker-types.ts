import type { Verdict } from './check.js';
import { folded } from './compare.js';
import type { Meanings } from './documented-check.js';
import type { PersonFacts } from './facts.js';
import { unknown } from './verdicts.js';
import { labelOf } from './wording.js';

/** Words of HR systems for those whom another company employs, or nobody. */
export const externalTypes: readonly string[] = [
  'contractor',
  'independent contractor',
  'contract',
  'freelancer',
  'freelance',
  'agency',
  'agency worker',
  'contingent',
  'contingent worker',
  'consultant',
  'external',
  'vendor',
  'supplier',
  'partner',
  'service provider',
  'subcontractor',
  'outsourced',
];

/** Words for those whom the company employs for a time. */
export const temporaryTypes: readonly string[] = [
  'intern',
  'internship',
  'trainee',
  'apprentice',
  'student',
  'working student',
  'fixed term',
  'temporary',
  'temp',
  'seasonal',
];

/** Words for everybody else. */
export const permanentTypes: readonly string[] = [
  'employee',
  'permanent',
  'regular',
  'internal',
  'staff',
  'full time',
  'part time',
  'permanent full time',
  'permanent part time',
  'regular full time',
  'regular part time',
  'salaried',
  'salaried ft',
  'salaried pt',
  'hourly',
  'hourly ft',
  'hourly pt',
];

/** As the types of two HR systems are compared: `Full-Time`, `full_time` and `FULLTIME` are one word. */
export function squeezed(type: string): string {
  return folded(type).replaceAll(/[\s_-]+/g, '');
}

export type WorkerType = 'blank' | 'unsaid' | 'unheard of' | 'listed' | 'other';

/** Which of two lists has the type of a person: what neither has, nobody has ranked. */
export function workerType(
  { employmentType: type }: PersonFacts,
  listed: readonly string[],
  other: readonly string[],
): WorkerType {
  if (type === undefined) return 'unsaid';
  const own = type === null ? '' : squeezed(type);
  if (own === '') return 'blank';
  if (listed.some((word) => squeezed(word) === own)) return 'listed';
  return other.some((word) => squeezed(word) === own) ? 'other' : 'unheard of';
}

/** What is said where HR's word does not tell what somebody is. `settings` names the two lists that could. */
export function undecidedType(
  subject: string,
  person: PersonFacts,
  type: Exclude<WorkerType, 'listed' | 'other'>,
  settings: string,
): Verdict {
  const facts = { person: person.id, employmentType: person.employmentType ?? null };
  if (type === 'unheard of') {
    return unknown(
      'UNRECOGNISED_VALUE',
      `${subject} cannot be judged: HR calls ${labelOf(person)} "${person.employmentType}", and neither ${settings} has that word.`,
      facts,
    );
  }
  return unknown(
    'HR_ATTRIBUTE_BLANK',
    `${subject} cannot be judged: HR does not say how ${labelOf(person)} is employed.`,
    facts,
  );
}

export const typeDoubts: Meanings = {
  UNRECOGNISED_VALUE: "neither list of the policy has HR's word for how the person is employed",
  HR_ATTRIBUTE_BLANK: 'HR does not say how the person is employed',
};
