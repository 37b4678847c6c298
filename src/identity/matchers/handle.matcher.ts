import type { Account, Person, SuggestionMatcher } from '../matcher.js';
import { nameWords, squash } from '../names.js';
import { normalizeAddress, splitAddress } from '../normalize-address.js';

const minLength = 4;

/** The username, or what stands before the @, resembles a mailbox, a Docker ID or a name that HR has. */
export const handle: SuggestionMatcher = {
  id: 'handle',
  certainty: 'suggestion',
  accountKeys: (account) => [
    ...new Set([...usernames(account), ...mailboxes(account.email === null ? [] : [account.email])]),
  ],
  personKeys: (person) => [...new Set([...fromRecords(person), ...fromName(person)])],
  resemblance(account, person, rules) {
    const recorded = new Set(fromRecords(person));
    const spelt = new Set(fromName(person));
    const mailbox = mailboxes(account.email === null ? [] : [account.email]);
    const address = account.email === null ? null : normalizeAddress(account.email);
    const corporate = address !== null && rules.corporateDomains.has(splitAddress(address).domain);
    if (corporate && mailbox.some((key) => recorded.has(key) || spelt.has(key))) {
      return {
        because: "Its company address is in nobody's row of the roster, but resembles their name or address.",
        distance: 0,
      };
    }
    if (mailbox.some((key) => recorded.has(key))) {
      return { because: 'Its address has the same name before the @ as one of theirs.', distance: 1 };
    }
    if (usernames(account).some((key) => recorded.has(key))) {
      return { because: 'Its username resembles their address or their recorded Docker ID.', distance: 1 };
    }
    if (usernames(account).some((key) => spelt.has(key)))
      return { because: 'Its username resembles their name.', distance: 2 };
    return mailbox.some((key) => spelt.has(key)) ? { because: 'Its address resembles their name.', distance: 2 } : null;
  },
};

function usernames(account: Account): readonly string[] {
  return account.username === null ? [] : [squash(account.username)].filter(longEnough);
}

function mailboxes(addresses: readonly string[]): readonly string[] {
  return addresses
    .filter((address) => address.includes('@'))
    .map((address) => squash(splitAddress(address.trim()).mailbox))
    .filter(longEnough);
}

function fromRecords(person: Person): readonly string[] {
  return [...person.dockerUsernames.map(squash).filter(longEnough), ...mailboxes(person.addresses)];
}

/** `janedoe`, `jdoe`, `janed` and the same the other way round, of every two words of the name. */
function fromName(person: Person): readonly string[] {
  const words = nameWords(person.fullName ?? '').slice(0, 4);
  return words
    .flatMap((first) =>
      words.flatMap((last) =>
        first === last ? [] : [first + last, first.slice(0, 1) + last, first + last.slice(0, 1)],
      ),
    )
    .filter(longEnough);
}

function longEnough(key: string): boolean {
  return key.length >= minLength;
}
