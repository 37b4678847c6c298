import { isAscii } from '../roster/letters.js';

const latinLetters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/** The words of a name, without accents, case and punctuation, in alphabetical order: `Doe, Zoë` is `doe zoe`. */
export function nameWords(name: string): readonly string[] {
  return foldAccents(name)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .sort();
}

/** `jane.doe-99` is `janedoe`: what is left of a username or a mailbox without tag, punctuation and the number behind it. */
export function squash(handle: string): string {
  const untagged = handle.replace(/(?<=.)\+.*$/su, '');
  const letters = foldAccents(untagged).replace(/[^\p{L}\p{N}]+/gu, '');
  return letters.replace(/\p{N}+$/u, '') || letters;
}

// Umlauts are written with and without the e that stands for the dots; inside a word it is left out, so that they meet.
function foldAccents(text: string): string {
  return (isAscii(text) ? text.toLowerCase() : unaccented(text)).replace(/(?<=[aou])e(?=[bcdfghklmnprstvz])/gu, '');
}

function unaccented(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[ßæœøłđðþı]/gu, (letter) => latinLetters[letter] ?? letter);
}
