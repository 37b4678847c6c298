import type { PageResult } from '../../src/dockerhub/reading.js';
import {
  notPermitted,
  refusing,
  smallWorld,
  unreachable,
  type AskedPage,
  type Fault,
  type HonestPage,
} from './array-hub.js';

/** Changes pages of the members. Of a number, that page; without one, every page. */
export function members(change: (honest: HonestPage) => PageResult, page?: number): Fault {
  return (asked, honest) =>
    asked.dataset === 'members' && (page === undefined || asked.page === page) ? change(honest) : undefined;
}

/** The same, but only while the first reading lasts. */
export function once(fault: Fault): Fault {
  const struck = new Set<string>();
  return (asked: AskedPage, honest: HonestPage) => {
    const page = `${asked.dataset} ${asked.scope} ${asked.page}`;
    if (struck.has(page)) return undefined;
    struck.add(page);
    return fault(asked, honest);
  };
}

export const withoutFirstRow = (honest: HonestPage): PageResult => ({
  ...honest,
  rows: honest.rows.slice(1),
  received: honest.received - 1,
});
export const withFirstRowTwice = (honest: HonestPage): PageResult => ({
  ...honest,
  rows: [...honest.rows.slice(0, -1), ...honest.rows.slice(0, 1)],
});
const withoutKeys = (honest: HonestPage): PageResult => ({
  ...honest,
  rows: honest.rows.map((row, place) => (place === 0 ? { ...row, key: undefined } : row)),
});
const asFirstPage = (honest: HonestPage): PageResult => ({
  ...honest,
  rows: smallWorld()
    .members.slice(0, 3)
    .map(({ id, ...data }) => ({ key: id, data })),
});
export const empty = (honest: HonestPage): PageResult => ({
  ...honest,
  rows: [],
  received: 0,
  reported: 0,
  next: null,
});

export interface OddCase {
  readonly what: string;
  readonly fault: Fault;
  readonly status: string;
  readonly reason: string;
  readonly message: string | RegExp;
  readonly received: number;
  /** Pages of the members listing, of which there are three. */
  readonly pages: number;
}

