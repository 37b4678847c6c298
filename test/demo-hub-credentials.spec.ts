import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addOrganizationToken,
  addOwner,
  hubMember,
  hubOrganization,
  hubRepository,
  hubTeam,
  readingScopes,
} from '../src/demo/build-world.js';
import type { RunningHub } from '../src/demo/hub.js';
import { startHub } from '../src/demo/hub.js';
import type { HubOrganization } from '../src/demo/world.js';
import type { HubPage } from './support/ask-hub.js';
import { askHub, postHub, signInToHub } from './support/ask-hub.js';

const patText = { message: 'token issued from personal access token is not allowed', errinfo: {} };
const oatText = { message: 'token issued from organization access token is not allowed', errinfo: null };
const denied = { message: 'permission denied', errinfo: null };
const unauthorized = { message: 'unauthorized', errinfo: null };

const organizationRoutes = [
  'members',
  'invites',
  'groups',
  'groups/dev/members',
  'settings/registry-access-management',
];

let acme: HubOrganization;
let hub: RunningHub;

beforeEach(async () => {
  acme = hubOrganization('acme', {
    teams: [hubTeam('acme', 'owners'), hubTeam('acme', 'dev')],
    members: [
      hubMember('olga', { role: 'Owner' }),
      hubMember('edda', { role: 'Editor' }),
      hubMember('mats', { groups: ['dev'] }),
    ],
    repositories: [
      hubRepository('open', { isPrivate: false }),
      hubRepository('ours', { teams: [{ team: 'dev', permission: 'admin' }] }),
      hubRepository('theirs'),
    ],
    credentials: [
      { kind: 'pat', id: 'pat-of-olga', username: 'olga', secret: 'pat' },
      { kind: 'pat', id: 'public-pat', username: 'olga', secret: 'public pat', scopes: ['repo:public_read'] },
      { kind: 'password', username: 'edda', secret: 'edda' },
      { kind: 'password', username: 'mats', secret: 'mats' },
    ],
  });
  addOrganizationToken(acme, 'oat');
  addOwner(acme, 'olga', 'olga');
  hub = await startHub({ organizations: [acme, hubOrganization('other')] });
});
afterEach(async () => hub.stop());

async function names(bearer?: string): Promise<unknown[]> {
  const { body } = await askHub<HubPage>(hub.url, '/v2/namespaces/acme/repositories', bearer);
  return body.results.map((one) => one['name']);
}

describe('signing in', () => {
  it('gives a token that says who it is for and when it ends', async () => {
    const token = acme.tokens[0]?.id ?? '';
    const claims = decodeJwt(await signInToHub(hub.url, 'acme', 'oat'));
    expect(claims.exp ?? 0).toBeGreaterThan(Date.now() / 1000 + 590);
    expect(claims.exp ?? 0).toBeLessThan(Date.now() / 1000 + 602);
    expect(claims).toMatchObject({
      aud: ['https://hub.docker.com'],
      'https://hub.docker.com': { username: 'acme', source: `docker_oat|${token}` },
    });
    const pat = decodeJwt(await signInToHub(hub.url, 'olga', 'pat'));
    expect(pat['https://hub.docker.com']).toMatchObject({ username: 'olga', source: 'docker_pat|pat-of-olga' });
  });

  it.each([
    ['the wrong secret', 'acme', 'wrong'],
    ['a name that nobody has', 'nobody', 'oat'],
    ['an organization token under a username', 'olga', 'oat'],
  ])('refuses %s', async (_, identifier, secret) => {
    const { status, body } = await postHub(hub.url, '/v2/auth/token', { identifier, secret });
    expect([status, body]).toEqual([401, { detail: 'Incorrect authentication credentials' }]);
  });

  it.each([{ identifier: 'olga' }, { identifier: 'olga@acme.example', secret: 'olga' }, 'text', null])(
    'finds %j malformed',
    async (sent) => expect((await postHub(hub.url, '/v2/auth/token', sent)).status).toBe(400),
  );

  it('refuses a deactivated and an expired organization token, and ends their sessions', async () => {
    const bearer = await signInToHub(hub.url, 'acme', 'oat');
    const [token] = acme.tokens;
    if (!token) throw new Error('the organization has a token');
    token.isActive = false;
    expect((await askHub(hub.url, '/v2/orgs/acme/members', bearer)).status).toBe(401);
    expect((await postHub(hub.url, '/v2/auth/token', { identifier: 'acme', secret: 'oat' })).status).toBe(401);
    token.isActive = true;
    token.expiresAt = new Date(Date.now() - 1000).toISOString();
    expect((await postHub(hub.url, '/v2/auth/token', { identifier: 'acme', secret: 'oat' })).status).toBe(401);
  });

  it('refuses passwords, not personal tokens, where single sign-on is enforced', async () => {
    acme.ssoEnforced = true;
    expect((await postHub(hub.url, '/v2/auth/token', { identifier: 'olga', secret: 'olga' })).status).toBe(401);
    expect((await postHub(hub.url, '/v2/auth/token', { identifier: 'olga', secret: 'pat' })).status).toBe(200);
  });

  it('locks an identifier after repeated failures, also for the right secret, and nobody else', async () => {
    hub.options.lockOut = { after: 3, forMs: 150 };
    const wrong = { identifier: 'olga', secret: 'wrong' };
    const statuses: number[] = [];
    for (let go = 0; go < 4; go += 1) statuses.push((await postHub(hub.url, '/v2/auth/token', wrong)).status);
    expect(statuses).toEqual([401, 401, 401, 429]);
    const right = await postHub(hub.url, '/v2/auth/token', { identifier: 'olga', secret: 'olga' });
    expect([right.status, right.body]).toEqual([
      429,
      { detail: 'Too many failed login attempts for username or IP address' },
    ]);
    expect(await signInToHub(hub.url, 'acme', 'oat')).not.toBe('');
    await expect
      .poll(async () => (await postHub(hub.url, '/v2/auth/token', { identifier: 'olga', secret: 'olga' })).status)
      .toBe(200);
  });

  it('forgets failures once somebody signs in', async () => {
    hub.options.lockOut = { after: 2, forMs: 60_000 };
    for (let go = 0; go < 3; go += 1) {
      expect((await postHub(hub.url, '/v2/auth/token', { identifier: 'olga', secret: 'wrong' })).status).toBe(401);
      await signInToHub(hub.url, 'olga', 'olga');
    }
  });
});

