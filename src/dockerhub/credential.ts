import { createHmac } from 'node:crypto';
import type { Credential } from '../config/configuration.js';

/** Under which key of the organization it stands in the configuration. */
export type CredentialRole = 'hub' | 'owner' | 'scim';
export type CredentialKind = 'organization_token' | 'personal_token' | 'password' | 'scim';

/** What may be known about a credential without asking: everything but its secret. */
export interface CredentialView {
  readonly role: CredentialRole;
  readonly kind: CredentialKind;
  /** What `PageResult.credential` says of the pages that it read. */
  readonly fingerprint: string;
}

/** Who signed in with a credential, as Docker Hub said. */
export interface CredentialIdentity {
  readonly kind: CredentialKind;
  /** Null for an organization's token. */
  readonly username: string | null;
  /** The id of an organization access token in the organization's inventory, if it says so; else null. */
  readonly tokenId: string | null;
}

/**
 * What a credential of the organization looks like: Docker marks its tokens by how they begin, and nobody but the organization
 * itself signs in by its name. The sign-in may know better.
 */
export function kindOf({ identifier, secret }: Credential, organization: string): CredentialKind {
  if (secret.startsWith('dckr_oat_')) return 'organization_token';
  if (secret.startsWith('dckr_pat_')) return 'personal_token';
  return identifier.toLowerCase() === organization.toLowerCase() ? 'organization_token' : 'password';
}

/** Tells two credentials apart without telling what they are; the key keeps anybody from trying passwords against it. */
export function fingerprintOf(key: Buffer, identifier: string, secret: string): string {
  return createHmac('sha256', key).update(`${identifier}\0${secret}`).digest('hex').slice(0, 16);
}

/** Can stand in a header as it is. */
export function isSendable(secret: string): boolean {
  return /^[\x21-\x7e]+$/.test(secret);
}
