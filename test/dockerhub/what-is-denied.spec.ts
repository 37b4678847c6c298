import { afterEach, describe, expect, it } from 'vitest';
import type { OrganizationConfig } from '../../src/config/configuration.js';
import type { RunningHub } from '../../src/demo/hub.js';
import type { HubDataset } from '../../src/dockerhub/reading.js';
import { acmeHub, datasets } from './acme-hub.js';
import { listing, login, oat, pageOf, refusalOf } from './reading-rig.js';

const running: RunningHub[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

async function acme(options: Parameters<typeof acmeHub>[0] = {}) {
  const started = await acmeHub(options);
  running.push(started.hub);
  return started;
}

const n = 'not_permitted';

describe('the team permissions of many repositories', () => {
  it.each<[string, Partial<OrganizationConfig>, number, string]>([
    ['an organization token, by its own route', { hub: oat }, 0, '/v2/namespaces/'],
    ['an owner, by the older route', { owner: login }, 0, '/v2/repositories/'],
  ])('are read with %s', async (_, parts, extra, route) => {
    const { hub, reader } = await acme({ repositories: 40 });
    const using = reader(parts);
    await Promise.all(
      Array.from({ length: 40 }, (_one, place) => pageOf(using, listing('repository_teams', `api-${place}`))),
    );
    expect(hub.count(route)).toBe(40);
    expect(hub.count('/groups')).toBe(40 + extra);
  });

  it.each<[string, RegExp, number, Partial<OrganizationConfig>]>([
    ['the newer route is not there (404)', /namespaces.*groups/, 404, { owner: login }],
    ['the older route is not there (404)', /v2\/repositories.*groups/, 404, { owner: login }],
    ['the older route is closed (403)', /v2\/repositories.*groups/, 403, { owner: login }],
  ])('cost one request more where %s', async (_, on, answer, parts) => {
    const { hub, reader } = await acme({ repositories: 40 });
    hub.faults.push({ on, answer });
    const using = reader(parts);
    const pages = await Promise.all(
      Array.from({ length: 40 }, (_one, place) => pageOf(using, listing('repository_teams', `api-${place}`))),
    );
    expect(pages.flatMap((one) => one.rows)).toHaveLength(40);
    expect(hub.count('/groups')).toBeLessThanOrEqual(41);
  });

  it('cost one request more where the organization token may read none, and the owner reads them', async () => {
    const { hub, reader } = await acme({ repositories: 40, scopes: ['scope-repository-list'] });
    const using = reader({ hub: oat, owner: login });
    const pages = await Promise.all(
      Array.from({ length: 40 }, (_one, place) => pageOf(using, listing('repository_teams', `api-${place}`))),
    );
    expect(new Set(pages.map((one) => one.credential))).toEqual(new Set([using.credentials[1]]));
    // Both routes with the token, once.
    expect(hub.count('/groups')).toBe(42);
  });

  it('that a token may read of some repositories only are read of those', async () => {
    const { organization, reader } = await acme({ repositories: 4, scopes: ['scope-repository-list'] });
    organization.tokens[0]?.resources.push({
      type: 'TYPE_REPO',
      path: 'acme/api-3',
      scopes: ['scope-repo-group-read'],
    });
    const using = reader({ hub: oat });
    const statuses = [];
    for (let place = 0; place < 4; place += 1) {
      const page = await using.page(listing('repository_teams', `api-${place}`), null);
      statuses.push(page.outcome === 'page' ? page.received : page.status);
    }
    expect(statuses).toEqual([n, n, n, 1]);
  });
});

describe('what is not there', () => {
  it.each<[string, Partial<OrganizationConfig>, HubDataset, string, string]>([
    [
      'an organization',
      { name: 'nowhere', owner: login },
      'members',
      'failed',
      'The organization nowhere was not found, or is not visible to the login (owner) (404)',
    ],
    [
      'an organization, for its repositories',
      { name: 'nowhere', owner: login },
      'repositories',
      'failed',
      'nowhere was not found',
    ],
    ['a team', { owner: login }, 'team_members', 'failed', 'acme/gone: not found any more (404)'],
    ['a repository', { owner: login }, 'repository_teams', n, 'does not show the team permissions of acme/gone'],
    ['a token', { owner: login }, 'tokens', 'failed', 'not found any more'],
    [
      'registry access',
      { owner: login },
      'registry_access',
      n,
      'does not show the registry access settings of acme to the login (owner) (404)',
    ],
    ['image access', { owner: login }, 'image_access', 'failed', 'its plan has no such settings'],
  ])('%s', async (_, parts, dataset, status, says) => {
    const { organization, reader } = await acme();
    organization.registryAccess = null;
    organization.imageAccess = null;
    const scope = ['team_members', 'repository_teams', 'tokens'].includes(dataset) ? 'gone' : '';
    const refusal = await refusalOf(reader(parts), listing(dataset, scope));
    expect(refusal.status).toBe(status);
    expect(refusal.message).toContain(says);
  });

  it('for the organization token is asked of the owner', async () => {
    const { hub, reader } = await acme();
    hub.faults.push({ on: '/orgs/acme/members', answer: 404, times: 1 });
    const using = reader({ hub: oat, owner: login });
    expect((await pageOf(using, datasets.members)).credential).toBe(using.credentials[1]);
  });

  it.each(['.', '..', '', '\ud800'])('because its name is %j is not asked for', async (scope) => {
    const { hub, reader } = await acme();
    expect(await refusalOf(reader({ owner: login }), listing('team_members', scope))).toMatchObject({
      status: 'failed',
      reason: 'SOURCE_INCOMPLETE',
    });
    expect(hub.count('/groups')).toBe(0);
  });
});
