import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addOrganizationToken,
  addOwner,
  hubInvite,
  hubMember,
  hubOrganization,
  hubRepository,
  hubTeam,
  hubToken,
} from '../src/demo/build-world.js';
import type { RunningHub } from '../src/demo/hub.js';
import { startHub } from '../src/demo/hub.js';
import type { HubPage } from './support/ask-hub.js';
import { askHub, signInToHub } from './support/ask-hub.js';

const acme = hubOrganization('acme', {
  insights: true,
  verifiedDomains: ['acme.example'],
  teams: [
    hubTeam('acme', 'owners', { id: 10 }),
    hubTeam('acme', 'release', { id: 11, role: 'editor', description: 'Ships' }),
    hubTeam('acme', 'ghosts', { id: 12, members: ['ada', 'bea'] }),
  ],
  members: [
    hubMember('ada', { role: 'Owner', fullName: 'Ada Quist', lastSeenAt: '2026-11-01T10:00:00.000000Z' }),
    hubMember('bea', { groups: ['release'], email: 'bea@home.example' }),
    hubMember('cem', { role: 'registry-auditor', wire: { email: undefined, shoe_size: 43 } }),
  ],
  invites: [
    hubInvite('dora@acme.example', { inviter: 'ada', team: 'release', role: 'member' }),
    hubInvite('emil', { inviter: 'ada' }),
  ],
  repositories: [
    hubRepository('api', {
      pullCount: 5,
      teams: [
        { team: 'release', permission: 'write' },
        { team: 'owners', permission: 'admin' },
      ],
    }),
    hubRepository('docs', { isPrivate: false, pullCount: 9, lastUpdated: null }),
  ],
  tokens: [hubToken('acme', 'ci', ['scope-image-push'], { createdBy: 'bea', expiresAt: '2027-05-20T00:54:18Z' })],
});
addOrganizationToken(acme, 'reader');
addOwner(acme, 'ada', 'secret of ada');

let hub: RunningHub;
let reader = '';
let owner = '';

beforeAll(async () => {
  hub = await startHub({ organizations: [acme] });
  reader = await signInToHub(hub.url, 'acme', 'reader');
  owner = await signInToHub(hub.url, 'ada', 'secret of ada');
});
afterAll(async () => hub.stop());

describe('members', () => {
  it('come with capitalised roles, team names and everything that a member has', async () => {
    const { status, body } = await askHub<HubPage>(hub.url, '/v2/orgs/acme/members', reader);
    expect(status).toBe(200);
    expect(body).toMatchObject({ count: 3, next: null, previous: null });
    expect(body.results[0]).toEqual({
      id: hubMember('ada').id,
      username: 'ada',
      full_name: 'Ada Quist',
      company: '',
      location: '',
      profile_url: '',
      gravatar_email: '',
      gravatar_url: '',
      type: 'User',
      date_joined: '2023-02-14T08:30:11.482910Z',
      email: 'ada@acme.example',
      primary_email: 'ada@acme.example',
      role: 'Owner',
      groups: ['owners'],
      is_guest: false,
      last_logged_in_at: null,
      last_seen_at: '2026-11-01T10:00:00.000000Z',
    });
    expect(body.results[0]?.['id']).toMatch(/^[0-9a-f]{32}$/);
    expect(body.results[1]).toMatchObject({ username: 'bea', is_guest: true, groups: ['release'] });
  });

  it('can lack a field or have an unknown one', async () => {
    const { body } = await askHub<HubPage>(hub.url, '/v2/orgs/acme/members', reader);
    expect(body.results[2]).toMatchObject({ role: 'registry-auditor', shoe_size: 43 });
    expect(body.results[2]).not.toHaveProperty('email');
  });

  it.each([
    ['type=member', ['ada', 'bea', 'cem']],
    ['type=all', ['ada', 'bea', 'cem', '', 'emil']],
    ['invites=true', ['ada', 'bea', 'cem', '', 'emil']],
    ['type=invitee', ['', 'emil']],
    ['role=owner', ['ada']],
    ['role=member', ['bea']],
    ['search=QUIST', ['ada']],
    ['search=home.example', ['bea']],
    ['search=nobody', []],
  ])('are narrowed by %s', async (query, usernames) => {
    const { body } = await askHub<HubPage>(hub.url, `/v2/orgs/acme/members?${query}`, reader);
    expect(body.results.map((one) => one['username'])).toEqual(usernames);
    expect(body.count).toBe(usernames.length);
  });

  it('name a pending invitation as Invitee', async () => {
    const { body } = await askHub<HubPage>(hub.url, '/v2/orgs/acme/members?type=invitee', reader);
    expect(body.results[0]).toMatchObject({ role: 'Invitee', email: 'dora@acme.example', groups: ['release'] });
  });

  it.each(['type=robot', 'role=king', 'page=0', 'page=x', 'page_size=-1'])('refuse %s', async (query) => {
    const { status, body } = await askHub(hub.url, `/v2/orgs/acme/members?${query}`, reader);
    expect([status, body]).toEqual([400, { message: 'bad request', errinfo: null }]);
  });
});

