import { describe, expect, it } from 'vitest';
import { foldCase, isAscii } from './letters.js';

describe('foldCase', () => {
  it.each([
    ['Jane.DOE', 'jane.doe'],
    ['JÜRGEN', 'jürgen'],
    ['ИВАН', 'иван'],
    ['ΣΊΣΥΦΟΣ', 'σίσυφοσ'],
    ['ÅSE', 'åse'],
  ])('%s becomes %s', (text, folded) => expect(foldCase(text)).toBe(folded));

  it.each([
    ['the Kelvin sign', '\u212A'],
    ['the Ångström sign', '\u212B'],
    ['the Ohm sign', '\u2126'],
    ['a capital i with a dot', '\u0130'],
    ['a dotless i', '\u0131'],
    ['a long s', '\u017F'],
    ['a capital sharp s', '\u1E9E'],
  ])('leaves %s alone', (_, letter) => expect(foldCase(letter)).toBe(letter));

  it('makes ASCII of nothing that was not ASCII, in all of Unicode', () => {
    const turned: string[] = [];
    for (let code = 0x80; code <= 0x10ffff; code += 1) {
      const letter = String.fromCodePoint(code);
      if (/[\0-\x7f]/.test(foldCase(letter))) turned.push(letter);
    }
    expect(turned).toEqual([]);
  });

  it('brings no two letters together but the cases of one, in all of Unicode', () => {
    const strangers: string[] = [];
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const letter = String.fromCodePoint(code);
      const folded = foldCase(letter);
      if (folded !== letter && folded.toUpperCase() !== letter) strangers.push(letter);
    }
    expect(strangers).toEqual([]);
  });
});

describe('isAscii', () => {
  it.each([
    ['jane@acme.com', true],
    ['', true],
    ['jäne', false],
    ['jane\u200b', false],
  ])('of %j is %s', (text, expected) => expect(isAscii(text)).toBe(expected));
});
