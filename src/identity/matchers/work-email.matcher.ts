import type { CertainMatcher } from '../matcher.js';
import { accountAddresses, normalizeAddress } from '../normalize-address.js';

/**
 * The account's address is one that HR knows. Only the account's side is varied: whoever has a tag in the roster is meant
 * with the tag.
 */
export const workEmail: CertainMatcher = {
  id: 'work-email',
  certainty: 'certain',
  accountKeys: (account, rules) => (account.email === null ? [] : accountAddresses(account.email, rules)),
  personKeys: (person) => [...new Set(person.addresses.map(normalizeAddress).filter((address) => address !== null))],
};
