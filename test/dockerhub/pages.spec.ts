import { afterEach, describe, expect, it } from 'vitest';
import { hubInvite, hubMember, hubScimUser, hubToken } from '../../src/demo/build-world.js';
import type { FaultAnswer } from '../../src/demo/faults.js';
import { DockerHub } from '../../src/dockerhub/docker-hub.js';
import { acmeHub, datasets } from './acme-hub.js';
import { clientOf, configOf, listing, login, oat, pageOf, readAll, refusalOf } from './reading-rig.js';
import type { Told } from './scripted-hub.js';
import { afterSignIn, scriptedHub } from './scripted-hub.js';

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

async function acme(options: Parameters<typeof acmeHub>[0] = {}) {
  const started = await acmeHub(options);
  running.push(started.hub);
  return started;
}

async function scripted(tell: Parameters<typeof afterSignIn>[0]) {
  const hub = await scriptedHub(afterSignIn(tell));
  running.push(hub);
  return { hub, reader: clientOf(hub.url).organization(configOf({ hub: oat })) };
}

const members = listing('members');

describe('a listing', () => {
  // The owner of the rig is one of them.
  it.each([1, 2, 25, 26, 100, 101, 1000])('of %i members is read whole, a hundred at a time', async (count) => {
    const { hub, reader } = await acme({ members: count - 1 || 1 });
    if (count === 1) hub.world.organizations[0]?.members.splice(0, 1);
    const { rows, pages, refusal } = await readAll(reader({ hub: oat }), members);
    expect(refusal).toBeNull();
    expect(new Set(rows.map((one) => one.key)).size).toBe(count);
    expect(pages.map((one) => one.reported)).toEqual(pages.map(() => count));
    expect(hub.count('/members')).toBe(Math.ceil(count / 100));
    expect(hub.count('page_size=100')).toBe(Math.ceil(count / 100));
    expect(hub.count('invites=')).toBe(0);
  });

  it.each(['members', 'scim_users'] as const)('of %s leads where it was bound to lead', async (dataset) => {
    const { organization, reader, scim } = await acme({ members: 450 });
    for (let place = organization.scim?.users.length ?? 0; place < 450; place += 1) {
      organization.scim?.users.push(hubScimUser(`user${place}@acme.example`, `user${place}`));
    }
    const asked = reader({ hub: oat, scim });
    const { pages } = await readAll(asked, listing(dataset));
    const cursors = pages.flatMap(({ next }) => next ?? []);
    expect(cursors).toHaveLength(4);
    expect(cursors.slice(0, -1).map((cursor) => asked.cursorAfter(cursor, 100))).toEqual(cursors.slice(1));
    expect(asked.cursorAfter('not a cursor', 100)).toBeNull();
  });

  it('of nothing is one empty page', async () => {
    const { hub, reader } = await acme();
    const organization = hub.world.organizations[0];
    organization?.repositories.splice(0);
    const page = await pageOf(reader({ hub: oat }), datasets.repositories);
    expect(page).toMatchObject({ rows: [], received: 0, reported: 0, next: null });
  });

  it('of invites comes in one answer without a count', async () => {
    const { organization, reader } = await acme();
    for (let place = 0; place < 230; place += 1) organization.invites.push(hubInvite(`new${place}@acme.example`));
    const { rows, pages } = await readAll(reader({ hub: oat }), datasets.invites);
    expect(rows).toHaveLength(230);
    expect(pages).toMatchObject([{ received: 230, reported: null, next: null }]);
  });

  it('of tokens counts them by `total`, and each has a page of its own with what it may do', async () => {
    const { organization, reader } = await acme();
    for (let place = 0; place < 120; place += 1)
      organization.tokens.push(hubToken('acme', `ci${place}`, ['scope-image-pull']));
    const using = reader({ owner: login });
    const { rows, pages } = await readAll(using, datasets.tokens);
    expect(rows).toHaveLength(121);
    expect(pages.map((one) => one.reported)).toEqual([121, 121]);
    expect(rows[5]?.data).not.toHaveProperty('resources');
    const { rows: details } = await readAll(using, listing('tokens', rows[5]?.key ?? ''));
    expect(details).toEqual([
      {
        key: rows[5]?.key,
        data: {
          ...rows[5]?.data,
          resources: [{ type: 'TYPE_REPO', path: 'acme/*', scopes: ['scope-image-pull'] }],
        },
      },
    ]);
  });

  it.each([0, 1, 100, 101, 250])('of %i SCIM users is read whole', async (count) => {
    const { hub, organization, reader, scim } = await acme();
    organization.scim?.users.splice(0);
    for (let place = 0; place < count; place += 1) {
      organization.scim?.users.push(hubScimUser(`user${place}@acme.example`, `user${place}`));
    }
    const { rows, pages } = await readAll(reader({ scim }), datasets.scim_users);
    expect(new Set(rows.map((one) => one.key)).size).toBe(count);
    expect(pages.map((one) => one.reported)).toEqual(pages.map(() => count));
    expect(hub.count('/Users')).toBe(Math.max(1, Math.ceil(count / 100)));
  });

  it('of the activity log is asked for one event and keeps none', async () => {
    const { hub, reader } = await acme();
    const page = await pageOf(reader({ hub: oat }), datasets.audit_log);
    expect(page).toMatchObject({ rows: [], received: 0, reported: null, next: null });
    expect(hub.count('/v2/auditlogs/acme?page=1&page_size=1')).toBe(1);
  });

  it.each([datasets.image_access, datasets.registry_access])('of settings ($dataset) is one row', async (what) => {
    const { reader } = await acme();
    const page = await pageOf(reader({ owner: login }), what);
    expect(page).toMatchObject({
      rows: [{ key: 'settings', data: { enabled: expect.any(Boolean) } }],
      received: 1,
      next: null,
    });
  });

  it('finds what has an odd name', async () => {
    const { hub, reader } = await acme();
    expect((await readAll(reader({ hub: oat }), listing('team_members', 'data & platform'))).rows).toHaveLength(1);
    expect(hub.count('/groups/data%20%26%20platform/members')).toBe(1);
  });

  it('goes on from its cursor in another process, and repeats nothing', async () => {
    const { hub, reader } = await acme({ members: 449 });
    const first = await pageOf(reader({ hub: oat }), members);
    const second = await pageOf(reader({ hub: oat }), members, first.next);
    const third = await pageOf(reader({ hub: oat }), members, second.next);
    const keys = [first, second, third].flatMap((one) => one.rows.map((row) => row.key));
    expect(new Set(keys).size).toBe(300);
    expect(hub.count('/members')).toBe(3);
    expect((await pageOf(reader({ hub: oat }), members, second.next)).next).toBe(third.next);
  });

  it('says by its fingerprint which credential read it: the same in every process, another one for another secret', async () => {
    const { hub, reader } = await acme();
    const { credential } = await pageOf(reader({ hub: oat }), members);
    expect(credential).toMatch(/^[0-9a-f]{16}$/);
    expect((await pageOf(reader({ hub: oat }), members)).credential).toBe(credential);
    expect(reader({ hub: { ...oat, secret: `${oat.secret}2` } }).credentials).not.toContain(credential);
    expect(reader({ hub: { ...oat, identifier: 'beta' } }).credentials).not.toContain(credential);
    const otherKey = new DockerHub({ hubUrl: hub.url, deadline: 0, fingerprintKey: Buffer.alloc(32, 8) });
    expect(otherKey.organization(configOf({ hub: oat })).credentials).not.toContain(credential);
  });

  it('is found below a path of its own', async () => {
    const { hub } = await scripted(({ path }) =>
      path === '/docker/v2/auth/token'
        ? { json: { access_token: 'opaque' } }
        : {
            json: {
              count: 2,
              next: path.includes('page=2') ? null : '/docker/v2/orgs/acme/members?page=2',
              results: [{}],
            },
          },
    );
    const reader = clientOf(`${hub.url}/docker`).organization(configOf({ hub: oat }));
    expect((await readAll(reader, members)).rows).toHaveLength(2);
    expect(hub.asked.map((one) => one.path)).toEqual([
      '/docker/v2/auth/token',
      '/docker/v2/orgs/acme/members?page=1&page_size=100',
      '/docker/v2/orgs/acme/members?page=2',
    ]);
  });
});

