import { domainToUnicode } from 'node:url';
import { skeleton } from '../confusables.js';
import { isAscii } from '../../roster/letters.js';
import type { SuggestionMatcher } from '../matcher.js';
import { normalizeAddress, splitAddress } from '../normalize-address.js';

/**
 * The address can be mistaken for one of the person's: other letters that look the same, digits for letters, other
 * punctuation, or a tag that the policy does not overlook. Often a typing error, sometimes an attempt.
 */
export const lookAlikeAddress: SuggestionMatcher = {
  id: 'look-alike-address',
  certainty: 'suggestion',
  accountKeys: (account) => (account.email === null ? [] : keys(account.email)),
  personKeys: (person) => [...new Set(person.addresses.flatMap(keys))],
  resemblance(account, person) {
    if (account.email === null) return null;
    const shared = new Set(keys(account.email));
    const theirs = person.addresses.filter((address) => keys(address).some((key) => shared.has(key)));
    const normal = normalizeAddress(account.email);
    if (theirs.length === 0) return null;
    if (normal !== null && theirs.some((address) => normalizeAddress(address) === normal)) {
      return { because: 'It has one of their addresses, but Docker Hub did not show its username.', distance: 0 };
    }
    const foreign = normal === null || !isAscii(account.email);
    return foreign && theirs.some(isAscii)
      ? {
          because: 'Its address looks like one of theirs, but is written with letters of another alphabet.',
          distance: 0,
        }
      : {
          because: 'Its address differs from one of theirs in look-alike characters, punctuation or a tag only.',
          distance: 0,
        };
  },
};

function keys(text: string): readonly string[] {
  if (!text.includes('@')) return [];
  const { mailbox, domain } = splitAddress(text.trim());
  const untagged = mailbox.replace(/(?<=.)\+.*$/su, '');
  const shape = skeleton(untagged).replace(/[^\p{L}\p{N}]+/gu, '');
  const shown = domain.includes('xn--') ? domainToUnicode(domain) || domain : domain;
  return shape === '' || domain === '' ? [] : [`${shape}@${skeleton(shown)}`];
}
