import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composed, foldCase, isAscii } from './letters.js';

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

describe('composed', () => {
  it('is normal form C of any text', () => {
    const unit = fc.oneof(
      fc.integer({ min: 0, max: 0x2ff }).map((code) => String.fromCharCode(code)),
      fc.constantFrom('\u0301', '\u0308', '\u0327', '\u212B', '\u1100', '\u1161'),
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 6 }), (units) => {
        const text = units.join('');
        expect(composed(text)).toBe(text.normalize('NFC'));
      }),
      { numRuns: 5_000 },
    );
    const low = Array.from({ length: 0x300 }, (_, code) => String.fromCharCode(code));
    expect(low.flatMap((one) => low.map((two) => one + two)).filter((text) => text.normalize('NFC') !== text)).toEqual(
      [],
    );
    expect([composed(null), composed(undefined)]).toEqual([null, undefined]);
  });
});
