import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { keysOf } from '../config/list-mistakes.js';
import { nearest } from '../config/nearest.js';
import { type FieldProblem, unprocessable } from './problem.js';

const mostProblems = 50;

/** Reads bodies and queries as their classes say, and refuses the rest with a 422 that names each field. */
export function validation(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    validationError: { target: true, value: false },
    exceptionFactory: (errors) => unprocessable(fieldProblems(errors).slice(0, mostProblems)),
  });
}

function fieldProblems(errors: readonly ValidationError[], parent = ''): FieldProblem[] {
  return errors.flatMap((error) => {
    const field = `${parent}${error.property}`.slice(0, 200);
    return [
      ...(error.constraints === undefined ? [] : [{ field, message: messageOf(error, error.constraints) }]),
      ...fieldProblems(error.children ?? [], `${field}.`),
    ];
  });
}

/** One a field: a text where a number is expected is not also too small. What it is goes before how it is. */
function messageOf({ property, target }: ValidationError, constraints: Readonly<Record<string, string>>): string {
  if ('whitelistValidation' in constraints) return unknown(property, target);
  if ('nestedValidation' in constraints) return 'is not an object, or a list of them';
  const rules = Object.entries(constraints);
  const [, message = 'does not fit'] = rules.find(([rule]) => /^is[A-Z]/.test(rule)) ?? rules[0] ?? [];
  // The library begins its own sentences with the field.
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}

function unknown(field: string, target: object | undefined): string {
  const known = target === undefined ? [] : keysOf(target.constructor);
  const near = nearest(field, known);
  const meant = near === null ? '' : `; did you mean \`${near}\`?`;
  const list = known.length === 0 ? 'expected nothing here' : `expected one of ${known.join(', ')}`;
  return `is not known${meant === '' ? ';' : meant} ${list}`;
}
