import { describe, expect, test } from 'vitest';
import type { PageResult } from '../dockerhub/reading.js';
import { advance, readAgain, type Answer, type Staged } from './advance-listing.js';
import { unread, type ListingState } from './listing-state.js';

type Page = Extract<PageResult, { outcome: 'page' }>;

function page(rows: number, parts: Partial<Page> = {}): Page {
  return {
    outcome: 'page',
    rows: Array.from({ length: rows }, (_, place) => ({ key: `key-${place}`, data: {} })),
    received: rows,
    reported: null,
    next: null,
    credential: 'c',
    ...parts,
  };
}

function answer(result: PageResult, leadsBack = false): Answer {
  const belief = '2026-11-21T02:00:00.000Z';
  return { result, leadsBack, readAs: undefined, machineTime: '2026-11-21T02:00:09.000Z', belief };
}

const fresh = unread('1', { dataset: 'invites', scope: '' });

function staged(added: number, repeats: Staged['repeats'] = []): Staged {
  return { added, repeats };
}

describe('one page after another', () => {
  test('is counted, and the last one completes the listing', () => {
    const first = advance(fresh, answer(page(2, { reported: 5, next: 'p2', received: 3 })), staged(2));
    expect(first).toMatchObject({ status: null, cursor: 'p2', pages: 1, received: 2, unkept: 1, reported: 5 });
    const last = advance(first, answer(page(2, { reported: 5 })), staged(2));
    expect(last).toMatchObject({ status: 'complete', reason: null, cursor: null, pages: 2, received: 4 });
  });

  test('keeps the instants of the first page', () => {
    const first = advance(fresh, answer(page(1, { next: 'p2' })), staged(1));
    const later = { ...answer(page(1)), belief: '2026-11-21T03:00:00.000Z', machineTime: '2026-11-21T03:00:00.000Z' };
    expect(advance(first, later, staged(1))).toMatchObject({
      fetchedAt: '2026-11-21T02:00:00.000Z',
      firstReadAt: '2026-11-21T02:00:09.000Z',
    });
  });

  test('a page that forgets its count leaves the one before in force', () => {
    const first = advance(fresh, answer(page(1, { reported: 3, next: 'p2' })), staged(1));
    const last = advance(first, answer(page(1)), staged(1));
    expect(last).toMatchObject({ reading: 2, oddBefore: 'received 2 of 3' });
  });
});

test('an odd listing remembers three oddities at most', () => {
  let state: ListingState = fresh;
  for (let place = 0; place < 50; place += 1) {
    const repeats = [{ key: `key-${place}`, page: place }];
    state = advance(state, answer(page(2, { next: `p${place}` })), staged(1, repeats));
  }
  expect(state.odd?.split('; ')).toHaveLength(3);
  expect(state.odd).toMatch(/^id key-0 came on pages 0 and 1; /);
});

test.each([
  ['settings', 'image_access', '', true],
  ['registry settings', 'registry_access', '', true],
  ['a token', 'tokens', 't-1', true],
  ['the activity log, which has no rows', 'audit_log', '', false],
  ['tokens', 'tokens', '', false],
  ['permissions', 'repository_teams', 'api', false],
] as const)('an empty answer for %s', (_, dataset, scope, odd) => {
  const state = advance(unread('1', { dataset, scope }), answer(page(0)), staged(0));
  expect(state).toMatchObject(
    odd ? { status: null, reading: 2, oddBefore: 'the answer held nothing' } : { status: 'complete' },
  );
});

test('a refusal keeps its own status as long as nothing was received, in either reading', () => {
  const refusal = {
    outcome: 'refused',
    status: 'not_permitted',
    reason: 'CAPABILITY_MISSING',
    message: 'No.',
  } as const;
  expect(advance(fresh, answer(refusal), staged(0))).toMatchObject({ status: 'not_permitted', message: 'No.' });
  const read = advance(fresh, answer(page(1, { reported: 2 })), staged(1));
  expect(advance(read, answer(refusal), staged(0))).toMatchObject({ status: 'partial', reason: 'CAPABILITY_MISSING' });
});

test('a second reading begins with nothing but the reason for it', () => {
  const read = advance(fresh, answer(page(4, { reported: 4 })), staged(4));
  expect(readAgain(read, 'shrank', 'it lost 9 rows')).toMatchObject({
    reading: 2,
    cursor: null,
    pages: 0,
    received: 0,
    reported: null,
    status: null,
    again: 'shrank',
    oddBefore: 'it lost 9 rows',
    fetchedAt: read.fetchedAt,
    credential: 'c',
  });
});
