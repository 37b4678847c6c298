import type { FieldProblem } from './problem.js';

const deepest = 32;
const keysOfPrototypes = ['__proto__', 'constructor', 'prototype'];

/**
 * What no field of any request can hold, found before anything walks through it: text that the database cannot store, keys
 * that would change what an object is, and nesting that only serves to exhaust the stack.
 */
export function oddValues(value: unknown): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const open: { readonly value: unknown; readonly path: readonly string[] }[] = [{ value, path: [] }];
  for (let next = open.pop(); next !== undefined && problems.length < 20; next = open.pop()) {
    const { path } = next;
    const say = (message: string): number => problems.push({ field: shown(path), message });
    if (typeof next.value === 'string' && !isStorable(next.value)) say('has a character that is no text');
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (path.length >= deepest) {
      say('is nested too deep');
      continue;
    }
    for (const [key, inner] of Object.entries(next.value)) {
      if (keysOfPrototypes.includes(key)) problems.push({ field: shown([...path, key]), message: 'is not known' });
      else if (!isStorable(key)) say('has a field whose name is no text');
      else open.push({ value: inner, path: [...path, key] });
    }
  }
  return problems;
}

/** The query as the server's parser left it: a list where a parameter was given more than once. */
export function oddQuery(query: object): FieldProblem[] {
  const repeated = Object.entries(query)
    .filter(([, value]) => Array.isArray(value))
    .map(([name]) => ({ field: shown([name]), message: 'is given more than once; expected one value' }));
  return repeated.length > 0 ? repeated : oddValues(query);
}

function isStorable(text: string): boolean {
  return !/[\0\p{Cs}]/u.test(text);
}

function shown(path: readonly string[]): string {
  const text = path.join('.').replaceAll(/[\0\p{Cs}]/gu, '');
  return text === '' ? 'body' : text.slice(0, 200);
}