/** In each case, on the second night, everything that the listing does not show stays open and is noted as unverified. */
export const oddMembers: readonly OddCase[] = [
  {
    what: 'truncated at page 1',
    fault: members(withoutFirstRow, 1),
    status: 'partial',
    reason: 'SOURCE_INCOMPLETE',
    message: 'Read twice, and odd both times: received 8 of 9.',
    received: 7,
    pages: 6,
  },
  {
    what: 'truncated at page 3',
    fault: members(withoutFirstRow, 3),
    status: 'partial',
    reason: 'SOURCE_INCOMPLETE',
    message: 'Read twice, and odd both times: received 8 of 9.',
    received: 7,
    pages: 6,
  },
  {
    what: 'an id twice on one page',
    fault: members(withFirstRowTwice, 2),
    status: 'partial',
    reason: 'SOURCE_INCOMPLETE',
    message: 'Read twice, and odd both times: received 8 of 9; id u-3 came twice on page 2.',
    received: 7,
    pages: 6,
  },
  {
    what: 'a page that repeats the one before',
    fault: members(asFirstPage, 2),
    status: 'partial',
    reason: 'SOURCE_INCOMPLETE',
    message:
      'Read twice, and odd both times: received 3 of 9; id u-0 came on pages 1 and 2, like 2 more; a page repeats what was listed and links to a next one.',
    received: 3,
    // Each time the page after it was on its way when its rows were found to be there.
    pages: 6,
  },
  {
    what: 'a count that shrinks',
    fault: members((honest) => ({ ...honest, reported: (honest.reported ?? 0) - 1 }), 2),
    status: 'partial',
    reason: 'SOURCE_INCOMPLETE',
    message:
      'Read twice, and odd both times: the count went from 9 to 8 on page 2; the count went from 8 to 9 on page 3.',
    received: 8,
    pages: 6,
  },
  {
    what: 'a count that is none',
    fault: members((honest) => ({ ...honest, reported: 1.5 })),
    status: 'partial',
    reason: 'SOURCE_INCOMPLETE',
    message: /the count on page 1 is 1.5/,
    received: 8,
    pages: 6,
  },
  {
    what: 'a row without an id',
    fault: members(withoutKeys, 2),
    status: 'partial',
    reason: 'SOURCE_INCOMPLETE',
    message: 'Read twice, and odd both times: received 8 of 9; a row on page 2 has no id.',
    received: 7,
    pages: 6,
  },
  {
    what: 'a next link that leads back',
    fault: members((honest) => ({ ...honest, next: '2' }), 3),
    status: 'partial',
    reason: 'SOURCE_INCOMPLETE',
    message: 'Read twice, and odd both times: the link to the next page leads back.',
    received: 8,
    pages: 6,
  },
  {
    what: 'an empty page that leads on',
    fault: members((honest) => ({ ...honest, rows: [], received: 0, next: '7' }), 3),
    status: 'partial',
    reason: 'SOURCE_INCOMPLETE',
    message: 'Read twice, and odd both times: received 6 of 9; an empty page links to a next one.',
    received: 6,
    pages: 6,
  },
  {
    what: 'pages of invitees without an end',
    fault: (asked, honest) =>
      asked.dataset === 'members' && asked.page > 3
        ? { ...honest, rows: [], received: 3, next: String(asked.page + 1) }
        : members((page) => ({ ...page, next: '4' }), 3)(asked, honest),
    status: 'partial',
    reason: 'SOURCE_INCOMPLETE',
    message: 'Read twice, and odd both times: received 18 of 9; it goes on after as many rows as it should have.',
    received: 8,
    pages: 12,
  },
  {
    what: 'a link that the client will not follow',
    fault: refusing(
      'members',
      { status: 'failed', reason: 'SOURCE_INCOMPLETE', message: 'The next page is on another host.' },
      2,
    ),
    status: 'partial',
    reason: 'SOURCE_INCOMPLETE',
    message:
      'Read twice. First: The next page is on another host. Then it broke off: The next page is on another host.',
    received: 3,
    pages: 4,
  },
  {
    what: 'the same on the first page',
    fault: refusing('members', {
      status: 'failed',
      reason: 'SOURCE_INCOMPLETE',
      message: 'The next page is on another host.',
    }),
    status: 'failed',
    reason: 'SOURCE_INCOMPLETE',
    message: /on another host/,
    received: 0,
    pages: 2,
  },
  {
    what: '500 for ever on page 2',
    fault: refusing('members', unreachable, 2),
    status: 'partial',
    reason: 'SOURCE_UNREACHABLE',
    message: 'Broken off after one page: Docker Hub answered 500 five times.',
    received: 3,
    pages: 2,
  },
  {
    what: '500 for ever on page 1',
    fault: refusing('members', unreachable),
    status: 'failed',
    reason: 'SOURCE_UNREACHABLE',
    message: 'Docker Hub answered 500 five times.',
    received: 0,
    pages: 1,
  },
  {
    what: 'not permitted',
    fault: refusing('members', notPermitted),
    status: 'not_permitted',
    reason: 'CAPABILITY_MISSING',
    message: notPermitted.message,
    received: 0,
    pages: 1,
  },
  {
    what: 'not permitted in the middle',
    fault: refusing('members', notPermitted, 3),
    status: 'partial',
    reason: 'CAPABILITY_MISSING',
    message: /^Broken off after 2 pages: /,
    received: 6,
    pages: 3,
  },
  {
    what: 'an empty listing',
    fault: members(empty),
    status: 'partial',
    reason: 'NO_MEMBERS',
    message: 'Read twice, and odd both times: it is empty, and an organization always has an owner.',
    received: 0,
    pages: 2,
  },
  {
    what: 'odd at first and then broken off',
    fault: (() => {
      const odd = once(members(withoutFirstRow, 3));
      let asked = 0;
      return (page, honest) => {
        if (page.dataset === 'members') asked += 1;
        return asked > 4 ? refusing('members', unreachable)(page, honest) : odd(page, honest);
      };
    })(),
    status: 'partial',
    reason: 'SOURCE_UNREACHABLE',
    message: 'Read twice. First: received 8 of 9. Then it broke off: Docker Hub answered 500 five times.',
    received: 7,
    pages: 5,
  },
];
