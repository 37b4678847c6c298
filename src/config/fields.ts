import 'reflect-metadata';
import { Transform, Type } from 'class-transformer';
import { ValidateBy, ValidateNested } from 'class-validator';
import { writtenOf } from './written.js';

/**
 * What a key of hubwarden.yaml expects. `expected` completes the sentence "…; expected …". A secret's value is never
 * repeated in a mistake. The lists of mistakes read this from the validation error's context.
 */
interface Expected {
  readonly expected: string;
  readonly secret: boolean;
  readonly of: 'value' | 'list' | 'entries';
  readonly test: (value: unknown, key?: string) => boolean;
}
export class Expectation {
  constructor(readonly terms: Expected) {}
}
export const expectation = 'expectation';

/** `blank`: empty text is as good as none, for what a policy may leave open. */
type Options = { readonly secret?: boolean; readonly severalLines?: boolean; readonly blank?: boolean };
type Decorate = (target: object, key: string | symbol) => void;

const isText = (value: unknown): value is string => typeof value === 'string';

/** A secret is used as it is, so that a line break after it counts; elsewhere it is trimmed. */
function fits(value: unknown, { secret, severalLines }: Options = {}): value is string {
  if (!isText(value) || value.trim() === '') return false;
  for (const character of secret ? value : value.trim())
    if ((character < ' ' && !(severalLines && character === '\n')) || character === '\u007F') return false;
  return true;
}

function demand(terms: Expected, validate: (value: unknown) => boolean): PropertyDecorator {
  return ValidateBy(
    { name: expectation, validator: { validate } },
    { message: terms.expected, context: { of: new Expectation(terms) } },
  );
}

/** One scalar that must satisfy the test. A number stands for its digits as written: `person: 0042` is the text 0042. */
export function Text(expected: string, test: (text: string) => boolean = () => true, options: Options = {}): Decorate {
  const whole = (value: unknown): boolean => fits(value, options) && test(value.trim());
  const context: Expected = { expected, secret: options.secret ?? false, of: 'value', test: whole };
  return (target, key) => {
    Transform(({ value, obj, key: name }) =>
      options.blank && isText(value) && value.trim() === '' ? null : unquoted(value, obj, name),
    )(target, key);
    demand(context, whole)(target, key);
  };
}

/** A list of texts; `least` 0 where the empty list says something. */
export function TextList(expected: string, least: 0 | 1, test: (text: string) => boolean = () => true): Decorate {
  const whole = (value: unknown): boolean => fits(value) && test(value.trim());
  const context: Expected = { expected, secret: false, of: 'list', test: whole };
  return (target, key) => {
    Transform(({ obj, key: name }) => {
      const source = sourceOf(obj, name);
      return Array.isArray(source) ? source.map((item, index) => unquoted(item, source, index)) : source;
    })(target, key);
    demand(context, (value) => Array.isArray(value) && value.length >= least && value.every(whole))(target, key);
  };
}

/** A mapping whose keys are somebody else's words. */
export function Entries(
  expected: string,
  test: (value: string, key: string) => boolean,
  options: Options = {},
): Decorate {
  const whole = (value: unknown, key = ''): boolean => fits(value, options) && fits(key) && test(value.trim(), key);
  const context: Expected = { expected, secret: options.secret ?? false, of: 'entries', test: whole };
  return (target, key) => {
    Transform(({ obj, key: name }) => {
      const source = sourceOf(obj, name);
      if (!isMapping(source)) return source;
      return Object.fromEntries(Object.entries(source).map(([word, item]) => [word, unquoted(item, source, word)]));
    })(target, key);
    demand(context, (value) => isMapping(value) && Object.entries(value).every(([name, item]) => whole(item, name)))(
      target,
      key,
    );
  };
}

export function OneOf(words: readonly string[]): Decorate {
  return Text(`one of ${words.map((word) => `\`${word}\``).join(', ')}`, (text) => words.includes(text));
}

const isYesNo = (value: unknown): boolean => typeof value === 'boolean';

/** `true` or `false`; also from a variable, whose value is always text. */
export function YesNo(): Decorate {
  return (target, key) => {
    Transform(({ value, obj, key: name }) => fromVariable(value, obj, name))(target, key);
    demand({ expected: '`true` or `false`', secret: false, of: 'value', test: isYesNo }, isYesNo)(target, key);
  };
}

/** A nested mapping with keys of its own. */
export function Section(section: () => new () => object, expected: string): Decorate {
  return (target, key) => {
    Type(section)(target, key);
    demand({ expected, secret: true, of: 'value', test: isMapping }, isMapping)(target, key);
    ValidateNested()(target, key);
  };
}

/** A list of nested mappings. */
export function Sections(section: () => new () => object, expected: string, least: 0 | 1 = 0): Decorate {
  return (target, key) => {
    Type(section)(target, key);
    demand(
      { expected, secret: true, of: 'list', test: isMapping },
      (value) => Array.isArray(value) && value.length >= least && value.every(isMapping),
    )(target, key);
    ValidateNested({ each: true })(target, key);
  };
}

/** A mapping that is validated elsewhere. */
export function Mapping(expected: string): Decorate {
  return (target, key) => {
    Transform(({ obj, key: name }) => sourceOf(obj, name))(target, key);
    demand({ expected, secret: true, of: 'value', test: isMapping }, isMapping)(target, key);
  };
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as the file has it: what class-transformer hands over is a copy without its written form. */
function sourceOf(holder: unknown, key: string): unknown {
  return isMapping(holder) ? holder[key] : undefined;
}

function unquoted(value: unknown, holder: unknown, key: string | number): unknown {
  return typeof value === 'number' ? (writtenOf(holder, key)?.text ?? String(value)) : value;
}

/** What a variable holds where a number or a yes or no is expected. */
export function fromVariable(value: unknown, holder: unknown, key: string): unknown {
  if (typeof value !== 'string' || !writtenOf(holder, key)?.replaced) return value;
  if (value === 'true' || value === 'false') return value === 'true';
  return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}