describe('bearers', () => {
  it.each(['oat', 'pat', 'olga', 'eyJhbGciOiJIUzI1NiJ9.e30.AAAA'])('%s is none', async (raw) => {
    const { status, body } = await askHub(hub.url, '/v2/orgs/acme/members', raw);
    expect([status, body]).toEqual([401, unauthorized]);
    expect((await askHub(hub.url, '/v2/namespaces/acme/repositories', raw)).status).toBe(401);
  });

  it('expire', async () => {
    hub.options.tokenLifeSeconds = 1;
    const bearer = await signInToHub(hub.url, 'acme', 'oat');
    expect((await askHub(hub.url, '/v2/orgs/acme/members', bearer)).status).toBe(200);
    const expiry = (decodeJwt(bearer).exp ?? 0) * 1000;
    await expect.poll(async () => (await askHub(hub.url, '/v2/orgs/acme/members', bearer)).status).toBe(401);
    expect(Date.now()).toBeGreaterThanOrEqual(expiry);
    hub.options.tokenLifeSeconds = 600;
    const next = await signInToHub(hub.url, 'acme', 'oat');
    expect((await askHub(hub.url, '/v2/orgs/acme/members', next)).status).toBe(200);
    hub.expireTokens();
    expect((await askHub(hub.url, '/v2/orgs/acme/members', next)).status).toBe(401);
  });

  it('are needed for everything but public repositories', async () => {
    for (const route of [...organizationRoutes, 'access-tokens', 'settings']) {
      expect((await askHub(hub.url, `/v2/orgs/acme/${route}`)).body).toEqual(unauthorized);
    }
    expect((await askHub(hub.url, '/v2/auditlogs/acme')).status).toBe(401);
    expect((await askHub(hub.url, '/v2/namespaces/acme/repositories/open/groups')).status).toBe(401);
    expect(await names()).toEqual(['open']);
  });
});

