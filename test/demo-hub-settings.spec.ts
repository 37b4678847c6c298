import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addOwner, hubMember, hubOrganization, hubRepository, hubToken } from '../src/demo/build-world.js';
import type { RunningHub } from '../src/demo/hub.js';
import { startHub } from '../src/demo/hub.js';
import { askHub, signInToHub } from './support/ask-hub.js';

interface TokenPage {
  readonly total: number;
  readonly next: string | null;
  readonly results: readonly Record<string, unknown>[];
}
interface Logs {
  readonly logs: readonly Record<string, unknown>[];
}

const acme = hubOrganization('acme', {
  imageAccess: { enabled: true, allowOfficialImages: false, allowVerifiedPublishers: true },
  registryAccess: {
    enabled: true,
    dockerHubAllowed: false,
    customRegistries: [{ address: 'registry.acme.example', friendlyName: 'Ours', allowed: true }],
  },
  repositories: [hubRepository('api', { lastUpdated: '2026-11-03T08:00:00.000000Z' })],
  tokens: [
    hubToken('acme', 'reader', ['scope-member-read', 'scope-image-pull', 'scope-repo-group-read'], {
      createdBy: 'olga',
    }),
    hubToken('acme', 'old', ['scope-image-push'], { isActive: false, expiresAt: '2025-05-20T00:54:18Z' }),
  ],
});
for (let place = 0; place < 9; place += 1) acme.tokens.push(hubToken('acme', `token-${place}`, []));
addOwner(acme, 'olga', 'olga');

const bare = hubOrganization('bare', { imageAccess: null, registryAccess: null });
bare.members.push(hubMember('olga', { role: 'Owner' }));

let hub: RunningHub;
let owner = '';

beforeAll(async () => {
  hub = await startHub({ organizations: [acme, bare] });
  owner = await signInToHub(hub.url, 'olga', 'olga');
});
afterAll(async () => hub.stop());

describe('organization tokens', () => {
  it('are listed with a total and without their resources', async () => {
    const { body } = await askHub<TokenPage>(hub.url, '/v2/orgs/acme/access-tokens', owner);
    expect([body.total, body.results.length]).toEqual([11, 10]);
    expect(body).not.toHaveProperty('count');
    expect(body.next).toBe(`${hub.url}/v2/orgs/acme/access-tokens?page=2`);
    expect(body.results[0]).toEqual({
      id: acme.tokens[0]?.id,
      label: 'reader',
      created_by: 'olga',
      is_active: true,
      created_at: '2025-05-20T00:54:18Z',
      expires_at: null,
      last_used_at: null,
    });
    expect(body.results[1]).toMatchObject({ is_active: false, expires_at: '2025-05-20T00:54:18Z' });
  });

  it('say on their own page what they may do', async () => {
    const { body } = await askHub(hub.url, `/v2/orgs/acme/access-tokens/${acme.tokens[0]?.id}`, owner);
    expect(body).toMatchObject({
      label: 'reader',
      resources: [
        { type: 'TYPE_REPO', path: 'acme/*', scopes: ['scope-image-pull', 'scope-repo-group-read'] },
        { type: 'TYPE_ORG', path: 'acme', scopes: ['scope-member-read'] },
      ],
    });
    expect((await askHub(hub.url, '/v2/orgs/acme/access-tokens/none', owner)).status).toBe(404);
  });
});

describe('settings', () => {
  it('hold the three booleans of image access', async () => {
    expect((await askHub(hub.url, '/v2/orgs/acme/settings', owner)).body).toEqual({
      restricted_images: { enabled: true, allow_official_images: false, allow_verified_publishers: true },
    });
  });

  it('hold the registries', async () => {
    expect((await askHub(hub.url, '/v2/orgs/acme/settings/registry-access-management/', owner)).body).toEqual({
      enabled: true,
      standard_registries: [{ id: 'DockerHub', allowed: false }],
      custom_registries: [{ address: 'registry.acme.example', friendly_name: 'Ours', allowed: true }],
    });
  });

  it.each(['settings', 'settings/registry-access-management'])('are 404 where there are none: %s', async (path) => {
    expect((await askHub(hub.url, `/v2/orgs/bare/${path}`, owner)).status).toBe(404);
  });
});

describe('the audit log', () => {
  it('comes newest first with prefixed actions and nothing about its size', async () => {
    const { body } = await askHub<Logs>(hub.url, '/v2/auditlogs/acme', owner);
    expect(Object.keys(body)).toEqual(['logs']);
    expect(body.logs).toEqual([
      {
        event_id: 'push-api',
        account: 'acme',
        action: 'repo.tag.push',
        name: 'acme/api',
        actor: 'olga',
        data: { tag: 'latest' },
        timestamp: '2026-11-03T08:00:00.000000Z',
        action_description: 'pushed the tag latest to the repository acme/api',
      },
      expect.objectContaining({ action: 'org.member.add', data: { username: 'olga' } }),
    ]);
  });

  it.each([
    ['action=repo.tag.push', 1],
    ['action=repo.tag.delete', 0],
    ['name=acme', 1],
    ['actor=olga', 2],
    ['from=2026-01-01T00:00:00Z', 1],
    ['to=2026-01-01T00:00:00Z', 1],
    ['page_size=1&page=2', 1],
    ['page=2', 0],
  ])('is narrowed by %s', async (query, events) => {
    const { body } = await askHub<Logs>(hub.url, `/v2/auditlogs/acme?${query}`, owner);
    expect(body.logs).toHaveLength(events);
  });

  it('refuses an instant that is none', async () => {
    expect((await askHub(hub.url, '/v2/auditlogs/acme?from=yesterday', owner)).status).toBe(400);
  });
});
