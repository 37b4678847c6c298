import type { CertainMatcher } from '../matcher.js';
import { normalizeUsername } from '../normalize-address.js';

// What people type into a column that they have nothing to say in. Each could be registered as a Docker ID by anybody,
// who would then be taken for the person in whose row it stands.
const blanks = new Set([
  '-',
  '--',
  '.',
  '?',
  'n.a.',
  'na',
  'nan',
  'nil',
  'none',
  'null',
  'tbd',
  'undefined',
  'unknown',
]);

/** The username is the Docker ID that HR recorded for somebody. */
export const dockerUsername: CertainMatcher = {
  id: 'docker-username',
  certainty: 'certain',
  accountKeys: (account) => keys(account.username === null ? [] : [account.username]),
  personKeys: (person) => keys(person.dockerUsernames).filter((username) => !blanks.has(username)),
};

function keys(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.map(normalizeUsername).filter((username) => username !== null))];
}
