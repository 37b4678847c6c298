import type { Row } from '../reading.js';
import { countOrNull, objectOf, row } from './fields.js';
import type { JsonObject } from './fields.js';

/** One answer of a listing. Decoders give undefined for a body that is no such answer at all. */
export interface Envelope {
  readonly rows: readonly Row[];
  readonly received: number;
  readonly reported: number | null;
  /** The link to the next page. */
  readonly next: string | null;
  /** Where a SCIM answer says that it begins. */
  readonly startIndex?: number;
}

export type DecodeRow = (item: JsonObject) => Row;

/**
 * `{count, next, results}`; the inventory of organization tokens calls the count `total`. A body with neither a count nor a
 * `next` could be a page of anything and could never be shown to be the last one, so it is no page.
 */
export function linkedPage(body: unknown, decode: DecodeRow): Envelope | undefined {
  const page = objectOf(body);
  const results = page?.['results'];
  if (!page || !Array.isArray(results)) return undefined;
  const next = page['next'];
  if (next !== undefined && next !== null && typeof next !== 'string') return undefined;
  const reported = countOrNull(page, 'count') ?? countOrNull(page, 'total') ?? null;
  if (next === undefined && reported === null) return undefined;
  return { rows: decodeAll(results, decode), received: results.length, reported, next: next || null };
}

/** `{data: […]}`, everything in one answer, without a count. */
export function wholeList(body: unknown, decode: DecodeRow): Envelope | undefined {
  const items = objectOf(body)?.['data'];
  if (!Array.isArray(items)) return undefined;
  return { rows: decodeAll(items, decode), received: items.length, reported: null, next: null };
}

/** One thing that is a listing of its own. */
export function single(only: Row): Envelope {
  return { rows: [only], received: 1, reported: null, next: null };
}

/** What is no object has neither a key nor fields, and still counts. */
export function decodeAll(items: readonly unknown[], decode: DecodeRow): Row[] {
  return items.map((item) => {
    const found = objectOf(item);
    return found ? decode(found) : row(undefined, {});
  });
}
