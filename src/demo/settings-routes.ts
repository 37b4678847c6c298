import type { Answer, HubRequest } from './answers.js';
import { ok, refusal } from './answers.js';
import { pageOf, positive } from './paging.js';
import { isAnswer, organizationFor } from './rights.js';
import type { HubAuditEvent, HubOrganization, HubToken } from './world.js';

const tokenRoute = { scope: null, passwordOnly: true } as const;

/** GET /v2/orgs/{org}/access-tokens: without the tokens' resources. */
export function listTokens(request: HubRequest, name: string): Answer {
  const organization = organizationFor(request, name, tokenRoute);
  if (isAnswer(organization)) return organization;
  return pageOf(request, organization.tokens, tokenBody, { size: 10, total: 'total', pastEnd: 'empty' });
}

/** GET /v2/orgs/{org}/access-tokens/{id} */
export function readToken(request: HubRequest, name: string, id: string): Answer {
  const organization = organizationFor(request, name, tokenRoute);
  if (isAnswer(organization)) return organization;
  const token = organization.tokens.find((one) => one.id === id);
  return token ? ok({ ...tokenBody(token), resources: token.resources, ...token.wire }) : refusal(404);
}

/** GET /v2/orgs/{org}/settings */
export function readSettings(request: HubRequest, name: string): Answer {
  const organization = organizationFor(request, name, { scope: null });
  if (isAnswer(organization)) return organization;
  const { imageAccess } = organization;
  if (!imageAccess) return refusal(404);
  return ok({
    restricted_images: {
      enabled: imageAccess.enabled,
      allow_official_images: imageAccess.allowOfficialImages,
      allow_verified_publishers: imageAccess.allowVerifiedPublishers,
    },
  });
}

/** GET /v2/orgs/{org}/settings/registry-access-management */
export function readRegistryAccess(request: HubRequest, name: string): Answer {
  const organization = organizationFor(request, name, { scope: 'scope-ram-read' });
  if (isAnswer(organization)) return organization;
  const { registryAccess } = organization;
  if (!registryAccess) return refusal(404);
  return ok({
    enabled: registryAccess.enabled,
    standard_registries: [{ id: 'DockerHub', allowed: registryAccess.dockerHubAllowed }],
    custom_registries: registryAccess.customRegistries.map((one) => ({
      address: one.address,
      friendly_name: one.friendlyName,
      allowed: one.allowed,
    })),
  });
}

/** GET /v2/auditlogs/{org}: newest first, and nothing says how many there are. */
export function listAuditEvents(request: HubRequest, name: string): Answer {
  const organization = organizationFor(request, name, { scope: 'scope-activity-read' });
  if (isAnswer(organization)) return organization;
  const { query } = request;
  const page = positive(query.get('page'), 1);
  const size = positive(query.get('page_size'), 25);
  const from = instant(query.get('from'), -Infinity);
  const to = instant(query.get('to'), Infinity);
  if (page === null || size === null || Number.isNaN(from) || Number.isNaN(to)) return refusal(400);
  const events = (organization.auditEvents ?? plainEvents(organization)).filter((one) => {
    const at = Date.parse(one.timestamp);
    return (
      at >= from &&
      at <= to &&
      one.action === (query.get('action') ?? one.action) &&
      one.name === (query.get('name') ?? one.name) &&
      one.actor === (query.get('actor') ?? one.actor)
    );
  });
  const rows = Math.min(size, 100);
  return ok({ logs: events.slice((page - 1) * rows, page * rows).map((one) => eventBody(organization, one)) });
}

function instant(text: string | null, otherwise: number): number {
  return text === null ? otherwise : Date.parse(text);
}

function tokenBody(token: HubToken): Record<string, unknown> {
  return {
    id: token.id,
    label: token.label,
    created_by: token.createdBy,
    is_active: token.isActive,
    created_at: token.createdAt,
    expires_at: token.expiresAt,
    last_used_at: token.lastUsedAt,
    ...token.wire,
  };
}

/** What an organization that nobody wrote events for must have gone through. */
function plainEvents(organization: HubOrganization): readonly HubAuditEvent[] {
  const actor = organization.members.find((one) => one.role === 'Owner')?.username ?? 'dockersupport';
  const { name } = organization;
  const joined = organization.members.slice(0, 20).map((one) => ({
    eventId: `join-${one.id}`,
    action: 'org.member.add',
    name,
    actor,
    data: { username: one.username },
    timestamp: one.dateJoined,
    description: `added ${one.username} to the organization ${name}`,
  }));
  const pushed = organization.repositories.slice(0, 20).flatMap((one) =>
    one.lastUpdated
      ? [
          {
            eventId: `push-${one.name}`,
            action: 'repo.tag.push',
            name: `${name}/${one.name}`,
            actor,
            data: { tag: 'latest' },
            timestamp: one.lastUpdated,
            description: `pushed the tag latest to the repository ${name}/${one.name}`,
          },
        ]
      : [],
  );
  return [...joined, ...pushed].sort((one, other) => Date.parse(other.timestamp) - Date.parse(one.timestamp));
}

function eventBody(organization: HubOrganization, event: HubAuditEvent): unknown {
  return {
    event_id: event.eventId,
    account: organization.name,
    action: event.action,
    name: event.name,
    actor: event.actor,
    data: event.data,
    timestamp: event.timestamp,
    action_description: event.description,
  };
}
