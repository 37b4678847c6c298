import { describe, expect, it } from 'vitest';
import { bookmarkAfter, decodeBookmark, encodeBookmark, followLink, followScim } from './bookmark.js';
import { Endpoint } from './endpoint.js';

const hub = new Endpoint('https://hub.docker.com');
const second = new URL('https://hub.docker.com/v2/orgs/acme/members?page=2&page_size=100');

function follow(link: string, url = second, seen: readonly string[] = []) {
  return followLink(hub, { by: 'hub', url, seen }, link);
}

function at(cursor: string): URL {
  return new URL(`https://hub.docker.com/v2/orgs/acme/members?cursor=${cursor}`);
}

function users(startIndex: number): URL {
  return new URL(`https://hub.docker.com/v2/scim/2.0/Users?startIndex=${startIndex}`);
}

describe('a link to the next page', () => {
  it.each([
    ['the next page', 'https://hub.docker.com/v2/orgs/acme/members?page=3&page_size=100'],
    [
      'the next page of a smaller size than asked for',
      'https://hub.docker.com/v2/orgs/acme/members?page=3&page_size=50',
    ],
    ['the same listing under another route', 'https://hub.docker.com/v2/namespaces/acme/members?page=3'],
    ['a link without a host', '/v2/orgs/acme/members?page=3'],
  ])('is followed: %s', (_, link) => {
    const url = new URL(link, second);
    expect(follow(link)).toEqual({ by: 'hub', at: url.pathname + url.search, seen: [] });
  });

  it.each([
    ['the page itself', second.href, 'after page 2 it leads to page 2'],
    ['a page before', 'https://hub.docker.com/v2/orgs/acme/members?page=1', 'after page 2 it leads to page 1'],
    ['a page too far on', 'https://hub.docker.com/v2/orgs/acme/members?page=4', 'after page 2 it leads to page 4'],
    ['another host', 'https://hub.elsewhere.example/v2/orgs/acme/members?page=3', 'not the configured one'],
    ['another host without a scheme', '//hub.elsewhere.example/v2/orgs/acme/members?page=3', 'not the configured one'],
    ['another scheme', 'http://hub.docker.com/v2/orgs/acme/members?page=3', 'not the configured one'],
    ['outside the API', 'https://hub.docker.com/login?page=3', 'not the configured one'],
    ['nonsense', 'https://', 'not the configured one'],
  ])('is refused: %s', (_, link, why) => {
    expect(follow(link)).toEqual({ mistake: expect.stringContaining(why) });
  });

  it('without page numbers leads on as long as it leads to something new', () => {
    let mark = follow(at('b').href, at('a'));
    for (const [here, there] of [
      ['b', 'c'],
      ['c', 'd'],
    ] as const) {
      if ('mistake' in mark) throw new Error(mark.mistake);
      mark = follow(at(there).href, at(here), mark.seen);
    }
    if ('mistake' in mark) throw new Error(mark.mistake);
    expect(follow(at('b').href, at('d'), mark.seen)).toEqual({ mistake: 'it leads to a page that was read before' });
    expect(follow(at('d').href, at('d'), mark.seen)).toEqual({ mistake: 'it leads to a page that was read before' });
  });
});

describe('a SCIM listing', () => {
  it.each<[string, number, { startIndex?: number; received: number; reported: number | null }, unknown]>([
    ['goes on', 1, { startIndex: 1, received: 100, reported: 250 }, { startIndex: 101 }],
    [
      'goes on after a page shorter than asked for',
      1,
      { startIndex: 1, received: 50, reported: 250 },
      { startIndex: 51 },
    ],
    ['ends', 201, { startIndex: 201, received: 50, reported: 250 }, null],
    ['ends on a full page', 101, { startIndex: 101, received: 100, reported: 200 }, null],
    ['ends where nothing comes any more', 101, { startIndex: 101, received: 0, reported: 250 }, null],
    ['goes on without a total while pages are full', 1, { received: 100, reported: null }, { startIndex: 101 }],
    ['ends without a total where a page is not full', 101, { received: 99, reported: null }, null],
    ['is empty', 1, { startIndex: 0, received: 0, reported: 0 }, null],
    [
      'began elsewhere',
      101,
      { startIndex: 1, received: 100, reported: 250 },
      { mistake: 'asked to begin at 101, the answer began at 1' },
    ],
  ])('%s', (_, startIndex, page, expected) => {
    expect(followScim(users(startIndex), page, 100)).toEqual(expected);
  });
});

describe('a bookmark', () => {
  it.each([
    { by: 'hub', at: '/v2/orgs/acme/members?page=2', seen: [] },
    { by: 'scim', at: '/Users?startIndex=101', seen: ['abc', 'def'] },
    { by: 'hub', at: '/v2/auditlogs/acme?page=2', seen: [], full: 40 },
  ] as const)('comes back as it was: %j', (mark) => {
    expect(decodeBookmark(encodeBookmark(mark))).toEqual(mark);
  });

  it.each([
    '',
    'x',
    '{}',
    ...[
      null,
      [],
      {},
      { by: 'root', at: '/v2' },
      { by: 'hub' },
      { by: 'hub', at: 5 },
      { by: 'hub', at: 'https://evil.example' },
      { by: 'hub', at: '/v2', seen: 'x' },
      { by: 'hub', at: '/v2', seen: [1] },
      { by: 'hub', at: '/v2/auditlogs/acme?page=2', full: 'x' },
    ].map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
  ])('is not made of %j', (cursor) => {
    expect(decodeBookmark(cursor)).toBeNull();
  });
});

describe('what should come after a page', () => {
  it.each<[string, string, string | null]>([
    ['hub', '/v2/orgs/acme/members?page=2&page_size=100', '/v2/orgs/acme/members?page=3&page_size=100'],
    ['owner', '/v2/orgs/acme/members?page_size=100&page=9', '/v2/orgs/acme/members?page_size=100&page=10'],
    ['scim', '/Users?startIndex=101&count=100&sortBy=userName', '/Users?startIndex=151&count=100&sortBy=userName'],
    ['hub', '/v2/orgs/acme/members?cursor=abc', null],
    ['hub', '/v2/orgs/acme/members?page=last&page_size=100', null],
    ['hub', '/v2/orgs/acme/page=3', null],
  ])('is told from its address: %s %s', (by, here, there) => {
    if (by !== 'hub' && by !== 'owner' && by !== 'scim') throw new Error(by);
    expect(bookmarkAfter({ by, at: here, seen: [] }, 50)?.at ?? null).toBe(there);
  });

  it('is not guessed where pages have no numbers', () => {
    expect(bookmarkAfter({ by: 'hub', at: '/v2/orgs/acme/members?page=2', seen: ['x'] }, 100)).toBeNull();
  });
});
