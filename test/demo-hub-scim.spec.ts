import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addOwner, hubOrganization, hubScimUser } from '../src/demo/build-world.js';
import type { RunningHub } from '../src/demo/hub.js';
import { startHub } from '../src/demo/hub.js';
import { askHub, signInToHub } from './support/ask-hub.js';

interface ScimList {
  readonly totalResults: number;
  readonly startIndex: number;
  readonly itemsPerPage: number;
  readonly Resources: readonly Record<string, unknown>[];
}

const users = [
  hubScimUser('mira@acme.example', 'mira', { givenName: 'Mira', familyName: 'Holt', groups: ['backend'] }),
  hubScimUser('anton@acme.example', 'anton', { active: false, modifiedAt: '2026-10-01T00:00:00Z' }),
  hubScimUser('zofia@acme.example', 'zofia'),
];
const acme = hubOrganization('acme', { scim: { token: 'scim-acme', users } });
addOwner(acme, 'olga', 'olga');
const big = hubOrganization('big', { scim: { token: 'scim-big', users: [] } });
for (let place = 0; place < 250; place += 1)
  big.scim?.users.push(hubScimUser(`user${place}@big.example`, `user${place}`));

let hub: RunningHub;

beforeAll(async () => {
  hub = await startHub({ organizations: [acme, big] });
});
afterAll(async () => hub.stop());

const base = '/v2/scim/2.0';

function form(status: string) {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status };
}

async function list(query: string, token = 'scim-acme') {
  return (await askHub<ScimList>(hub.url, `${base}/Users?${query}`, token)).body;
}

describe('SCIM users', () => {
  it('come in a list response', async () => {
    const { body, headers } = await askHub<ScimList>(hub.url, `${base}/Users`, 'scim-acme');
    expect(headers.get('content-type')).toBe('application/scim+json');
    expect(headers.get('x-ratelimit-remaining')).toBe('59999');
    expect(body).toMatchObject({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: 3,
      startIndex: 1,
      itemsPerPage: 3,
    });
    expect(body.Resources[0]).toEqual({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      id: users[0]?.id,
      userName: 'mira@acme.example',
      name: { givenName: 'Mira', familyName: 'Holt' },
      displayName: 'mira',
      active: true,
      emails: [{ value: 'mira@acme.example', display: 'mira@acme.example', primary: true }],
      groups: [{ value: 'backend', display: 'backend' }],
      meta: {
        resourceType: 'User',
        location: `${hub.url}/v2/scim/2.0/Users/${users[0]?.id}`,
        created: '2024-05-20T00:54:18Z',
        lastModified: '2024-05-20T00:54:18Z',
      },
    });
  });

  it('come in pieces of at most 200, and each connection has its own', async () => {
    const first = await list('startIndex=1&count=500', 'scim-big');
    expect([first.totalResults, first.itemsPerPage, first.Resources.length]).toEqual([250, 200, 200]);
    const second = await list('startIndex=201&count=200', 'scim-big');
    expect([second.startIndex, second.itemsPerPage]).toEqual([201, 50]);
    const beyond = await list('startIndex=251', 'scim-big');
    expect([beyond.totalResults, beyond.itemsPerPage, beyond.Resources]).toEqual([250, 0, []]);
  });

  it.each([
    ['userName eq "MIRA@acme.example"', ['mira']],
    ['USERNAME EQ "mira@acme.example"', ['mira']],
    ['active eq false', ['anton']],
    ['not (active eq true) or displayName sw "zo"', ['anton', 'zofia']],
  ])('are filtered by %s', async (filter, expected) => {
    const { Resources, totalResults } = await list(`filter=${encodeURIComponent(filter)}`);
    expect(Resources.map((one) => one['displayName'])).toEqual(expected);
    expect(totalResults).toBe(expected.length);
  });

  it('are sorted, and narrowed to attributes', async () => {
    const up = await list('sortBy=userName');
    expect(up.Resources.map((one) => one['displayName'])).toEqual(['anton', 'mira', 'zofia']);
    const down = await list('sortBy=username&sortOrder=descending&attributes=userName');
    expect(down.Resources[0]).toEqual({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      id: users[2]?.id,
      userName: 'zofia@acme.example',
    });
  });

  it('have a page each', async () => {
    const { body } = await askHub(hub.url, `${base}/Users/${users[1]?.id}`, 'scim-acme');
    expect(body).toMatchObject({ displayName: 'anton', active: false, meta: { lastModified: '2026-10-01T00:00:00Z' } });
  });
});

describe('SCIM refusals have their own form, with the status as text', () => {
  it.each([
    ['/Users?filter=userName', 400],
    ['/Users?startIndex=one', 400],
    ['/Users?sortBy=userName&sortOrder=up', 400],
    ['/Users/none', 404],
    ['/Groups', 404],
    ['/ResourceTypes/Group', 404],
  ])('%s answers %i', async (path, status) => {
    const { headers, ...answer } = await askHub(hub.url, base + path, 'scim-acme');
    expect(answer).toMatchObject({ status, body: form(String(status)) });
    expect(headers.get('content-type')).toBe('application/scim+json');
  });

  it('to everybody but the holder of a SCIM token', async () => {
    const owner = await signInToHub(hub.url, 'olga', 'olga');
    for (const bearer of [undefined, 'wrong', owner]) {
      const { status, body } = await askHub(hub.url, `${base}/Users`, bearer);
      expect(status).toBe(401);
      expect(body).toMatchObject(form('401'));
    }
    expect((await askHub(hub.url, '/v2/orgs/acme/members', 'scim-acme')).status).toBe(401);
  });
});

describe('SCIM documents', () => {
  it('say what the server can do', async () => {
    const { body } = await askHub(hub.url, `${base}/ServiceProviderConfig`, 'scim-acme');
    expect(body).toMatchObject({
      patch: { supported: true },
      filter: { supported: true, maxResults: 200 },
      sort: { supported: true },
      authenticationSchemes: [{ type: 'oauthbearertoken' }],
    });
  });

  it.each([
    ['ResourceTypes', 'User', { endpoint: '/Users' }],
    ['Schemas', 'urn:ietf:params:scim:schemas:core:2.0:User', { name: 'User' }],
  ])('list and single out %s', async (path, id, part) => {
    const all = await askHub(hub.url, `${base}/${path}`, 'scim-acme');
    expect(all.body).toMatchObject({ totalResults: 1, Resources: [{ id, ...part }] });
    const one = await askHub(hub.url, `${base}/${path}/${id}`, 'scim-acme');
    expect(one.body).toMatchObject({ id, ...part });
  });
});
