import type { NamedPerson, OrganizationFacts } from './facts.js';
import type { TokenRow } from './token-facts.js';

/** A credential that Hubwarden read a snapshot of the organization with. */
export interface ConnectorCredential {
  /** `organization_token`, `personal_token`, `password` or `scim`. */
  readonly kind: string;
  /** Who signed in; null: no user did. */
  readonly username: string | null;
  /** Whose account that is; null: an account that nobody is linked to; absent: there is no such account among the members. */
  readonly person?: NamedPerson | null;
  /** The account is a declared service account. */
  readonly serviceAccount?: true;
  /** Its own row in the inventory of tokens; absent: it is no organization access token, or none that the inventory shows. */
  readonly token?: TokenRow & { readonly id: string; readonly creator?: NamedPerson | null };
}

export interface ConnectedOrganization extends OrganizationFacts {
  /** Absent: it is not known who read the snapshot. */
  readonly credentials?: readonly ConnectorCredential[];
}