describe('invites', () => {
  it('come in one body without pages; the role only where it is known', async () => {
    const { body } = await askHub(hub.url, '/v2/orgs/acme/invites', reader);
    const [byMail, byName] = acme.invites;
    expect(body).toEqual({
      data: [
        {
          id: byMail?.id,
          inviter_username: 'ada',
          invitee: 'dora@acme.example',
          org: 'acme',
          team: 'release',
          role: 'member',
          created_at: '2023-02-14T08:30:11.482910Z',
        },
        {
          id: byName?.id,
          inviter_username: 'ada',
          invitee: 'emil',
          org: 'acme',
          team: '',
          created_at: '2023-02-14T08:30:11.482910Z',
        },
      ],
    });
    expect(byMail?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('teams', () => {
  it('come with number, count and role', async () => {
    const { body } = await askHub<HubPage>(hub.url, '/v2/orgs/acme/groups/', reader);
    expect(body.results).toEqual([
      { id: 10, uuid: acme.teams[0]?.uuid, name: 'owners', description: '', member_count: 1, role: null },
      { id: 11, uuid: acme.teams[1]?.uuid, name: 'release', description: 'Ships', member_count: 1, role: 'editor' },
      { id: 12, uuid: acme.teams[2]?.uuid, name: 'ghosts', description: '', member_count: 2, role: null },
    ]);
  });

  it.each([
    ['search=lease', ['release']],
    ['username=bea', ['release', 'ghosts']],
    ['username=nobody', []],
  ])('are narrowed by %s', async (query, names) => {
    const { body } = await askHub<HubPage>(hub.url, `/v2/orgs/acme/groups?${query}`, reader);
    expect(body.results.map((one) => one['name'])).toEqual(names);
  });

  it('list their members, also where these disagree with the groups of the members', async () => {
    const release = await askHub<HubPage>(hub.url, '/v2/orgs/acme/groups/release/members?page_size=100', reader);
    expect(release.body.results).toMatchObject([{ username: 'bea', email: 'bea@home.example', type: 'User' }]);
    expect(release.body.results[0]).not.toHaveProperty('role');
    const ghosts = await askHub<HubPage>(hub.url, '/v2/orgs/acme/groups/ghosts/members', reader);
    expect(ghosts.body.results.map((one) => one['username'])).toEqual(['ada', 'bea']);
    const found = await askHub<HubPage>(hub.url, '/v2/orgs/acme/groups/ghosts/members?search=home', reader);
    expect(found.body.results.map((one) => one['username'])).toEqual(['bea']);
  });

  it('answer 404 for one that is not there', async () => {
    expect((await askHub(hub.url, '/v2/orgs/acme/groups/none/members', reader)).status).toBe(404);
    expect((await askHub(hub.url, '/v2/orgs/acme/groups/none', reader)).status).toBe(404);
    const one = await askHub(hub.url, '/v2/orgs/acme/groups/release', reader);
    expect(one.body).toMatchObject({ id: 11, member_count: 1 });
  });
});

describe('repositories', () => {
  it('come as list entries', async () => {
    const { body } = await askHub<HubPage>(hub.url, '/v2/namespaces/acme/repositories?page_size=100', reader);
    expect(body.results).toMatchObject([
      { name: 'api', namespace: 'acme', is_private: true, status: 1, repository_type: 'image', pull_count: 5 },
      { name: 'docs', is_private: false, last_updated: null },
    ]);
    for (const field of ['user', 'permissions', 'full_description']) expect(body.results[0]).not.toHaveProperty(field);
  });

  it.each([
    ['-name', ['docs', 'api']],
    ['pull_count', ['api', 'docs']],
    ['-last_updated', ['api', 'docs']],
  ])('are ordered by %s', async (ordering, names) => {
    const { body } = await askHub<HubPage>(hub.url, `/v2/namespaces/acme/repositories?ordering=${ordering}`, reader);
    expect(body.results.map((one) => one['name'])).toEqual(names);
  });

  it('refuse an ordering that they do not know with a body of its own', async () => {
    const { status, body } = await askHub(hub.url, '/v2/namespaces/acme/repositories?ordering=colour', reader);
    expect(status).toBe(400);
    expect(body).toEqual({
      fields: {
        ordering: [
          'Invalid ordering value. Must be one of: name, -name, last_updated, -last_updated, pull_count, -pull_count',
        ],
      },
      text: 'Invalid ordering value',
    });
  });

  it.each([
    ['/v2/namespaces/acme/repositories/api/groups', () => reader],
    ['/v2/repositories/acme/api/groups', () => owner],
  ])('name the teams with a permission at %s', async (path, bearer) => {
    const { body } = await askHub(hub.url, path, bearer());
    expect(body).toEqual({
      count: 2,
      next: null,
      previous: null,
      results: [
        { group_id: 11, group_name: 'release', permission: 'write' },
        { group_id: 10, group_name: 'owners', permission: 'admin' },
      ],
    });
    expect((await askHub(hub.url, path.replace('/api/', '/none/'), bearer())).status).toBe(404);
  });
});

describe('unknown places and other methods', () => {
  it.each(['/v2/orgs/acme/nothing', '/v2/orgs/nobody/members', '/v2/namespaces/nobody/repositories', '/v1/users'])(
    '%s is 404',
    async (path) => {
      const { status, body } = await askHub(hub.url, path, reader);
      expect([status, body]).toEqual([404, { message: 'not found', errinfo: null }]);
    },
  );

  it('nothing can be written', async () => {
    const answer = await fetch(`${hub.url}/v2/orgs/acme/members/ada`, { method: 'DELETE' });
    expect(answer.status).toBe(404);
    const post = await fetch(`${hub.url}/v2/orgs/acme/groups`, {
      method: 'POST',
      headers: { authorization: `Bearer ${owner}` },
    });
    expect(post.status).toBe(405);
  });
});
