import type { Answer, HubRequest } from './answers.js';
import { refusal } from './answers.js';
import type { HubMember, HubOrganization, HubRepository } from './world.js';

export const patRefused: Answer = {
  status: 403,
  body: { message: 'token issued from personal access token is not allowed', errinfo: {} },
};
export const oatRefused: Answer = refusal(403, 'token issued from organization access token is not allowed');

/** Who reads a route of an organization besides its owners. */
export interface OrganizationRoute {
  /** The scope with which an organization token reads it; null: none does. */
  readonly scope: string | null;
  /** Whether no personal token reads it, even where personal tokens are let in. */
  readonly passwordOnly?: boolean;
}

/** The organization, or the refusal that this caller gets. */
export function organizationFor(request: HubRequest, name: string, route: OrganizationRoute): HubOrganization | Answer {
  const { caller, world } = request;
  if (caller.kind === 'nobody' || caller.kind === 'refused') return refusal(401);
  const organization = world.organizations.find((one) => one.name === name);
  if (!organization) return refusal(404);
  if (caller.kind === 'organization') {
    if (route.scope === null) return oatRefused;
    const granted = caller.name === name && holds(scopesOf(organization, caller.token, null), route.scope);
    return granted ? organization : refusal(403);
  }
  if (caller.by === 'pat' && (route.passwordOnly === true || !request.patOnOrganizationRoutes)) return patRefused;
  return memberOf(organization, caller.username)?.role === 'Owner' ? organization : refusal(403);
}

export function isAnswer(value: HubOrganization | Answer): value is Answer {
  return 'status' in value;
}

/** Which repositories the caller finds in the listing: without a right to the private ones it is simply shorter. */
export function visibleTo(request: HubRequest, organization: HubOrganization): readonly HubRepository[] {
  const { caller } = request;
  const seesAll =
    caller.kind === 'organization'
      ? caller.name === organization.name && holds(scopesOf(organization, caller.token, null), 'scope-repository-list')
      : administers(request, organization);
  if (seesAll) return organization.repositories;
  const teams = teamsOf(request, organization);
  return organization.repositories.filter(
    (one) => !one.isPrivate || one.teams.some((permission) => teams.has(permission.team)),
  );
}

/** Whether the caller may read which teams hold a permission on the repository. */
export function readsPermissions(
  request: HubRequest,
  organization: HubOrganization,
  repository: HubRepository,
): boolean {
  const { caller } = request;
  if (caller.kind === 'organization') {
    const scopes = caller.name === organization.name ? scopesOf(organization, caller.token, repository) : [];
    return holds(scopes, 'scope-repo-group-read');
  }
  if (administers(request, organization)) return true;
  const teams = teamsOf(request, organization);
  return repository.teams.some((one) => one.permission === 'admin' && teams.has(one.team));
}

function administers(request: HubRequest, organization: HubOrganization): boolean {
  const { caller } = request;
  if (caller.kind !== 'user' || publicOnly(caller.scopes)) return false;
  const role = memberOf(organization, caller.username)?.role;
  return role === 'Owner' || role === 'Editor';
}

function teamsOf(request: HubRequest, organization: HubOrganization): ReadonlySet<string> {
  const { caller } = request;
  if (caller.kind !== 'user' || publicOnly(caller.scopes)) return new Set();
  return new Set(memberOf(organization, caller.username)?.groups);
}

function publicOnly(scopes: readonly string[]): boolean {
  return scopes.length > 0 && scopes.every((one) => one === 'repo:public_read');
}

function memberOf(organization: HubOrganization, username: string): HubMember | undefined {
  return organization.members.find((one) => one.username.toLowerCase() === username.toLowerCase());
}

/** The scopes of an organization token for the organization itself, or for one of its repositories. */
function scopesOf(organization: HubOrganization, token: string, repository: HubRepository | null): readonly string[] {
  const resources = organization.tokens.find((one) => one.id === token)?.resources ?? [];
  return resources
    .filter((one) =>
      repository === null
        ? one.type === 'TYPE_ORG' && one.path === organization.name
        : one.type === 'TYPE_REPO' && covers(one.path, organization, repository),
    )
    .flatMap((one) => one.scopes);
}

function covers(path: string, organization: HubOrganization, repository: HubRepository): boolean {
  if (path === '*/*/public') return !repository.isPrivate;
  return path === `${organization.name}/*` || path === `${organization.name}/${repository.name}`;
}

/** The higher scope of a line includes the lower one. */
function holds(scopes: readonly string[], wanted: string): boolean {
  const line = wanted.replace(/-read$/, '');
  const enough = line === wanted ? [wanted] : ['read', 'edit', 'write', 'admin'].map((level) => `${line}-${level}`);
  return scopes.some((one) => enough.includes(one));
}
