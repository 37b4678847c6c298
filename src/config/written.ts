/** One scalar as somebody wrote it. `text` has variables replaced and may be a secret; `shown` is what the file says. */
export interface Written {
  readonly text: string;
  readonly shown: string;
  readonly replaced: boolean;
}

class WrittenScalars {
  constructor(readonly scalars: ReadonlyMap<string | number, Written>) {}
}

const asWritten: unique symbol = Symbol('as written');

/** Keeps with a mapping or list how its scalars stand in the file: `0042`, not 42. */
export function keepWritten(holder: object, scalars: ReadonlyMap<string | number, Written>): void {
  Object.defineProperty(holder, asWritten, { value: new WrittenScalars(scalars) });
}

export function writtenOf(holder: unknown, key: string | number): Written | undefined {
  const kept: unknown = typeof holder === 'object' && holder !== null ? Reflect.get(holder, asWritten) : undefined;
  return kept instanceof WrittenScalars ? kept.scalars.get(key) : undefined;
}

/** Gives a part of a mapping what is kept with the whole. */
export function keepWrittenOf(whole: object, part: object): void {
  const kept: unknown = Reflect.get(whole, asWritten);
  if (kept instanceof WrittenScalars) keepWritten(part, kept.scalars);
}
