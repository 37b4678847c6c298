import type { AddressRules } from './normalize-address.js';

/** ISO 8601 in UTC with milliseconds. */
export type Instant = string;

/** What Docker Hub shows of an account or an invite; null where it did not show it. */
export interface Account {
  readonly kind: 'account' | 'invite';
  readonly username: string | null;
  readonly email: string | null;
  readonly fullName: string | null;
}

/** What the roster says of a person. */
export interface Person {
  readonly id: string;
  readonly fullName: string | null;
  /** Work addresses first. */
  readonly addresses: readonly string[];
  readonly dockerUsernames: readonly string[];
}

/** Two that share a key belong together. Both functions are pure and total, and answer without duplicates. */
interface Keys {
  /** Never changes once links were made with it: it is their source. */
  readonly id: string;
  accountKeys(account: Account, rules: AddressRules): readonly string[];
  personKeys(person: Person): readonly string[];
}

/** An equal key is proof. If all keys of an account lead to one person, that is whose it is; a key that two hold links nobody. */
export interface CertainMatcher extends Keys {
  readonly certainty: 'certain';
}

/** An equal key is worth a look. The two are shown to people side by side, and never linked. */
export interface SuggestionMatcher extends Keys {
  readonly certainty: 'suggestion';
  /** Why these two, who share a key, may be one; null if at a closer look there is no reason. */
  resemblance(account: Account, person: Person, rules: AddressRules): Resemblance | null;
}

export interface Resemblance {
  /** A sentence for people. */
  readonly because: string;
  /** 0 is as alike as this matcher knows. */
  readonly distance: number;
}

export type Matcher = CertainMatcher | SuggestionMatcher;
