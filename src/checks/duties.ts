import { ValidateBy } from 'class-validator';

/** What one person may do that another should have to agree to. */
export const dutyNames = [
  'hub-owner',
  'hub-editor',
  'hubwarden-admin',
  'hubwarden-operator',
  'exception-requester',
  'exception-approver',
  'push-token-creator',
  'service-account-owner',
  'critical-system-owner',
  'hr-roster-admin',
] as const;
export type Duty = (typeof dutyNames)[number];
export type DutyPair = readonly [Duty, Duty];

/** What each of them means, after "who". */
export const dutyMeanings: Readonly<Record<Duty, string>> = {
  'hub-owner': 'is an owner of the organization',
  'hub-editor': 'is an editor of the organization',
  'hubwarden-admin': 'holds an API token of Hubwarden with the role admin',
  'hubwarden-operator': 'holds one with the role operator, which imports rosters and decides exceptions',
  'exception-requester': 'asked for an exception that stands',
  'exception-approver': 'approved that same exception',
  'push-token-creator': 'created an organization token that can push to repositories of the system',
  'service-account-owner': 'answers for a service account',
  'critical-system-owner': 'owns a critical system, and so approves who gets in',
  'hr-roster-admin': 'administers the HR roster, as `hrAdmins` says',
};

function isDuty(value: unknown): value is Duty {
  return dutyNames.some((name) => name === value);
}

/** Pairs of two different duties; an empty list is one. */
export function DutyPairs(): PropertyDecorator {
  return ValidateBy(
    {
      name: 'dutyPairs',
      validator: {
        validate: (value: unknown) =>
          Array.isArray(value) &&
          value.every(
            (pair: unknown) => Array.isArray(pair) && pair.length === 2 && pair.every(isDuty) && pair[0] !== pair[1],
          ),
      },
    },
    { message: `expected a list of pairs of two different duties, out of ${dutyNames.join(', ')}` },
  );
}

/** Who is behind each name under which Hubwarden knows its callers; null: a machine. */
export function PeopleByName(): PropertyDecorator {
  return ValidateBy(
    {
      name: 'peopleByName',
      validator: {
        validate: (value: unknown) =>
          typeof value === 'object' &&
          value !== null &&
          !Array.isArray(value) &&
          Object.values(value).every((id) => id === null || (typeof id === 'string' && id.trim() !== '')),
      },
    },
    { message: 'expected a mapping of names of API tokens to employee ids, such as `{ deploy: E-1042, ci: null }`' },
  );
}
