import type { Answer, HubRequest } from './answers.js';
import { ok, refusal } from './answers.js';
import { pageOf } from './paging.js';
import { isAnswer, organizationFor } from './rights.js';
import type { HubToken } from './world.js';

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
