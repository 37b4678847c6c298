import { createHash } from 'node:crypto';

/** One entry as it is hashed, served and exported. */
export interface TrailEntry {
  /** From 1, without gaps. */
  readonly number: string;
  /** ISO 8601 in UTC with milliseconds. */
  readonly at: string;
  readonly actor: string;
  readonly actorToken: string | null;
  readonly action: string;
  readonly subject: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly reason: string | null;
  /** Of the first entry, 64 zeros. */
  readonly previousHash: string;
  readonly hash: string;
}

export const firstPreviousHash = '0'.repeat(64);

/** The SHA-256, in hex, of the entry's canonical JSON without `hash`. */
export function hashEntry(entry: Omit<TrailEntry, 'hash'>): string {
  const { number, at, actor, actorToken, action, subject, before, after, reason, previousHash } = entry;
  const hashed = { number, at, actor, actorToken, action, subject, before, after, reason, previousHash };
  return createHash('sha256').update(canonicalJson(hashed)).digest('hex');
}

/** JSON without spaces, the keys of every object in the order of their UTF-16 code units, fields that are `undefined` left out. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`);
  return `{${fields.join(',')}}`;
}
