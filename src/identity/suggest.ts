import type { Account, Person, Resemblance } from './matcher.js';
import { suggestionMatchers } from './matchers.js';
import type { AddressRules } from './normalize-address.js';

/** As it is stored and shown. */
export interface ShownSuggestion {
  readonly person: string;
  readonly name: string | null;
  readonly because: string;
}

const shownAtMost = 5;
/** A key that more people than this share tells nobody apart: half a company may be called by one first name. */
const sharedByAtMost = 20;

/**
 * Finds the people who resemble accounts that are nobody's. The accounts' keys are held in memory and people pass by once,
 * so the work is one look-up per key of a person, and a key that too many people share is dropped: never everybody with
 * everybody. People have to pass in the same order for the same answer.
 */
export class Suggester {
  /** The keys of the accounts, one map for each matcher, and the people who have them. */
  private readonly holders: readonly Map<string, Person[]>[] = suggestionMatchers.map(() => new Map());

  constructor(
    private readonly accounts: readonly Account[],
    private readonly rules: AddressRules,
  ) {
    for (const account of accounts) for (const { holders, key } of this.keysOf(account)) holders.set(key, []);
  }

  consider(person: Person): void {
    suggestionMatchers.forEach((matcher, position) => {
      const known = this.holders[position];
      for (const key of matcher.personKeys(person)) {
        const holders = known?.get(key);
        if (holders !== undefined && holders.length <= sharedByAtMost) holders.push(person);
      }
    });
  }

  /** One list for each account, in the order of the accounts; the most alike first. */
  suggestions(): readonly (readonly ShownSuggestion[])[] {
    return this.accounts.map((account) => {
      const people = new Map<string, Person>();
      for (const { holders, key } of this.keysOf(account)) {
        const sharers = holders.get(key) ?? [];
        if (sharers.length <= sharedByAtMost) for (const person of sharers) people.set(person.id, person);
      }
      return [...people.values()]
        .map((person) => ({ person, found: this.resemblances(account, person) }))
        .filter(({ found }) => found.length > 0)
        .sort((one, other) => order(one.found, other.found) || (one.person.id < other.person.id ? -1 : 1))
        .slice(0, shownAtMost)
        .map(({ person, found }) => ({
          person: person.id,
          name: person.fullName,
          because: found.map(({ because }) => because).join(' '),
        }));
    });
  }

  private keysOf(account: Account): readonly { readonly holders: Map<string, Person[]>; readonly key: string }[] {
    return this.holders.flatMap((holders, position) => {
      const keys = suggestionMatchers[position]?.accountKeys(account, this.rules) ?? [];
      return keys.map((key) => ({ holders, key }));
    });
  }

  private resemblances(account: Account, person: Person): readonly Ranked[] {
    return suggestionMatchers.flatMap((matcher, rank) => {
      const keys = new Set(matcher.accountKeys(account, this.rules));
      if (!matcher.personKeys(person).some((key) => keys.has(key))) return [];
      const found = matcher.resemblance(account, person, this.rules);
      return found === null ? [] : [{ ...found, rank }];
    });
  }
}

type Ranked = Resemblance & { readonly rank: number };

/** Whoever resembles it for the better reason; with the same one, whoever resembles it more; then for more reasons. */
function order(one: readonly Ranked[], other: readonly Ranked[]): number {
  const [first, second] = [one[0], other[0]];
  if (first === undefined || second === undefined) return 0;
  return first.rank - second.rank || first.distance - second.distance || other.length - one.length;
}
