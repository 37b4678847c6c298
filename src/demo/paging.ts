import type { Answer, HubRequest } from './answers.js';
import { ok, refusal } from './answers.js';

export interface PageRules {
  /** Rows of a page where the caller does not say. */
  readonly size: number;
  /** What the whole number of rows is called. */
  readonly total: 'count' | 'total';
  /** Whether a page behind the last one is 404; an empty page otherwise. */
  readonly pastEnd: 404 | 'empty';
}

/** One page of `rows` as `{count, next, previous, results}`; only its own rows are put into words. */
export function pageOf<T>(
  request: HubRequest,
  rows: readonly T[],
  toWire: (row: T) => unknown,
  rules: PageRules,
): Answer {
  const page = positive(request.query.get('page'), 1);
  const asked = positive(request.query.get('page_size'), rules.size);
  if (page === null || asked === null) return refusal(400);
  const size = Math.min(asked, request.largestPage);
  const from = (page - 1) * size;
  if (page > 1 && from >= rows.length && rules.pastEnd === 404) return refusal(404);
  return ok({
    [rules.total]: rows.length,
    next: from + size < rows.length ? link(request, page + 1) : null,
    previous: page > 1 ? link(request, page - 1) : null,
    results: slice(rows, from, size, request.drift).map(toWire),
  });
}

/** `size` rows from `from` on; under drift one row earlier, or, where there is none, with the first one repeated. */
export function slice<T>(rows: readonly T[], from: number, size: number, drift: boolean): readonly T[] {
  if (!drift) return rows.slice(from, from + size);
  if (from > 0) return rows.slice(from - 1, from - 1 + size);
  const page = rows.slice(0, size);
  return page.length > 1 ? [...page.slice(0, -1), ...page.slice(0, 1)] : [...page, ...page];
}

/** A whole number from 1 on; `otherwise` where nothing is said; null where something else is. */
export function positive(text: string | null, otherwise: number): number | null {
  if (text === null || text === '') return otherwise;
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}

function link(request: HubRequest, page: number): string {
  const query = new URLSearchParams(request.query);
  query.set('page', String(page));
  return `${request.base}${request.path}?${query.toString()}`;
}
