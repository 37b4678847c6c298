import type { Answer, HubRequest } from './answers.js';
import { refusal } from './answers.js';
import type { PageRules } from './paging.js';
import { pageOf } from './paging.js';
import { oatRefused, readsPermissions, visibleTo } from './rights.js';
import type { HubOrganization, HubRepository } from './world.js';

const rules: PageRules = { size: 10, total: 'count', pastEnd: 404 };
const orderings = ['name', '-name', 'last_updated', '-last_updated', 'pull_count', '-pull_count'];
const badOrdering: Answer = {
  status: 400,
  body: {
    fields: { ordering: [`Invalid ordering value. Must be one of: ${orderings.join(', ')}`] },
    text: 'Invalid ordering value',
  },
};

/** GET /v2/namespaces/{ns}/repositories: open to everybody, and silently shorter for whoever may not see private ones. */
export function listRepositories(request: HubRequest, namespace: string): Answer {
  if (request.caller.kind === 'refused') return refusal(401);
  const organization = request.world.organizations.find((one) => one.name === namespace);
  if (!organization) return refusal(404);
  const ordering = request.query.get('ordering');
  if (ordering !== null && !orderings.includes(ordering)) return badOrdering;
  const name = request.query.get('name') ?? '';
  const rows = visibleTo(request, organization).filter((one) => one.name.includes(name));
  return pageOf(request, ordered(rows, ordering), (one) => repositoryBody(organization, one), rules);
}

/** GET /v2/namespaces/{ns}/repositories/{repo}/groups, and the older /v2/repositories/{ns}/{repo}/groups. */
export function listPermissions(
  request: HubRequest,
  namespace: string,
  name: string,
  route: 'namespace' | 'legacy',
): Answer {
  const { caller } = request;
  if (caller.kind === 'nobody' || caller.kind === 'refused') return refusal(401);
  if (caller.kind === 'organization' && route === 'legacy') return oatRefused;
  const organization = request.world.organizations.find((one) => one.name === namespace);
  const repository = organization?.repositories.find((one) => one.name === name);
  if (!organization || !repository) return refusal(404);
  if (!readsPermissions(request, organization, repository)) return refusal(403);
  const teams = new Map(organization.teams.map((one) => [one.name, one.id]));
  const rows = repository.teams.filter((one) => teams.has(one.team));
  return pageOf(
    request,
    rows,
    (one) => ({ group_id: teams.get(one.team), group_name: one.team, permission: one.permission }),
    { ...rules, pastEnd: 'empty' },
  );
}

function ordered(rows: readonly HubRepository[], ordering: string | null): readonly HubRepository[] {
  if (ordering === null) return rows;
  const sorted = [...rows].sort((one, other) => {
    if (ordering.endsWith('name')) return one.name < other.name ? -1 : 1;
    if (ordering.endsWith('pull_count')) return (one.pullCount ?? 0) - (other.pullCount ?? 0);
    return (one.lastUpdated ?? '') < (other.lastUpdated ?? '') ? -1 : 1;
  });
  return ordering.startsWith('-') ? sorted.toReversed() : sorted;
}

function repositoryBody(organization: HubOrganization, repository: HubRepository): unknown {
  const registered = repository.registeredAt ?? '2021-03-04T09:12:44.187326Z';
  return {
    name: repository.name,
    namespace: organization.name,
    repository_type: 'image',
    status: 1,
    status_description: 'active',
    description: repository.description ?? '',
    is_private: repository.isPrivate,
    star_count: 0,
    pull_count: repository.pullCount ?? 0,
    last_updated: repository.lastUpdated === undefined ? registered : repository.lastUpdated,
    last_modified: repository.lastUpdated === undefined ? registered : repository.lastUpdated,
    date_registered: registered,
    affiliation: '',
    media_types: ['application/vnd.oci.image.index.v1+json'],
    content_types: ['image'],
    categories: [],
    storage_size: 104_857_600,
    ...repository.wire,
  };
}
