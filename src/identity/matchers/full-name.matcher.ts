import { distance } from 'fastest-levenshtein';
import type { SuggestionMatcher } from '../matcher.js';
import { nameWords } from '../names.js';

const maxWords = 4;
const maxLength = 40;
/** Below this, one letter more or less makes another name. */
const minLengthForTypos = 8;

/**
 * The name on the account is the person's name, written in another order, without a middle name, or with a typing error or
 * two. Everybody may call themselves anything on Docker Hub, so this never links.
 *
 * Names at a small edit distance meet because both yield the same text when a letter is left out somewhere.
 */
export const fullName: SuggestionMatcher = {
  id: 'full-name',
  certainty: 'suggestion',
  accountKeys: (account) => keys(account.fullName),
  personKeys: (person) => keys(person.fullName),
  resemblance(account, person) {
    const mine = nameWords(account.fullName ?? '').join(' ');
    const theirs = nameWords(person.fullName ?? '').join(' ');
    if (mine === '' || theirs === '') return null;
    if (mine === theirs) return { because: 'Both have the same name.', distance: 0 };
    const typos = distance(mine, theirs);
    if (typos <= 2) return { because: 'Their names differ in a letter or two.', distance: typos };
    return { because: 'Both share a first and a last name.', distance: 3 };
  },
};

function keys(name: string | null): readonly string[] {
  const words = nameWords(name ?? '').slice(0, maxWords);
  const whole = words.join(' ').slice(0, maxLength);
  if (whole.length < 3) return [];
  const found = new Set([whole]);
  words.forEach((first, position) => {
    for (const second of words.slice(position + 1))
      if (first.length + second.length > 4) found.add(`${first} ${second}`);
  });
  if (whole.length >= minLengthForTypos) {
    for (let at = 0; at < whole.length; at += 1) found.add(whole.slice(0, at) + whole.slice(at + 1));
  }
  return [...found];
}
