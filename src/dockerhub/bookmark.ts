import { createHash } from 'node:crypto';
import type { CredentialRole } from './credential.js';
import type { JsonObject } from './decoders/fields.js';
import { objectOf } from './decoders/fields.js';
import type { Endpoint } from './endpoint.js';

/** Where a listing goes on, and with which credential. Holds nothing secret; any process can read it. */
export interface Bookmark {
  readonly by: CredentialRole;
  /** Path and query below the endpoint. */
  readonly at: string;
  /** Of listings whose pages have no numbers: the pages read so far, abbreviated. */
  readonly seen: readonly string[];
  /** Of a listing that never says whether there is more: how many rows its first page had. */
  readonly full?: number;
}

export function encodeBookmark({ by, at, seen, full }: Bookmark): string {
  const mark = { by, at, ...(seen.length > 0 && { seen }), ...(full !== undefined && { full }) };
  return Buffer.from(JSON.stringify(mark)).toString('base64url');
}

/** Null for anything that `encodeBookmark` did not make. */
export function decodeBookmark(cursor: string): Bookmark | null {
  let mark: JsonObject | undefined;
  try {
    mark = objectOf(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    return null;
  }
  const { by, at, seen = [], full } = mark ?? {};
  if (by !== 'hub' && by !== 'owner' && by !== 'scim') return null;
  if (typeof at !== 'string' || !at.startsWith(by === 'scim' ? '/Users?' : '/v2/')) return null;
  if (!Array.isArray(seen) || !seen.every((one): one is string => typeof one === 'string')) return null;
  if (full !== undefined && typeof full !== 'number') return null;
  return { by, at, seen, ...(full !== undefined && { full }) };
}

/**
 * The bookmark that a `next` link stands for, or a clause that says why the link is not followed: it has to stay with the
 * endpoint and to lead on, to the very next page where pages have numbers and to one never read where they have none.
 */
export function followLink(
  endpoint: Endpoint,
  current: { readonly by: CredentialRole; readonly url: URL; readonly seen: readonly string[] },
  link: string,
): Bookmark | { readonly mistake: string } {
  const url = URL.canParse(link, current.url.href) ? endpoint.holds(new URL(link, current.url).href) : null;
  if (!url || !url.pathname.startsWith(new URL('v2/', endpoint.address).pathname)) {
    return { mistake: 'it leads to an address that is not the configured one' };
  }
  const at = endpoint.relative(url);
  const [page, nextPage] = [pageOf(current.url), pageOf(url)];
  if (nextPage !== null) {
    const isNext = nextPage === (page ?? 1) + 1;
    if (!isNext) return { mistake: `after page ${page ?? 1} it leads to page ${nextPage}` };
    return { by: current.by, at, seen: [] };
  }
  const seen = [...current.seen, abbreviated(endpoint.relative(current.url))];
  if (seen.includes(abbreviated(at))) return { mistake: 'it leads to a page that was read before' };
  return { by: current.by, at, seen };
}

/**
 * Where the audit log goes on, which says neither how many events there are nor whether there is another page: behind every
 * page that is as full as the first one was. A first page that is not even as full as the smallest that Docker Hub sends was
 * all; it may send less than was asked for.
 */
export function followFullPages(
  current: { readonly url: URL; readonly full?: number },
  received: number,
  smallest: number,
): { readonly url: URL; readonly full: number } | null {
  const full = current.full ?? Math.max(received, smallest);
  if (received < full) return null;
  const url = new URL(current.url);
  url.searchParams.set('page', String((pageOf(current.url) ?? 1) + 1));
  return { url, full };
}

/** Where a SCIM listing goes on after `received` users; null at its end, or a clause where the answer began elsewhere. */
export function followScim(
  current: URL,
  page: { readonly startIndex?: number; readonly received: number; readonly reported: number | null },
  count: number,
): { readonly startIndex: number } | null | { readonly mistake: string } {
  const asked = Number(current.searchParams.get('startIndex') ?? 1);
  if (page.startIndex !== undefined && page.startIndex !== asked && page.received > 0) {
    return { mistake: `asked to begin at ${asked}, the answer began at ${page.startIndex}` };
  }
  const startIndex = asked + page.received;
  const isLast = page.reported === null ? page.received < count : startIndex > page.reported;
  return page.received === 0 || isLast ? null : { startIndex };
}

/**
 * Where the page at a bookmark should lead, told from its address alone: nothing but the number in it changes, so that it is
 * the very bookmark which following the page's own link will make. Null where addresses hold no number.
 */
export function bookmarkAfter(mark: Bookmark, received: number): Bookmark | null {
  if (mark.seen.length > 0) return null;
  const [name, step] = mark.by === 'scim' ? ['startIndex', received] : ['page', 1];
  const number = new RegExp(`(?<=[?&]${name}=)\\d{1,9}(?=&|$)`);
  return number.test(mark.at) ? { ...mark, at: mark.at.replace(number, (one) => String(Number(one) + step)) } : null;
}

function pageOf(url: URL): number | null {
  const text = url.searchParams.get('page');
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function abbreviated(at: string): string {
  return createHash('sha256').update(at).digest('base64url').slice(0, 8);
}