describe('an organization token', () => {
  it.each([
    ['scope-member-read', '/v2/orgs/acme/members'],
    ['scope-invite-read', '/v2/orgs/acme/invites'],
    ['scope-group-read', '/v2/orgs/acme/groups'],
    ['scope-group-read', '/v2/orgs/acme/groups/dev/members'],
    ['scope-activity-read', '/v2/auditlogs/acme'],
    ['scope-ram-read', '/v2/orgs/acme/settings/registry-access-management'],
    ['scope-repo-group-read', '/v2/namespaces/acme/repositories/theirs/groups'],
  ])('needs %s for %s', async (scope, path) => {
    addOrganizationToken(acme, 'with', [scope], 'with');
    addOrganizationToken(
      acme,
      'without',
      readingScopes.filter((one) => one !== scope),
      'without',
    );
    expect((await askHub(hub.url, path, await signInToHub(hub.url, 'acme', 'with'))).status).toBe(200);
    const refused = await askHub(hub.url, path, await signInToHub(hub.url, 'acme', 'without'));
    expect([refused.status, refused.body]).toEqual([403, denied]);
  });

  it('reads with a higher scope of the same line too', async () => {
    addOrganizationToken(acme, 'higher', ['scope-member-edit', 'scope-ram-write', 'scope-repo-group-admin'], 'higher');
    const bearer = await signInToHub(hub.url, 'acme', 'higher');
    for (const path of [
      '/v2/orgs/acme/members',
      '/v2/orgs/acme/settings/registry-access-management',
      '/v2/namespaces/acme/repositories/theirs/groups',
    ]) {
      expect((await askHub(hub.url, path, bearer)).status).toBe(200);
    }
    expect((await askHub(hub.url, '/v2/orgs/acme/groups', bearer)).body).toEqual(denied);
  });

  it('sees public repositories only without scope-repository-list, and nothing says so', async () => {
    expect(await names(await signInToHub(hub.url, 'acme', 'oat'))).toEqual(['open', 'ours', 'theirs']);
    addOrganizationToken(
      acme,
      'blind',
      readingScopes.filter((one) => one !== 'scope-repository-list'),
      'blind',
    );
    const bearer = await signInToHub(hub.url, 'acme', 'blind');
    const { status, body } = await askHub<HubPage>(hub.url, '/v2/namespaces/acme/repositories', bearer);
    expect([status, body.count, body.next]).toEqual([200, 1, null]);
    expect(await names(bearer)).toEqual(['open']);
  });

  it('reads no permissions of repositories that it does not cover', async () => {
    const token = addOrganizationToken(acme, 'narrow', [], 'narrow');
    token.resources = [{ type: 'TYPE_REPO', path: 'acme/ours', scopes: ['scope-repo-group-admin'] }];
    const bearer = await signInToHub(hub.url, 'acme', 'narrow');
    expect((await askHub(hub.url, '/v2/namespaces/acme/repositories/ours/groups', bearer)).status).toBe(200);
    expect((await askHub(hub.url, '/v2/namespaces/acme/repositories/theirs/groups', bearer)).status).toBe(403);
  });

  it.each(['/v2/orgs/acme/settings', '/v2/orgs/acme/access-tokens', '/v2/repositories/acme/ours/groups'])(
    'never reads %s',
    async (path) => {
      const { status, body } = await askHub(hub.url, path, await signInToHub(hub.url, 'acme', 'oat'));
      expect([status, body]).toEqual([403, oatText]);
    },
  );

  it('reads nothing of another organization', async () => {
    const { status, body } = await askHub(hub.url, '/v2/orgs/other/members', await signInToHub(hub.url, 'acme', 'oat'));
    expect([status, body]).toEqual([403, denied]);
  });
});

describe('a personal token', () => {
  it('is refused on organization routes, or let in there on request, but never to the organization tokens', async () => {
    const bearer = await signInToHub(hub.url, 'olga', 'pat');
    for (const route of [...organizationRoutes, 'settings', 'access-tokens']) {
      const { status, body } = await askHub(hub.url, `/v2/orgs/acme/${route}`, bearer);
      expect([status, body]).toEqual([403, patText]);
    }
    hub.options.patOnOrganizationRoutes = true;
    for (const route of [...organizationRoutes, 'settings']) {
      expect((await askHub(hub.url, `/v2/orgs/acme/${route}`, bearer)).status).toBe(200);
    }
    expect((await askHub(hub.url, '/v2/orgs/acme/access-tokens', bearer)).body).toEqual(patText);
  });

  it('reads repositories as its user may, unless it is for public ones', async () => {
    const bearer = await signInToHub(hub.url, 'olga', 'pat');
    expect(await names(bearer)).toEqual(['open', 'ours', 'theirs']);
    expect((await askHub(hub.url, '/v2/repositories/acme/ours/groups/', bearer)).status).toBe(200);
    expect(await names(await signInToHub(hub.url, 'olga', 'public pat'))).toEqual(['open']);
  });
});

describe('a password', () => {
  it('of an owner reads everything', async () => {
    const bearer = await signInToHub(hub.url, 'olga', 'olga');
    for (const route of [...organizationRoutes, 'settings', 'access-tokens']) {
      expect((await askHub(hub.url, `/v2/orgs/acme/${route}`, bearer)).status).toBe(200);
    }
    expect((await askHub(hub.url, '/v2/auditlogs/acme', bearer)).status).toBe(200);
    expect((await askHub(hub.url, '/v2/orgs/other/members', bearer)).body).toEqual(denied);
  });

  it('of somebody else reads repositories by role and team', async () => {
    const editor = await signInToHub(hub.url, 'edda', 'edda');
    const member = await signInToHub(hub.url, 'mats', 'mats');
    expect((await askHub(hub.url, '/v2/orgs/acme/members', editor)).body).toEqual(denied);
    expect(await names(editor)).toEqual(['open', 'ours', 'theirs']);
    expect(await names(member)).toEqual(['open', 'ours']);
    expect((await askHub(hub.url, '/v2/repositories/acme/ours/groups', member)).status).toBe(200);
    expect((await askHub(hub.url, '/v2/repositories/acme/theirs/groups', member)).body).toEqual(denied);
  });
});
