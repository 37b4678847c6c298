import { plainToInstance } from 'class-transformer';
import { type ValidationError, getMetadataStorage, validateSync } from 'class-validator';
import type { Mistake } from './configuration.js';
import { Expectation, expectation, isMapping } from './fields.js';
import { didYouMean } from './nearest.js';
import type { Path } from './path.js';
import type { YamlTree } from './read-yaml.js';
import { mayBeNamed, usualHeaders } from './secret-places.js';

/** Collects what is wrong, each with the line where it stands. */
export class Mistakes {
  private readonly found: Mistake[] = [];

  constructor(
    private readonly file: string,
    readonly tree: YamlTree,
  ) {}

  /** `message` continues a sentence that begins with the path. */
  at(path: Path, message: string): void {
    if (!this.tree.isUnset(path)) this.add(path, path, message);
  }

  /** The same of the key itself, which is wrong whatever its value. */
  atKey(path: Path, message: string): void {
    this.add(path, path, message);
  }

  /** Of a key that must not be named: has its line, and names what it stands in. */
  around(path: Path, message: string): void {
    this.add(path, path.slice(0, -1), message);
  }

  private add(place: Path, subject: Path, message: string): void {
    const named = subject.length === 0 ? 'the file' : `\`${pathText(subject)}\``;
    this.found.push({ file: this.file, line: this.tree.line(place), message: `${named} ${message}` });
  }

  /** In the order of the file. */
  list(): readonly Mistake[] {
    return this.found.toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0));
  }
}

/** The keys that a section knows. */
export function keysOf(section: Function): readonly string[] {
  const metadata = getMetadataStorage().getTargetValidationMetadatas(section, '', true, false);
  return [...new Set(metadata.map((rule) => rule.propertyName))];
}

/** Reads the values that stand at `path` as a section, saying everything that is wrong with them. */
export function readValues<T extends object>(section: new () => T, values: object, path: Path, mistakes: Mistakes): T {
  const instance = plainToInstance(section, values);
  const errors = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true });
  for (const error of errors) sayError(error, path, mistakes);
  return instance;
}

/** `announced`: words that may be meant, too, and are not listed where none is near. */
export function sayUnknownKey(
  path: Path,
  known: readonly string[],
  mistakes: Mistakes,
  announced: readonly string[] = [],
): void {
  const hint = didYouMean(String(path.at(-1)), known, announced);
  if (mayBeNamed(path, known)) mistakes.atKey(path, `is not a key that is known here; ${hint}`);
  else mistakes.around(path, `has an unknown key; ${hint}`);
}

function sayError(error: ValidationError, parent: Path, mistakes: Mistakes): void {
  const path = [...parent, step(error)];
  const context = expectedOf(error);
  if (error.constraints && 'whitelistValidation' in error.constraints) {
    sayUnknownKey(path, error.target ? keysOf(error.target.constructor) : [], mistakes);
  } else if (error.constraints && context) {
    sayUnexpected(context, path, mistakes);
    // What is inside a value of the wrong shape follows from that; what is inside its sound neighbours does not.
    for (const item of context.of === 'list' ? (error.children ?? []) : [])
      if (Array.isArray(item.target) && !item.constraints) sayError(item, path, mistakes);
    return;
  } else if (error.constraints) {
    for (const message of Object.values(error.constraints))
      mistakes.at(path, `${describe(mistakes.tree, path, false)}; ${message}`);
  }
  for (const child of error.children ?? []) sayError(child, path, mistakes);
}

function expectedOf(error: ValidationError): Expectation['terms'] | null {
  const of: unknown = error.contexts?.[expectation]?.of;
  return of instanceof Expectation ? of.terms : null;
}

/** class-validator names list items by their index, as text. */
function step(error: ValidationError): string | number {
  return Array.isArray(error.target) ? Number(error.property) : error.property;
}

function sayUnexpected(context: Expectation['terms'], path: Path, mistakes: Mistakes): void {
  const { tree } = mistakes;
  const value = tree.at(path);
  const say = (at: Path): void =>
    mistakes.at(at, `${describe(tree, at, context.secret)}; expected ${context.expected}`);
  const sayHidden = (at: Path): void => {
    if (!tree.isUnset(at))
      mistakes.around(at, `has an entry that ${describe(tree, at, context.secret)}; expected ${context.expected}`);
  };
  let found = false;
  if (context.of === 'list' && Array.isArray(value)) {
    for (const [index, item] of value.entries())
      if (!context.test(asText(tree, [...path, index], item))) {
        found = true;
        say([...path, index]);
      }
  } else if (context.of === 'entries' && isMapping(value)) {
    for (const [key, item] of Object.entries(value))
      if (!context.test(asText(tree, [...path, key], item), key)) {
        found = true;
        if (mayBeNamed([...path, key], usualHeaders)) say([...path, key]);
        else sayHidden([...path, key]);
      }
  }
  if (!found) say(path);
}

const asText = (tree: YamlTree, path: Path, value: unknown): unknown =>
  typeof value === 'number' ? (tree.written(path)?.text ?? value) : value;

function describe(tree: YamlTree, path: Path, secret: boolean): string {
  const value = tree.at(path);
  const written = tree.written(path);
  if (value === undefined) return 'is missing';
  if (value === null) return 'has no value';
  if (Array.isArray(value)) return value.length === 0 ? 'is an empty list' : 'is a list';
  if (isMapping(value)) return Object.keys(value).length === 0 ? 'is an empty mapping' : 'is a mapping';
  if (value === '') return written?.replaced ? `is empty (${written.shown})` : 'is empty';
  return secret ? 'does not fit' : `is \`${short(written?.shown ?? '')}\``;
}

function short(text: string): string {
  const clean = JSON.stringify(text).slice(1, -1);
  return clean.length > 80 ? `${clean.slice(0, 80)}…` : clean;
}

export function pathText(path: Path): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}
