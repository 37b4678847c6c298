import type { OrganizationConfig } from '../../src/config/configuration.js';
import {
  addOrganizationToken,
  addOwner,
  hubMember,
  hubOrganization,
  hubRepository,
  hubScimUser,
  hubTeam,
  readingScopes,
} from '../../src/demo/build-world.js';
import type { HubOptions } from '../../src/demo/hub.js';
import { startHub } from '../../src/demo/hub.js';
import type { HubDataset } from '../../src/dockerhub/reading.js';
import { clientOf, configOf, listing, login, oat, pat } from './reading-rig.js';

export const scimToken = 'simulated-scim-token';

/** The organization acme with something in every dataset, and all the credentials of the rig. */
export async function acmeHub(
  options: HubOptions & { scopes?: readonly string[]; repositories?: number; members?: number } = {},
) {
  const { scopes = readingScopes, repositories = 5, members = 2, ...hubOptions } = options;
  const organization = hubOrganization('acme', {
    members: Array.from({ length: members }, (_, place) => hubMember(`user${place}`)),
    teams: [hubTeam('acme', 'owners'), hubTeam('acme', 'data & platform')],
    repositories: Array.from({ length: repositories }, (_, place) =>
      hubRepository(`api-${place}`, {
        isPrivate: place > 0,
        teams: [{ team: 'data & platform', permission: 'write' }],
      }),
    ),
    scim: { token: scimToken, users: [hubScimUser('user0@acme.example', 'user0')] },
  });
  organization.members[0]?.groups.push('data & platform');
  addOrganizationToken(organization, oat.secret, scopes);
  addOwner(organization, login.identifier, login.secret);
  organization.credentials.push({ kind: 'pat', id: 'p1', username: pat.identifier, secret: pat.secret });
  const hub = await startHub({ organizations: [organization] }, hubOptions);
  return {
    hub,
    organization,
    scim: { url: `${hub.url}/v2/scim/2.0/`, token: scimToken },
    reader: (parts: Partial<OrganizationConfig>) => clientOf(hub.url).organization(configOf(parts)),
  };
}

export const everyDataset: readonly HubDataset[] = [
  'members',
  'invites',
  'teams',
  'team_members',
  'repositories',
  'repository_teams',
  'tokens',
  'image_access',
  'registry_access',
  'audit_log',
  'scim_users',
];

export const datasets = {
  members: listing('members'),
  invites: listing('invites'),
  teams: listing('teams'),
  team_members: listing('team_members', 'data & platform'),
  repositories: listing('repositories'),
  repository_teams: listing('repository_teams', 'api-1'),
  tokens: listing('tokens'),
  image_access: listing('image_access'),
  registry_access: listing('registry_access'),
  audit_log: listing('audit_log'),
  scim_users: listing('scim_users'),
} satisfies Record<HubDataset, unknown>;
