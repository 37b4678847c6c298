import { expect, test } from 'vitest';
import type { PageResult } from '../dockerhub/reading.js';
import type { HubReader } from './hub-reader.js';
import { unread } from './listing-state.js';
import { PagesAhead, RoomAhead } from './pages-ahead.js';

const listing = unread('1', { dataset: 'members', scope: '' });

function pageTo(next: string | null): Extract<PageResult, { outcome: 'page' }> {
  return { outcome: 'page', rows: [], received: 10, reported: 1000, next, credential: 'one' };
}

/** Pages of ten rows; says what it was asked for. */
function reading(): { asked: string[]; reader: HubReader } {
  const asked: string[] = [];
  const reader: HubReader = {
    credentials: ['one'],
    cursorAfter: (cursor) => String(Number(cursor) + 1),
    identity: () => undefined,
    page: async (_listing, cursor) => {
      asked.push(cursor ?? '1');
      return Promise.resolve(pageTo(String(Number(cursor ?? 1) + 1)));
    },
  };
  return { asked, reader };
}

test('what one listing has asked for ahead leaves no room for another, until it comes for it or forgets it', async () => {
  const counts: number[] = [];
  const room = new RoomAhead(
    4,
    (kept) => counts.push(kept),
    () => true,
  );
  const { asked, reader } = reading();
  const one = new PagesAhead(reader, room);
  one.lookBeyond(listing, pageTo('2'));
  expect(asked).toEqual(['2']);
  await one.page(listing, '2');
  one.lookBeyond(listing, pageTo('3'));
  expect(asked).toEqual(['2', '3', '4', '5', '6']);

  const other = new PagesAhead(reader, room);
  other.lookBeyond(listing, pageTo('7'));
  expect(asked).toHaveLength(5);
  await one.page(listing, '3');
  other.lookBeyond(listing, pageTo('7'));
  expect(asked.slice(5)).toEqual(['7']);

  one.forget();
  other.forget();
  expect(counts.at(-1)).toBe(0);
  expect(Math.max(...counts)).toBe(4);
  one.lookBeyond(listing, pageTo('9'));
  expect(asked.at(-1)).toBe('9');
});

test('a listing whose links lead elsewhere drops what was guessed, and guesses no more', async () => {
  const room = new RoomAhead(
    8,
    () => undefined,
    () => true,
  );
  const { asked, reader } = reading();
  const pages = new PagesAhead(reader, room);
  pages.lookBeyond(listing, pageTo('2'));
  await pages.page(listing, '2');
  pages.lookBeyond(listing, pageTo('3'));
  await pages.page(listing, '3');
  expect(asked).toEqual(['2', '3', '4', '5', '6']);
  pages.lookBeyond(listing, pageTo('40'));
  expect(asked.slice(5)).toEqual(['40']);
  await pages.page(listing, '40');
  pages.lookBeyond(listing, pageTo('41'));
  expect(asked.slice(6)).toEqual(['41']);
});

test('is never more than there is room for beside what is on its way, and what it had is kept for it', () => {
  let running = 32;
  let kept = 0;
  const room = new RoomAhead(
    8,
    (pages) => (kept = pages),
    (taken) => running + taken < 32,
  );
  expect(room.take()).toBe(false);
  expect(kept).toBe(1);
  running = 31;
  expect(room.take()).toBe(true);
  expect(room.take()).toBe(false);
  room.give(1);
  expect(kept).toBe(2);
  room.giveUp();
  expect(kept).toBe(0);
});
