/** What differs between two policies: the same paths on both sides, `null` where one of them has nothing there. */
export interface PolicyChange {
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}

/** By these, in this order, entries of a list are known. */
const keys = ['id', 'username', 'name'] as const;

/** Null: they say the same, in whatever order. Lists of named things are compared name by name, all others as a whole. */
export function policyChange(before: unknown, after: unknown): PolicyChange | null {
  const changed = differenceOf(before, after);
  return changed === null ? null : { before: fields(changed.before), after: fields(changed.after) };
}

function differenceOf(before: unknown, after: unknown): { before: unknown; after: unknown } | null {
  const one = named(before);
  const other = named(after);
  if (one === null || other === null)
    return same(before, after) ? null : { before: before ?? null, after: after ?? null };
  const changed = [...new Set([...one.keys(), ...other.keys()])].toSorted().flatMap((name) => {
    const difference = differenceOf(one.get(name), other.get(name));
    return difference === null ? [] : [{ name, ...difference }];
  });
  if (changed.length === 0) return null;
  return {
    before: Object.fromEntries(changed.map((entry) => [entry.name, entry.before])),
    after: Object.fromEntries(changed.map((entry) => [entry.name, entry.after])),
  };
}

/** The fields of an object, or the entries of a list by their names; null: it is neither. */
function named(value: unknown): ReadonlyMap<string, unknown> | null {
  if (Array.isArray(value)) {
    for (const key of keys) {
      const names = value.map((entry: unknown) => nameIn(entry, key));
      if (value.length > 0 && new Set(names).size === value.length && !names.includes(null)) {
        return new Map(value.map((entry: unknown, place): [string, unknown] => [names[place] ?? '', entry]));
      }
    }
    return value.length === 0 ? new Map() : null;
  }
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : null;
}

function nameIn(entry: unknown, key: (typeof keys)[number]): string | null {
  const name: unknown = typeof entry === 'object' && entry !== null ? Reflect.get(entry, key) : null;
  return typeof name === 'string' ? name : null;
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : { policy: value };
}
