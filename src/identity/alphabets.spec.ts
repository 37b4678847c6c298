import { describe, expect, it } from 'vitest';
import { mixesAlphabets } from './alphabets.js';

describe('mixesAlphabets', () => {
  it.each(['jane', 'jürgen', 'иван', 'ιωαννης', '山田たろう', '홍길동', 'ivan2', '---'])(
    '%s is written in one',
    (word) => expect(mixesAlphabets(word)).toBe(false),
  );
  it.each(['jаne', 'Κelly', 'pаypal', 'иvan', 'jane太郎', 'ᎪᏴjane', 'ꓙane'])('%s is not', (word) =>
    expect(mixesAlphabets(word)).toBe(true),
  );
});
