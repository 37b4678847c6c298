import { describe, expect, test } from 'vitest';
import { isTerm, parseBusinessDays, parseDuration } from './duration.js';

describe('a duration', () => {
  test.each([
    ['1s', 1000],
    ['90m', 5_400_000],
    ['24h', 86_400_000],
    ['3d', 259_200_000],
    ['3660d', 316_224_000_000],
  ])('%s is %d ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
    expect(isTerm(text)).toBe(true);
  });

  test.each(['', '0h', '24', 'h', '1.5h', '-1h', '1 h', '01h', '1w', '1H', '1h30m', '3661d', '5bd', '999999999999d'])(
    '%j is none',
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );
});

describe('business days', () => {
  test.each([
    ['1bd', 1],
    ['20bd', 20],
    ['2600bd', 2600],
  ])('%s are %d', (text, days) => {
    expect(parseBusinessDays(text)).toBe(days);
    expect(isTerm(text)).toBe(true);
  });

  test.each(['', '0bd', 'bd', '05bd', '5 bd', '5BD', '5b', '-1bd', '1.5bd', '2601bd', '99999bd', '5bdd'])(
    '%j is no term',
    (text) => {
      expect(parseBusinessDays(text)).toBeNull();
      expect(isTerm(text)).toBe(false);
    },
  );
});
