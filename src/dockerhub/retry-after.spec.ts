import { describe, expect, it } from 'vitest';
import { resetAt, retryAfterMs } from './retry-after.js';

const now = Date.parse('2026-11-21T02:00:00Z');
const unix = now / 1000;
/** A server whose clock is an hour fast. */
const fast = { date: 'Sat, 21 Nov 2026 03:00:00 GMT' };

describe('how long to wait', () => {
  it.each<[string, Record<string, string>, number | null]>([
    ['seconds', { 'retry-after': '7' }, 7_000],
    ['half seconds', { 'retry-after': '0.5' }, 500],
    ['nothing', {}, null],
    ['blank', { 'retry-after': ' ' }, null],
    ['a word', { 'retry-after': 'soon' }, null],
    ['less than nothing', { 'retry-after': '-5' }, 0],
    ['a Unix time', { 'retry-after': String(unix + 30) }, 30_000],
    ['a Unix time in milliseconds', { 'retry-after': String(now + 30_000) }, 30_000],
    ['a Unix time that is over', { 'retry-after': String(unix - 30) }, 0],
    ['a date', { 'retry-after': 'Sat, 21 Nov 2026 02:01:00 GMT' }, 60_000],
    ['the older header', { 'x-retry-after': String(unix + 45) }, 45_000],
    ['both headers', { 'retry-after': '3', 'x-retry-after': String(unix + 45) }, 3_000],
    ['a new one that says nothing, and an older one', { 'retry-after': 'soon', 'x-retry-after': '9' }, 9_000],
    ['a Unix time on a clock that is fast', { ...fast, 'x-retry-after': String(unix + 3_620) }, 20_000],
    ['seconds on a clock that is fast', { ...fast, 'retry-after': '20' }, 20_000],
  ])('%s', (_, headers, expected) => {
    expect(retryAfterMs(headers, now)).toBe(expected);
  });
});

describe('when the window ends', () => {
  it.each<[string, Record<string, string>, number | null]>([
    ['a Unix time', { 'x-ratelimit-reset': String(unix + 12) }, now + 12_000],
    ['a Unix time on a clock that is fast', { ...fast, 'x-ratelimit-reset': String(unix + 3_612) }, now + 12_000],
    ['a span', { 'x-ratelimit-reset': '12' }, now + 12_000],
    ['a word', { 'x-ratelimit-reset': 'soon' }, null],
    ['nothing', {}, null],
  ])('%s', (_, headers, expected) => {
    expect(resetAt(headers, now)).toBe(expected);
  });
});
