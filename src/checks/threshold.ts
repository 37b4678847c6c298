import { ValidateBy } from 'class-validator';
import type { Duration } from './check.js';
import { durationExpected, parseDuration } from './duration.js';

/** The policy of a check that has nothing to set. */
export class NoThresholds {}

interface Bounds {
  readonly least: number;
  readonly most?: number;
  /** Another key of the same policy that this one may not be below. */
  readonly notBelow?: string;
  readonly orNull?: boolean;
}

/** A whole number within bounds. One rule and one sentence, so that a wrong word is not reported once per bound. */
export function WholeNumber({ least, most, notBelow, orNull = false }: Bounds): PropertyDecorator {
  const expected =
    `expected a whole number, ${most === undefined ? `${least} or more` : `${least} to ${most}`}` +
    (notBelow === undefined ? '' : ` and not below \`${notBelow}\``);
  return ValidateBy(
    {
      name: 'wholeNumber',
      validator: {
        validate: (value: unknown, context) => {
          if (value === null) return orNull;
          if (typeof value !== 'number' || !Number.isInteger(value) || value < least) return false;
          if (most !== undefined && value > most) return false;
          const floor: unknown = notBelow === undefined ? value : Reflect.get(context?.object ?? {}, notBelow);
          return typeof floor !== 'number' || value >= floor;
        },
      },
    },
    { message: expected },
  );
}

export function YesOrNo(): PropertyDecorator {
  return ValidateBy(
    { name: 'yesOrNo', validator: { validate: (value: unknown) => typeof value === 'boolean' } },
    { message: 'expected true or false' },
  );
}

/** A duration as text, the way that `sla` is written. */
export function DurationText(): PropertyDecorator {
  return ValidateBy(
    {
      name: 'durationText',
      validator: { validate: (value: unknown) => typeof value === 'string' && parseDuration(value.trim()) !== null },
    },
    { message: `expected ${durationExpected}` },
  );
}

/** A list of names, which may be empty. */
export function Names(expected: string, { orNull = false } = {}): PropertyDecorator {
  const isList = (value: unknown): boolean => Array.isArray(value) && value.every(isName);
  return ValidateBy(
    { name: 'names', validator: { validate: (value: unknown) => (value === null ? orNull : isList(value)) } },
    { message: `expected ${expected}` },
  );
}

/** A mapping of names to names, which may be empty. */
export function NamesByName(expected: string): PropertyDecorator {
  return ValidateBy(
    {
      name: 'namesByName',
      validator: {
        validate: (value: unknown) =>
          typeof value === 'object' &&
          value !== null &&
          !Array.isArray(value) &&
          Object.entries(value).every(([name, other]) => isName(name) && isName(other)),
      },
    },
    { message: `expected ${expected}` },
  );
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

/** In milliseconds, of a policy that was validated. */
export function millisecondsOf(duration: Duration): number {
  return parseDuration(duration.trim()) ?? Number.NaN;
}
