import type { Instant } from './check.js';
import type { NamedPerson, ServiceAccountPolicy } from './facts.js';

/** What an organization access token may touch, and how. */
export interface TokenResource {
  /** `TYPE_REPO` or `TYPE_ORG`. */
  readonly type?: string;
  /** A repository `acme/api`, a pattern `acme/*`, every public one by a pattern of stars and `public`, or the organization. */
  readonly path?: string;
  readonly scopes?: readonly string[];
}

/** Who made a token, as far as the accounts of the organization tell. */
export type TokenCreator =
  /** `present`: still a member. `person.person` is null where the link names somebody whom no accepted roster ever had. */
  | { readonly state: 'linked'; readonly person: NamedPerson; readonly present: boolean }
  | { readonly state: 'service_account'; readonly declared: ServiceAccountPolicy; readonly present: boolean }
  /** There is, or was, an account of that name, and nobody knows whose it is. */
  | { readonly state: 'unlinked'; readonly present: boolean }
  /** No listing of the members ever had that name, or Docker Hub named nobody. */
  | { readonly state: 'unseen' };

/** What Docker Hub says of an organization access token; instants as it wrote them. */
export interface TokenRow {
  readonly label?: string;
  readonly createdBy?: string | null;
  readonly isActive?: boolean | null;
  readonly createdAt?: Instant | null;
  /** Null: it never expires. */
  readonly expiresAt?: Instant | null;
  /** Null: it was never used. */
  readonly lastUsedAt?: Instant | null;
  /** Absent where the token's own page could not be read. */
  readonly resources?: readonly TokenResource[];
}

/** An organization access token. */
export interface TokenFacts extends TokenRow {
  readonly organization: string;
  readonly id: string;
  /** The label, or the id where it has none. */
  readonly name: string;
  readonly creator: TokenCreator;
  /** Whom the policy of `oat-accountable` names as its owner; null: nobody. */
  readonly owner: NamedPerson | null;
}
