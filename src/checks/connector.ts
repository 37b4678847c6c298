import type { Evidence } from './check.js';
import type { ConnectorCredential } from './connector-facts.js';

/** `the password of jdoe`, `the organization access token hubwarden`; for the inside of a sentence. */
export function credentialLabel({ kind, username, token }: ConnectorCredential): string {
  switch (kind) {
    case 'organization_token':
      return token === undefined
        ? 'an organization access token'
        : `the organization access token ${token.label ?? token.id}`;
    case 'personal_token':
      return `the personal access token of ${username ?? 'somebody'}`;
    case 'password':
      return `the password of ${username ?? 'somebody'}`;
    default:
      return 'the SCIM token';
  }
}

/** What the report says of a credential: what is known of it, and what of it nobody can see. */
export function observedOf(credential: ConnectorCredential): Evidence {
  const { kind, username, token, person } = credential;
  return {
    kind,
    username,
    ...(person !== undefined && { person: person?.id ?? null }),
    ...(token !== undefined && {
      token: token.id,
      label: token.label ?? null,
      ...(token.expiresAt !== undefined && { expiresAt: token.expiresAt }),
      ...(token.resources !== undefined && { scopes: token.resources.flatMap(({ scopes }) => scopes ?? []) }),
    }),
    notSeen: unseenOf(credential),
  };
}

/** What cannot be said of it, as a sentence; null: nothing that matters. */
export function unseenOf(credential: ConnectorCredential): string | null {
  const { kind, token, person, username } = credential;
  if (kind === 'organization_token') {
    return token === undefined
      ? 'When our organization access token expires and what it may do is not visible: only the login of an owner lists the tokens.'
      : null;
  }
  if (kind === 'personal_token') {
    return `When the personal access token of ${username ?? 'somebody'} expires and what it may do is not read.`;
  }
  if (kind === 'scim') return 'When the SCIM token expires is not visible.';
  return person === undefined
    ? `Whose login ${username ?? 'it'} is cannot be told, because no member goes by that name; it may do whatever its user may.`
    : `The login of ${username ?? 'somebody'} may do whatever its user may.`;
}
