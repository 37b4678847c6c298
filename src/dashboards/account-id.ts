import type { HolderKind } from './account.js';

export interface AccountName {
  readonly organization: string;
  readonly kind: HolderKind;
  readonly key: string;
}

/** `acme:0ab7…` of an account, `acme:invite:…` of an invite. The name of an organization has no colon, a Hub user id neither. */
export function accountId({ organization, kind, key }: AccountName): string {
  return kind === 'account' ? `${organization}:${key}` : `${organization}:invite:${key}`;
}

/** Null: nothing has such an id. */
export function readAccountId(id: string): AccountName | null {
  const [, organization, invite, key] = /^([^:\0]+):(invite:)?([^\0]+)$/s.exec(id) ?? [];
  if (organization === undefined || key === undefined) return null;
  return { organization: organization.toLowerCase(), kind: invite === undefined ? 'account' : 'invite', key };
}
