import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { workEmail } from './matchers/work-email.matcher.js';
import { addressRules } from './normalize-address.js';

type Pair = [string, string];

const rules = addressRules({
  corporateDomains: [],
  domainAliases: {},
  plusAddressing: false,
  links: [],
  serviceAccounts: [],
});

// Letters that some normalization or other takes for one another, so that collisions are common.
const tricky = Array.from(
  'kK\u212AiIıİ\u0307aAаАａ𝐚ᵃsSſßẞåÅ\u212B\u030AωΩ\u2126σςǆǅoо0０.-_+@。\u00AD\u200D\u200B\uFEFF xn--',
);
const part = fc.oneof(
  fc.array(fc.constantFrom(...tricky), { minLength: 1, maxLength: 4 }).map((letters) => letters.join('')),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }),
);
const domain = fc.oneof(
  part,
  part.map((label) => `${label}.com`),
  fc.constantFrom('acme.com', 'ACME.com'),
);
const address = fc.tuple(part, domain).map(([mailbox, at]) => `${mailbox}@${at}`);
/** A pair of which the second is now and then the first in another case. */
const pair = fc.oneof(
  fc.tuple(address, address),
  address.map((text): Pair => [text, text.toUpperCase()]),
  address.map((text): Pair => [text, text.toLowerCase()]),
  address.map((text): Pair => [text, text.normalize('NFKC')]),
  fc.tuple(part, part, domain).map(([one, other, at]): Pair => [`${one}@${at}`, `${other}@${at}`]),
  fc.tuple(part, domain, domain).map(([box, one, other]): Pair => [`${box}@${one}`, `${box}@${other}`]),
);

function meet(account: string, person: string): boolean {
  const keys = workEmail.accountKeys({ kind: 'account', username: 'x', email: account, fullName: null }, rules);
  const theirs = workEmail.personKeys({ id: 'E-1', fullName: null, addresses: [person], dockerUsernames: [] });
  return keys.some((key) => theirs.includes(key));
}

/** Said again in other words than the product's: letters are equal if they are, or if each is the other's other case. */
function sameButForCase(one: string, other: string): boolean {
  const [letters, others] = [Array.from(one), Array.from(other)];
  return (
    letters.length === others.length &&
    letters.every((letter, position) => {
      const counterpart = others[position] ?? '';
      return (
        letter === counterpart ||
        (letter.toLowerCase() === counterpart && counterpart.toUpperCase() === letter) ||
        (letter.toUpperCase() === counterpart && counterpart.toLowerCase() === letter)
      );
    })
  );
}

function halves(text: string): Pair {
  const at = text.trim().lastIndexOf('@');
  return [text.trim().slice(0, at), text.trim().slice(at + 1)];
}

/** Null if it holds for every pair tried; else the smallest that breaks it. */
function exception(pairs: fc.Arbitrary<Pair>, holds: (one: string, other: string) => boolean): readonly Pair[] | null {
  return fc.check(
    fc.property(pairs, ([one, other]) => holds(one, other)),
    { numRuns: 20_000 },
  ).counterexample;
}

describe('two addresses without a rule that joins them', () => {
  it('never share a key unless their mailboxes are the same but for case', () =>
    expect(
      exception(pair, (one, other) => !meet(one, other) || sameButForCase(halves(one)[0], halves(other)[0])),
    ).toBeNull());

  it('never share a key unless their domains are the same but for case and the IDNA form', () =>
    expect(
      exception(pair, (one, other) => {
        const [first, second] = [halves(one)[1], halves(other)[1]];
        const composed = sameButForCase(first.normalize('NFC'), second.normalize('NFC'));
        return !meet(one, other) || /xn--/i.test(first + second) || composed || sameButForCase(first, second);
      }),
    ).toBeNull());

  it('never share a key if one is plain ASCII and the other is not', () => {
    const plain = fc.stringMatching(/^[A-Za-z.-]{1,6}@[a-z]{1,6}\.com$/);
    const disguise = fc.constantFrom(...tricky.filter((letter) => letter > '\x7f'));
    const disguised = fc
      .tuple(plain, fc.nat(), disguise)
      .map(([text, place, letter]): Pair => {
        const position = place % text.length;
        return [text, text.slice(0, position) + letter + text.slice(position + 1)];
      })
      .filter(([, other]) => /[^\0-\x7f]/.test(other.trim()));
    expect(exception(disguised, (text, other) => !meet(text, other) && !meet(other, text))).toBeNull();
  });

  it('share a key when one is the other in the other case or with white space around it', () => {
    const proper = fc.stringMatching(/^[A-Za-z0-9.+'-]{1,10}@[A-Za-z]{1,8}\.(com|io)$/);
    const cases = proper.map((text): Pair => [text.toUpperCase(), ` ${text.toLowerCase()}\n`]);
    expect(exception(cases, meet)).toBeNull();
  });
});
