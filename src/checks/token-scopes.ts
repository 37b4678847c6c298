import type { TokenResource } from './token-facts.js';

/**
 * What a scope lets a token do. `pushes`: puts images into repositories or takes them out, or administers them, which comes to
 * the same. `manages`: changes who belongs to the organization, who is in its teams, or what its rules are.
 */
export interface ScopeMeaning {
  readonly level: 'read' | 'write';
  readonly pushes?: true;
  readonly manages?: true;
}

const read: ScopeMeaning = { level: 'read' };
const write: ScopeMeaning = { level: 'write' };
const push: ScopeMeaning = { level: 'write', pushes: true };
const manage: ScopeMeaning = { level: 'write', manages: true };

/** Every scope that Docker documents. The higher one of a line includes the lower ones, so that deleting images is pushing. */
const meanings: ReadonlyMap<string, ScopeMeaning> = new Map([
  ['scope-image-pull', read],
  ['scope-image-push', push],
  ['scope-image-delete', push],
  ['scope-repository-read', read],
  ['scope-repository-edit', write],
  ['scope-repository-admin', push],
  ['scope-repository-settings-admin', push],
  ['scope-tag-read', read],
  ['scope-tag-admin', push],
  ['scope-webhook-read', read],
  ['scope-webhook-edit', write],
  ['scope-webhook-admin', write],
  ['scope-repo-group-read', read],
  ['scope-repo-group-edit', push],
  ['scope-repo-group-admin', push],
  ['scope-member-read', read],
  ['scope-member-edit', manage],
  ['scope-invite-read', read],
  ['scope-invite-edit', manage],
  ['scope-group-read', read],
  ['scope-group-edit', manage],
  ['scope-activity-read', read],
  ['scope-ram-read', read],
  ['scope-ram-write', manage],
  ['scope-repository-create', write],
  ['scope-repository-list', read],
  ['scope-registry-usage-read', read],
  ['scope-report-read', read],
  ['scope-siem_credentials-read', read],
  ['scope-cloud-connect', write],
  ['scope-audit_events-read', read],
  ['scope-governance-policy-read', read],
  ['scope-governance-policy-write', manage],
]);

/** What one resource of a token grants. */
export interface Grant {
  /** As Docker Hub wrote it: a repository, a pattern such as `acme/*`, or the organization. */
  readonly path: string;
  /** True for one repository by its name; false for a pattern and for the organization as a whole, whatever its type says. */
  readonly single: boolean;
  readonly scopes: readonly string[];
}

/** What a token may do, as far as it can be told. */
export interface Rights {
  readonly grants: readonly Grant[];
  /** Scopes and kinds of resources that nobody documented, in order. */
  readonly strange: readonly string[];
  /** A part of a resource that Docker Hub did not send: `type`, `path`, `scopes`; in order. */
  readonly unsaid: readonly string[];
}

export function rightsOf(resources: readonly TokenResource[]): Rights {
  const strange = new Set<string>();
  const unsaid = new Set<string>();
  const grants = resources.map(({ type, path, scopes }): Grant => {
    if (type === undefined) unsaid.add('type');
    else if (type !== 'TYPE_REPO' && type !== 'TYPE_ORG') strange.add(type);
    if (path === undefined) unsaid.add('path');
    if (scopes === undefined) unsaid.add('scopes');
    for (const scope of scopes ?? []) if (!meanings.has(scope)) strange.add(scope);
    return {
      path: path ?? '',
      // One whose path is not known is not counted as everything, and not as nothing: it is `unsaid`.
      single: path === undefined || (type !== 'TYPE_ORG' && path.includes('/') && !path.includes('*')),
      scopes: scopes ?? [],
    };
  });
  return { grants, strange: [...strange].toSorted(), unsaid: [...unsaid].toSorted() };
}

/** The scopes of a grant that have this meaning. */
export function scopesThat(grant: Grant, has: (meaning: ScopeMeaning) => boolean): string[] {
  return grant.scopes.filter((scope) => {
    const meaning = meanings.get(scope);
    return meaning !== undefined && has(meaning);
  });
}

export function writingScopes({ grants }: Rights): string[] {
  return [...new Set(grants.flatMap((grant) => scopesThat(grant, ({ level }) => level === 'write')))].toSorted();
}
