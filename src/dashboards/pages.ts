import type { Page } from '../http/page.js';
import type { Reading } from './view.query.js';

/** Of rows that were asked for with one more than the limit, so that it is known whether there are more. */
export function pageOfRows<Row>(rows: readonly Row[], reading: Reading, keyOf: (row: Row) => string): Page<Row> {
  const items = rows.slice(0, reading.limit);
  const last = items.at(-1);
  const more = rows.length > items.length && last !== undefined;
  return { items, nextCursor: more ? reading.cursorBehind(keyOf(last)) : null };
}

/** Of a list that is short by its nature (checks, systems) and read whole: in one view its order stays. */
export function pageOfWhole<Item>(items: readonly Item[], reading: Reading): Page<Item> {
  const from = Number(reading.after ?? 0);
  const until = from + reading.limit;
  return {
    items: items.slice(from, until),
    nextCursor: until < items.length ? reading.cursorBehind(String(until)) : null,
  };
}

export const emptyPage: Page<never> = { items: [], nextCursor: null };
