import type { Answer, HubRequest } from './answers.js';
import { refusal, scimRefusal } from './answers.js';
import { listAuditEvents } from './audit-log.js';
import { listInvites, listMembers, listTeamMembers, listTeams, readTeam } from './people-routes.js';
import { listPermissions, listRepositories } from './repository-routes.js';
import { scimRoute } from './scim-routes.js';
import { listTokens, readRegistryAccess, readSettings, readToken } from './settings-routes.js';
import type { SignInDesk } from './sign-in.js';

type Route = (request: HubRequest, ...names: string[]) => Answer;

/** `*` is one part of the path and becomes an argument, in order. A slash at the end is allowed everywhere. */
const routes: readonly (readonly [string, Route])[] = [
  ['orgs/*/members', listMembers],
  ['orgs/*/invites', listInvites],
  ['orgs/*/groups', listTeams],
  ['orgs/*/groups/*', (request, organization = '', team = '') => readTeam(request, organization, team)],
  ['orgs/*/groups/*/members', (request, organization = '', team = '') => listTeamMembers(request, organization, team)],
  ['orgs/*/access-tokens', listTokens],
  ['orgs/*/access-tokens/*', (request, organization = '', id = '') => readToken(request, organization, id)],
  ['orgs/*/settings', readSettings],
  ['orgs/*/settings/registry-access-management', readRegistryAccess],
  ['auditlogs/*', listAuditEvents],
  ['namespaces/*/repositories', listRepositories],
  [
    'namespaces/*/repositories/*/groups',
    (request, namespace = '', name = '') => listPermissions(request, namespace, name, 'namespace'),
  ],
  [
    'repositories/*/*/groups',
    (request, namespace = '', name = '') => listPermissions(request, namespace, name, 'legacy'),
  ],
];

/** The answer of Docker Hub; only reading and signing in are simulated. */
export async function hubRoute(method: string, request: HubRequest, body: unknown, desk: SignInDesk): Promise<Answer> {
  const { segments } = request;
  if (!request.path.startsWith('/v2/')) return refusal(404);
  if (segments[0] === 'auth' && segments[1] === 'token' && segments.length === 2) {
    return method === 'POST' ? desk.signIn(body) : refusal(405);
  }
  if (segments[0] === 'scim' && segments[1] === '2.0') {
    return method === 'GET' ? scimRoute(request) : scimRefusal(405, 'Method not allowed');
  }
  for (const [pattern, route] of routes) {
    const names = namesIn(pattern.split('/'), segments);
    if (names) return method === 'GET' ? route(request, ...names) : refusal(405);
  }
  return refusal(404);
}

function namesIn(pattern: readonly string[], segments: readonly string[]): string[] | null {
  if (pattern.length !== segments.length) return null;
  if (pattern.some((part, place) => part !== '*' && part !== segments[place])) return null;
  return segments.filter((_, place) => pattern[place] === '*');
}
