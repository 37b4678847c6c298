import type { IdentityConfig } from '../config/configuration.js';
import type { EndedBecause } from './link.entity.js';
import type { Account } from './matcher.js';
import { normalizeUsername } from './normalize-address.js';

/** What the configuration says about whose account it is, by normalized username. */
export interface Declarations {
  /** The person's employee id, the one of today where there were several. */
  readonly links: ReadonlyMap<string, string>;
  readonly serviceAccounts: ReadonlySet<string>;
  /** The one id under which a person is known who has had several. */
  readonly personOf: (employeeId: string) => string;
}

export function readDeclarations(config: IdentityConfig, personOf: (employeeId: string) => string): Declarations {
  const links = new Map<string, string>();
  for (const { username, person } of config.links) {
    const name = normalizeUsername(username);
    if (name !== null) links.set(name, personOf(person));
  }
  const services = config.serviceAccounts.map(({ username }) => normalizeUsername(username));
  return { links, serviceAccounts: new Set(services.filter((name) => name !== null)), personOf };
}

/** A link that stands, as of the last matching. */
export interface Standing {
  readonly employeeId: string;
  readonly source: string;
  /** What the account was called when the link was made. */
  readonly username: string | null;
}

export const declared = 'declared';

export type Decision = {
  /** Why the standing link ends; null where it stands, or where there was none. */
  readonly ends: EndedBecause | null;
} & (
  | { readonly outcome: 'kept' }
  | { readonly outcome: 'declared'; readonly person: string }
  | { readonly outcome: 'service account' }
  /** Nothing that was declared or linked before says whose it is: its keys may. */
  | { readonly outcome: 'by keys' }
  /** Docker Hub did not say the username, so nobody can tell whether it is declared: no new link is made tonight. */
  | { readonly outcome: 'unnamed' }
);

/**
 * First a declared link, then a declared service account, then the link that stands, whatever became of the address; else
 * the keys. A username that Docker Hub did not show tonight is the one that the standing link was made with.
 */
export function decide(account: Account, standing: Standing | null, declarations: Declarations): Decision {
  const shown = account.username ?? standing?.username ?? null;
  const username = shown === null ? null : normalizeUsername(shown);
  const person = username === null ? undefined : declarations.links.get(username);
  if (person !== undefined) {
    if (standing === null) return { outcome: 'declared', person, ends: null };
    if (declarations.personOf(standing.employeeId) === person) return { outcome: 'kept', ends: null };
    return { outcome: 'declared', person, ends: 'DECLARED_OTHERWISE' };
  }
  if (username !== null && declarations.serviceAccounts.has(username)) {
    return { outcome: 'service account', ends: standing === null ? null : 'DECLARED_SERVICE_ACCOUNT' };
  }
  if (standing !== null && standing.source !== declared) return { outcome: 'kept', ends: null };
  const ends = standing === null ? null : 'DECLARATION_REMOVED';
  const nameless = account.username === null && (account.kind === 'account' || account.email === null);
  return nameless ? { outcome: 'unnamed', ends } : { outcome: 'by keys', ends };
}