describe('a link that is not followed', () => {
  it('leads to another host, which hears nothing', async () => {
    const decoy = await scriptedHub(() => ({ json: { count: 1, next: null, results: [] } }));
    running.push(decoy);
    const { hub, reader } = await acme({ members: 250 });
    hub.faults.push({ on: '/members', answer: 'next elsewhere', to: decoy.url, times: 1 });
    const refusal = await refusalOf(reader({ hub: oat }), members);
    expect(refusal).toMatchObject({ status: 'failed', reason: 'SOURCE_INCOMPLETE' });
    expect(refusal.message).toContain('not the configured one');
    expect(decoy.asked).toEqual([]);
  });

  it.each<[string, string, FaultAnswer]>([
    ['to the page itself, the first', 'page=1&', 'next loop'],
    ['to the page itself, a later one', 'page=2&', 'next loop'],
  ])('leads %s', async (_, on, answer) => {
    const { hub, reader } = await acme({ members: 350 });
    hub.faults.push({ on, answer });
    const { refusal } = await readAll(reader({ hub: oat }), members);
    expect(refusal).toMatchObject({ status: 'failed', reason: 'SOURCE_INCOMPLETE' });
    expect(hub.count('/members')).toBe(on === 'page=1&' ? 1 : 2);
  });

  it('leads round in a circle, also with a cursor instead of page numbers', async () => {
    const { hub, reader } = await scripted(({ path }) => {
      const cursor = new URL(path, 'http://hub').searchParams.get('cursor') ?? 'a';
      const next = { a: 'b', b: 'c', c: 'b' }[cursor] ?? 'a';
      return { json: { count: 900, next: `/v2/orgs/acme/members?cursor=${next}`, results: [{}] } };
    });
    const { refusal, rows } = await readAll(reader, members);
    expect(refusal?.message).toContain('a page that was read before');
    expect(rows).toHaveLength(2);
    expect(hub.count('/members')).toBe(3);
  });

  it('was announced and is not there any more', async () => {
    const { hub, reader } = await acme({ repositories: 150 });
    const using = reader({ hub: oat });
    const first = await pageOf(using, datasets.repositories);
    hub.world.organizations[0]?.repositories.splice(50);
    const refusal = await refusalOf(using, datasets.repositories, first.next);
    expect(refusal).toMatchObject({ status: 'failed', reason: 'SOURCE_INCOMPLETE' });
    expect(refusal.message).toContain('the listing changed while it was read');
  });

  it.each([
    'nonsense',
    '',
    'e30',
    Buffer.from('{"by":"hub","at":"//evil.example/x"}').toString('base64url'),
    Buffer.from('{"by":"hub","at":"/../../etc"}').toString('base64url'),
  ])('stands in a cursor that is none: %j', async (cursor) => {
    const { hub, reader } = await acme();
    const page = await reader({ hub: oat }).page(members, cursor);
    expect(page).toMatchObject({ outcome: 'refused', status: 'failed' });
    expect(hub.count('/members')).toBe(0);
  });

  it.each<[string, Told]>([
    [
      'begins elsewhere',
      { json: { totalResults: 250, startIndex: 1, Resources: Array.from({ length: 100 }, () => ({})) } },
    ],
  ])('of SCIM %s than it was asked to', async (_, told) => {
    const hub = await scriptedHub(() => told);
    running.push(hub);
    const reader = clientOf(hub.url).organization(configOf({ scim: { url: `${hub.url}/scim`, token: 'abc' } }));
    const { refusal, pages } = await readAll(reader, datasets.scim_users);
    expect(pages).toHaveLength(1);
    expect(refusal).toMatchObject({ status: 'failed', reason: 'SOURCE_INCOMPLETE' });
  });
});

it('keeps and marks whoever stands among the members as an invitee', async () => {
  const { organization, reader } = await acme();
  organization.members.push(hubMember('pending', { role: 'Invitee' }));
  const page = await pageOf(reader({ hub: oat }), members);
  expect(page).toMatchObject({ received: 4, reported: 4 });
  expect(page.rows.map(({ data }) => data['invitee'])).toEqual([undefined, undefined, undefined, true]);
});
