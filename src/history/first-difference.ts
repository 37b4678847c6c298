import type { Report } from '../findings/report.js';

/** Where two reports part, and what each of them has there: JSON, or nothing. */
export interface Difference {
  readonly where: string;
  readonly recorded: string | undefined;
  readonly replayed: string | undefined;
}

/** Null: they say the same, byte for byte. */
export function firstDifference(recorded: Report, replayed: Report): Difference | null {
  return (
    between(recorded.evaluation, replayed.evaluation, 'evaluation') ??
    betweenLists(recorded.datasets, replayed.datasets, 'datasets', ({ organization, name }) =>
      words(organization, name),
    ) ??
    betweenLists(recorded.results, replayed.results, 'results', ({ check, organization, subject }) =>
      words(check, organization, subject.system, subject.kind, subject.id),
    ) ??
    betweenLists(recorded.checks, replayed.checks, 'checks', ({ id }) => id)
  );
}

function betweenLists<Item>(
  recorded: readonly Item[],
  replayed: readonly Item[],
  name: string,
  nameOf: (item: Item) => string,
): Difference | null {
  for (let place = 0; place < Math.max(recorded.length, replayed.length); place += 1) {
    const [one, other] = [recorded[place], replayed[place]];
    const named = one ?? other;
    const difference = between(one, other, `${name}: ${named === undefined ? place : nameOf(named)}`);
    if (difference !== null) return difference;
  }
  return null;
}

/** The order of keys counts: it is bytes that have to be the same. */
function between(recorded: unknown, replayed: unknown, where: string): Difference | null {
  const [one, other] = [JSON.stringify(recorded), JSON.stringify(replayed)];
  if (one === other) return null;
  const [fields, others] = [fieldsOf(recorded), fieldsOf(replayed)];
  for (const key of fields === null || others === null ? [] : new Set([...fields.keys(), ...others.keys()])) {
    const difference = between(fields?.get(key), others?.get(key), `${where}: ${key}`);
    if (difference !== null) return difference;
  }
  return { where, recorded: one, replayed: other };
}

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> | null {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : null;
}

function words(...parts: readonly (string | null | undefined)[]): string {
  return parts.filter((part) => typeof part === 'string').join(' ');
}
