import { isAscii } from '../roster/letters.js';

// Letters that are taken for a Latin one, by the Latin letter. Small on purpose: it is used for hints only, and a letter
// that is missing here costs a hint, never a wrong link.
const imitations: Readonly<Record<string, string>> = {
  a: 'аαɑ',
  b: 'вβЬь',
  c: 'сϲ',
  d: 'ԁ',
  e: 'еεҽ',
  g: 'ɡ',
  h: 'һнհ',
  i: 'іιı',
  j: 'јϳ',
  k: 'кκ',
  l: 'ӏ',
  m: 'м',
  n: 'ηոп',
  o: 'оοσօ',
  p: 'рρ',
  q: 'ԛ',
  r: 'г',
  s: 'ѕ',
  t: 'тτ',
  u: 'υս',
  v: 'νѵ',
  w: 'ԝωш',
  x: 'хχ',
  y: 'уγү',
  z: 'ζ',
};

// Capitals that resemble another letter than their small form does.
const capitals: Readonly<Record<string, string>> = { h: 'Η', n: 'Ν', y: 'Υ' };

const latin = new Map(
  [...Object.entries(imitations), ...Object.entries(capitals)].flatMap(([letter, others]) =>
    Array.from(others, (other) => [other, letter] as const),
  ),
);

/**
 * What a text looks like at a glance: letters of other alphabets as the Latin ones that they resemble, digits as letters,
 * `rn` as `m`, without accents and invisible characters. Two texts with one skeleton can be mistaken for each other.
 */
export function skeleton(text: string): string {
  return (isAscii(text) ? text.toLowerCase() : latinize(text))
    .replace(/[1|i]/g, 'l')
    .replaceAll('0', 'o')
    .replaceAll('5', 's')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w');
}

function latinize(text: string): string {
  const plain = text.normalize('NFKD').replace(/[\p{M}\p{C}]/gu, '');
  return Array.from(
    plain,
    (letter) => latin.get(letter) ?? latin.get(letter.toLowerCase()) ?? letter.toLowerCase(),
  ).join('');
}
