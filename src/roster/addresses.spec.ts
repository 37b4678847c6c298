import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparableAddress, comparableDomain } from './addresses.js';

describe('comparableAddress', () => {
  it('is the same of a usual address and of any other', () => {
    const letters = fc.string({
      unit: fc.constantFrom('a', 'Z', '0', '.', '-', '_', '+', '@', 'xn--', '..', 'é', '%'),
      maxLength: 9,
    });
    fc.assert(
      fc.property(letters, letters, (mailbox, domain) => {
        const text = `${mailbox}@${domain}.com`;
        // With a blank before it, it is not usual.
        expect(comparableAddress(text)).toBe(comparableAddress(` ${text}`));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    [' Jane.DOE@ACME.com ', 'jane.doe@acme.com'],
    ['JÜRGEN@Müller.de', 'jürgen@xn--mller-kva.de'],
    ['jane@mu\u0308nchen.de', 'jane@xn--mnchen-3ya.de'],
    ['山田たろう@例え.jp', '山田たろう@xn--r8jz45g.jp'],
    ['jane@0x7f.1', 'jane@0x7f.1'],
  ])('%j is %j', (text, expected) => expect(comparableAddress(text)).toBe(expected));

  it.each([
    ['a Kelvin sign', 'jac\u212A@acme.com'],
    ['a full-width letter', 'ｊack@acme.com'],
    ['a Cyrillic letter', 'jасk@acme.com'],
  ])('leaves %s in the mailbox as it is', (_, text) => expect(comparableAddress(text)).toBe(text));

  it.each([
    ['a Kelvin sign in the domain', 'jack@\u212Aay.com'],
    ['a full-width domain', 'jack@ａｃｍｅ.com'],
    ['an ideographic full stop', 'jack@acme。com'],
    ['a percent sign in the domain', 'jack@acm%65.com'],
    ['a path behind the domain', 'jack@acme.com/x'],
    ['an ASCII form of nothing', 'jack@xn--zzzz.com'],
    ['a soft hyphen in the domain', 'jack@ac\u00ADme.com'],
    ['a domain without a dot', 'jack@localhost'],
    ['a name', 'Jack <jack@acme.com>'],
    ['more than 254 characters', `${'a'.repeat(246)}@acme.com`],
  ])('is null for %s', (_, text) => expect(comparableAddress(text)).toBeNull());
});

describe('comparableDomain', () => {
  it('is the same in capitals and in either of its forms', () =>
    expect(['MÜLLER.de', 'müller.DE', 'XN--MLLER-KVA.de'].map(comparableDomain)).toEqual(
      Array.from({ length: 3 }, () => 'xn--mller-kva.de'),
    ));
});
