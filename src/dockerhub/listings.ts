import type { CredentialKind, CredentialRole } from './credential.js';
import { auditLog, auditLogProbe } from './decoders/audit-log.js';
import type { Envelope } from './decoders/envelope.js';
import { invites, members, teamMembers, teams } from './decoders/people.js';
import { repositories, repositoryTeams } from './decoders/repositories.js';
import { scimUsers } from './decoders/scim-users.js';
import { imageAccess, registryAccess } from './decoders/settings.js';
import { tokenDetails, tokens } from './decoders/tokens.js';
import type { HubDataset, Listing, TimeWindow } from './reading.js';

export const pageSize = 100;

/** What the client knows of one dataset. */
export interface ListingKind {
  /** `the members`, for sentences. */
  readonly called: string;
  /** Which credentials are tried, in this order. */
  readonly readers: readonly CredentialRole[];
  /** The scope with which an organization access token reads it; null: none does, and none is tried. */
  readonly scope: string | null;
  /** Below the endpoint, without a query. The first one is tried first. */
  readonly paths: (organization: string, scope: string, kind: CredentialKind) => readonly string[];
  readonly query: string;
  readonly decode: (body: unknown) => Envelope | undefined;
  /**
   * What 404 means. `absent`: the organization, or what is listed in it, is not there for this credential. `hidden`: the route
   * is undocumented, and says so of what it does not show.
   */
  readonly notFound: 'absent' | 'hidden';
}

const paged = `page=1&page_size=${pageSize}`;

const kinds: Readonly<Record<HubDataset, ListingKind>> = {
  members: {
    called: 'the members',
    readers: ['hub', 'owner'],
    scope: 'scope-member-read',
    paths: (name) => [`/v2/orgs/${name}/members`],
    query: paged,
    decode: members,
    notFound: 'absent',
  },
  invites: {
    called: 'the invites',
    readers: ['hub', 'owner'],
    scope: 'scope-invite-read',
    paths: (name) => [`/v2/orgs/${name}/invites`],
    query: '',
    decode: invites,
    notFound: 'absent',
  },
  teams: {
    called: 'the teams',
    readers: ['hub', 'owner'],
    scope: 'scope-group-read',
    paths: (name) => [`/v2/orgs/${name}/groups`],
    query: paged,
    decode: teams,
    notFound: 'absent',
  },
  team_members: {
    called: 'the team members',
    readers: ['hub', 'owner'],
    scope: 'scope-group-read',
    paths: (name, team) => [`/v2/orgs/${name}/groups/${team}/members`],
    query: paged,
    decode: teamMembers,
    notFound: 'absent',
  },
  repositories: {
    called: 'the repositories',
    // An owner sees the private ones for certain, an organization access token only with the scope.
    readers: ['owner', 'hub'],
    scope: 'scope-repository-list',
    paths: (name) => [`/v2/namespaces/${name}/repositories`],
    query: paged,
    decode: repositories,
    notFound: 'absent',
  },
  repository_teams: {
    called: 'the team permissions',
    readers: ['hub', 'owner'],
    scope: 'scope-repo-group-read',
    paths: (name, repository, kind) => {
      // Organization access tokens are kept out of the older route, which everybody else is known to use.
      const [newer, older] = [
        `/v2/namespaces/${name}/repositories/${repository}/groups`,
        `/v2/repositories/${name}/${repository}/groups`,
      ];
      return kind === 'organization_token' ? [newer, older] : [older, newer];
    },
    query: paged,
    decode: repositoryTeams,
    notFound: 'hidden',
  },
  tokens: {
    called: 'the organization access tokens',
    readers: ['owner', 'hub'],
    scope: null,
    paths: (name, id) => [`/v2/orgs/${name}/access-tokens${id === '' ? '' : `/${id}`}`],
    query: paged,
    decode: tokens,
    notFound: 'absent',
  },
  image_access: {
    called: 'the image access settings',
    readers: ['owner', 'hub'],
    scope: null,
    paths: (name) => [`/v2/orgs/${name}/settings`],
    query: '',
    decode: imageAccess,
    notFound: 'absent',
  },
  registry_access: {
    called: 'the registry access settings',
    readers: ['hub', 'owner'],
    scope: 'scope-ram-read',
    paths: (name) => [`/v2/orgs/${name}/settings/registry-access-management`],
    query: '',
    decode: registryAccess,
    notFound: 'hidden',
  },
  audit_log: {
    called: 'the activity log',
    readers: ['hub', 'owner'],
    scope: 'scope-activity-read',
    paths: (name) => [`/v2/auditlogs/${name}`],
    query: 'page=1&page_size=1',
    decode: auditLogProbe,
    notFound: 'absent',
  },
  scim_users: {
    called: 'the SCIM users',
    readers: ['scim'],
    scope: null,
    paths: () => ['/Users'],
    query: scimQuery(1),
    decode: scimUsers,
    notFound: 'absent',
  },
};

const oneToken: ListingKind = {
  ...kinds.tokens,
  called: 'an organization access token',
  query: '',
  decode: tokenDetails,
};

function eventsOf({ from, to }: TimeWindow): ListingKind {
  return {
    ...kinds.audit_log,
    query: new URLSearchParams({ page: '1', page_size: String(pageSize), from, to }).toString(),
    decode: auditLog,
  };
}

/** Fewer events than this are the last page of the audit log, whatever page Docker Hub would have liked to send. */
export const smallestAuditPage = 25;

export function kindOfListing({ dataset, scope, window }: Listing): ListingKind {
  if (dataset === 'audit_log' && window !== undefined) return eventsOf(window);
  return dataset === 'tokens' && scope !== '' ? oneToken : kinds[dataset];
}

/** Sorted, so that the pages of one listing fit together. */
export function scimQuery(startIndex: number): string {
  return `startIndex=${startIndex}&count=${pageSize}&sortBy=userName`;
}

/** Names as parts of a path; null for those that no path can hold: `..` would climb out of it. */
export function firstPaths(
  { dataset, scope, window }: Listing,
  organization: string,
  credential: CredentialKind,
): readonly string[] | null {
  const names = [organization, scope].map(encodeURIComponentOrNull);
  const [name, inside] = names;
  if (name === null || name === undefined || name === '' || inside === null || inside === undefined) return null;
  const isScoped = dataset === 'team_members' || dataset === 'repository_teams';
  if (isScoped && inside === '') return null;
  const kind = kindOfListing({ dataset, scope, ...(window && { window }) });
  const query = kind.query === '' ? '' : `?${kind.query}`;
  return kind.paths(name, inside, credential).map((path) => path + query);
}

function encodeURIComponentOrNull(text: string): string | null {
  if (text === '.' || text === '..') return null;
  try {
    return encodeURIComponent(text);
  } catch {
    return null;
  }
}
