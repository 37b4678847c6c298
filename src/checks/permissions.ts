/** What may be done with a repository, from the least: see and pull it, push to it, administer it. */
export const permissions = ['read', 'write', 'admin'] as const;
export type Permission = (typeof permissions)[number];

/** 1 read, 2 write, 3 admin. */
export function permissionRank(permission: Permission): number {
  return permissions.indexOf(permission) + 1;
}

/** Undoes `permissionRank`; null for a rank that none has. */
export function permissionOfRank(rank: number): Permission | null {
  return permissions[rank - 1] ?? null;
}

const changes = ['push', 'write', 'edit', 'delete'];
const administers = [
  'scope-repository-admin',
  'scope-repository-settings-admin',
  // Whoever decides what teams may do with a repository may do all of it.
  'scope-repo-group-edit',
  'scope-repo-group-admin',
  'repo:admin',
];
const things = /^(?:scope-(?:image|repository|repository-settings|tag|webhook|repo-group)-|repo:(?:public_)?)([a-z]+)$/;

/**
 * What a scope of an organization token comes to on the repositories of its resource. `none`: it is about the organization, not
 * about a repository; null: nobody knows the word, so that the token may do more than the rest of its scopes says.
 */
export function permissionOfScope(scope: string): Permission | 'none' | null {
  const word = scope.trim().toLowerCase();
  if (administers.includes(word)) return 'admin';
  if (word === 'scope-tag-admin' || word === 'scope-webhook-admin') return 'write';
  if (organizationScopes.has(word)) return 'none';
  const verb = things.exec(word)?.[1];
  if (verb === 'pull' || verb === 'read') return 'read';
  return verb !== undefined && changes.includes(verb) ? 'write' : null;
}

const organizationScopes: ReadonlySet<string> = new Set([
  'scope-member-read',
  'scope-member-edit',
  'scope-invite-read',
  'scope-invite-edit',
  'scope-group-read',
  'scope-group-edit',
  'scope-activity-read',
  'scope-ram-read',
  'scope-ram-write',
  'scope-repository-create',
  'scope-repository-list',
  'scope-registry-usage-read',
  'scope-report-read',
  'scope-siem_credentials-read',
  'scope-cloud-connect',
  'scope-audit_events-read',
  'scope-governance-policy-read',
  'scope-governance-policy-write',
]);
