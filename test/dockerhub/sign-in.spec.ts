import { afterEach, describe, expect, it } from 'vitest';
import { addOrganizationToken, hubMember, hubOrganization } from '../../src/demo/build-world.js';
import type { RunningHub } from '../../src/demo/hub.js';
import { startHub } from '../../src/demo/hub.js';
import { clientOf, configOf, listing, login, oat, pageOf, pat, readAll, refusalOf } from './reading-rig.js';
import type { ScriptedHub, Told } from './scripted-hub.js';
import { deadUrl, emptyPage, jwt, scriptedHub, signedIn } from './scripted-hub.js';

const running: (RunningHub | ScriptedHub)[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

async function acme(options = {}): Promise<RunningHub> {
  const organization = hubOrganization('acme', {
    members: Array.from({ length: 250 }, (_, place) => hubMember(`user${place}`)),
  });
  addOrganizationToken(organization, oat.secret);
  const hub = await startHub({ organizations: [organization] }, options);
  running.push(hub);
  return hub;
}

async function scripted(tell: Parameters<typeof scriptedHub>[0]): Promise<ScriptedHub> {
  const hub = await scriptedHub(tell);
  running.push(hub);
  return hub;
}

const members = listing('members');
const signIns = (hub: RunningHub | ScriptedHub) => hub.count('/v2/auth/token');

describe('a credential', () => {
  it('signs in once for everybody who waits, however many organizations use it', async () => {
    const hub = await scripted((asked) => (asked.path === '/v2/auth/token' ? signedIn : emptyPage()));
    const client = clientOf(hub.url);
    const readers = ['acme', 'beta', 'gamma'].map((name) => client.organization(configOf({ name, owner: login })));
    await Promise.all(readers.flatMap((one) => [pageOf(one, members), pageOf(one, listing('teams'))]));
    expect(signIns(hub)).toBe(1);
    expect(JSON.parse(hub.asked[0]?.body ?? '')).toEqual(login);
    expect(client.requests).toBe(7);
    expect(client.budget).toHaveLength(1);
  });

  it('is renewed in mid-run before it ends, without a single 401', async () => {
    const hub = await acme({ tokenLifeSeconds: 2, latencyMs: 20 });
    const reader = clientOf(hub.url).organization(configOf({ hub: oat }));
    const until = Date.now() + 5_500;
    while (Date.now() < until) await pageOf(reader, members);
    expect(hub.requests.filter((one) => one.status === 401)).toEqual([]);
    expect(signIns(hub)).toBeGreaterThanOrEqual(2);
    expect(signIns(hub)).toBeLessThanOrEqual(5);
  });

  it.each<[string, Record<string, unknown>, number]>([
    ['a life of ten minutes', { iat: 1_000, exp: 1_600 }, 1],
    ['a life on a clock that is years away', { iat: 5_000_000_000, exp: 5_000_000_600 }, 1],
    ['an end without a beginning', { exp: Math.floor(Date.now() / 1000) + 600 }, 1],
    ['no end', {}, 1],
    ['an end that is over', { exp: 1_000 }, 1],
    ['a tenth of a second', { iat: 1_000, exp: 1_000.1 }, 2],
  ])('whose bearer says %s', async (_, claims, expected) => {
    const told: Told = { json: { access_token: jwt(claims) } };
    const hub = await scripted((asked) => (asked.path === '/v2/auth/token' ? told : emptyPage()));
    const reader = clientOf(hub.url).organization(configOf({ hub: oat }));
    await pageOf(reader, members);
    await new Promise((resolve) => setTimeout(resolve, 150));
    await pageOf(reader, members);
    expect(signIns(hub)).toBe(expected);
  });

  it.each<[string, Told]>([
    ['that is no JWT', { json: { access_token: 'opaque' } }],
    ['that is a JWT of something else', { json: { access_token: 'a.WyJub3QiXQ.c' } }],
  ])('works with a bearer %s', async (_, told) => {
    const hub = await scripted((asked) => (asked.path === '/v2/auth/token' ? told : emptyPage()));
    await pageOf(clientOf(hub.url).organization(configOf({ hub: oat })), members);
    expect(signIns(hub)).toBe(1);
  });

  it('signs in once more after a 401, whoever notices it, and goes on', async () => {
    const hub = await acme();
    const reader = clientOf(hub.url).organization(configOf({ hub: oat }));
    const first = await pageOf(reader, members);
    hub.expireTokens();
    const [second] = await Promise.all([
      pageOf(reader, members, first.next),
      pageOf(reader, listing('teams')),
      pageOf(reader, listing('invites')),
    ]);
    expect(second.rows).toHaveLength(100);
    expect(signIns(hub)).toBe(2);
  });

  it('that gets another 401 after that is not used any more in the whole run', async () => {
    const hub = await acme();
    hub.faults.push({ on: '/members', answer: 401 });
    const client = clientOf(hub.url);
    const reader = client.organization(configOf({ hub: oat }));
    const first = await refusalOf(reader, members);
    expect(first).toMatchObject({ status: 'failed', reason: 'CREDENTIAL_REFUSED' });
    expect([signIns(hub), hub.count('/members')]).toEqual([2, 2]);
    const asked = hub.requests.length;
    const others = await Promise.all(
      (['teams', 'invites', 'repositories', 'members'] as const).map((one) => refusalOf(reader, listing(one))),
    );
    for (const one of others) expect(one).toEqual(first);
    expect(hub.requests).toHaveLength(asked);
  });

  it('that a third 401 meets, long after the second sign-in, is not used any more either', async () => {
    const hub = await acme();
    const reader = clientOf(hub.url).organization(configOf({ hub: oat }));
    await pageOf(reader, members);
    hub.expireTokens();
    await pageOf(reader, members);
    hub.expireTokens();
    expect(await refusalOf(reader, members)).toMatchObject({ reason: 'CREDENTIAL_REFUSED' });
    expect(signIns(hub)).toBe(2);
  });

  it('that is wrong is tried once', async () => {
    const hub = await acme();
    const client = clientOf(hub.url);
    const cases = [
      { credential: { ...oat, secret: 'dckr_oat_wrong' }, says: '(401)' },
      { credential: { ...pat, secret: 'dckr_pat_wrong' }, says: '(401)' },
      { credential: { ...login, secret: 'wrong' }, says: '(401)' },
      { credential: { identifier: 'jdoe@acme.com', secret: 'wrong' }, says: '(400)' },
    ];
    for (const { credential, says } of cases) {
      const before = signIns(hub);
      const reader = client.organization(configOf({ hub: credential }));
      const refusals = await Promise.all(
        [members, listing('teams'), listing('repositories')].map((one) => refusalOf(reader, one)),
      );
      for (const refusal of refusals) {
        expect(refusal).toMatchObject({ status: 'failed', reason: 'CREDENTIAL_REFUSED' });
        expect(refusal.message).toContain(says);
        expect(refusal.message).toContain('not tried again in this run');
      }
      expect(signIns(hub) - before).toBe(1);
    }
    expect(hub.count('/orgs/')).toBe(0);
  });

  it('does not take the others down with it', async () => {
    const hub = await acme();
    const client = clientOf(hub.url);
    const reader = client.organization(configOf({ hub: oat, owner: { identifier: 'jdoe', secret: 'wrong' } }));
    expect(await refusalOf(reader, listing('tokens'))).toMatchObject({ reason: 'CREDENTIAL_REFUSED' });
    expect((await readAll(reader, members)).rows).toHaveLength(250);
  });
});

describe('a sign-in', () => {
  it.each<[string, Told, string, number]>([
    [
      'locked after too many',
      { status: 429, json: { detail: 'Too many failed login attempts' } },
      'locked it for a while',
      1,
    ],
    [
      'that wants a second factor',
      {
        status: 401,
        json: { detail: 'Require secondary authentication on MFA enabled account', login_2fa_token: 'x.y.z' },
      },
      'second factor',
      1,
    ],
    ['that nobody knows', { status: 404, json: {} }, 'is DOCKERHUB_URL right?', 1],
    ['that is forbidden', { status: 403, json: {} }, '(403)', 1],
    ['that always fails', { status: 502, bytes: 'Bad gateway' }, 'error 502, after 5 tries', 5],
    ['without a bearer', { json: { token: 'x' } }, 'did not have the expected form', 5],
    ['with a bearer that cannot be sent', { json: { access_token: 'a b\nc' } }, 'did not have the expected form', 5],
    ['in HTML', { bytes: '<html>' }, 'was no JSON', 5],
    [
      'that is redirected',
      { status: 302, json: {}, headers: { location: 'http://127.0.0.1:9/login' } },
      'redirect (302)',
      1,
    ],
  ])('%s ends the run of that credential', async (_, told, says, tries) => {
    const hub = await scripted(() => told);
    const reader = clientOf(hub.url).organization(configOf({ hub: oat }));
    const refusals = await Promise.all([members, listing('teams')].map((one) => refusalOf(reader, one)));
    refusals.push(await refusalOf(reader, listing('invites')));
    for (const refusal of refusals) {
      expect(refusal.status).toBe('failed');
      expect(refusal.message).toContain(says);
    }
    expect(hub.asked).toHaveLength(tries);
  });

  it('that is asked to wait waits', async () => {
    const hub = await scripted((asked, nth) => {
      if (asked.path !== '/v2/auth/token') return emptyPage();
      return nth === 1 ? { status: 429, json: {}, headers: { 'retry-after': '1' } } : signedIn;
    });
    await pageOf(clientOf(hub.url).organization(configOf({ hub: oat })), members);
    const [first, second] = hub.asked;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(950);
  });

  it('that finds nobody ends the run of every credential', async () => {
    let sent = 0;
    const client = clientOf(await deadUrl(), { onRequest: () => (sent += 1) });
    const refusal = await refusalOf(client.organization(configOf({ hub: oat })), members);
    expect(refusal).toMatchObject({ status: 'failed', reason: 'SOURCE_UNREACHABLE' });
    expect(refusal.message).toContain('the connection was refused (ECONNREFUSED), after 5 tries');
    expect(sent).toBe(5);
    const other = await refusalOf(client.organization(configOf({ name: 'beta', owner: login })), members);
    expect(other).toMatchObject({ status: 'failed', reason: 'SOURCE_UNREACHABLE' });
    expect(sent).toBe(5);
    expect(client.requests).toBe(5);
  });
});

describe('who signed in', () => {
  it.each([
    [oat, { kind: 'organization_token', username: null, tokenId: expect.stringMatching(/^[0-9a-f-]{36}$/) }],
    [
      { identifier: 'user1', secret: 'plain secret' },
      { kind: 'password', username: 'user1', tokenId: null },
    ],
    [
      { identifier: 'user1', secret: 'unmarked personal' },
      { kind: 'personal_token', username: 'user1', tokenId: null },
    ],
    [
      { identifier: 'acme', secret: 'unmarked organization' },
      { kind: 'organization_token', username: null },
    ],
  ])('is what Docker Hub says, not what the secret of $identifier looks like', async (credential, expected) => {
    const hub = await acme();
    const [organization] = hub.world.organizations;
    organization?.credentials.push(
      { kind: 'password', username: 'user1', secret: 'plain secret' },
      { kind: 'pat', id: 'p1', username: 'user1', secret: 'unmarked personal' },
    );
    if (organization) addOrganizationToken(organization, 'unmarked organization', undefined, 'second');
    const reader = clientOf(hub.url).organization(configOf({ hub: credential }));
    const [fingerprint = ''] = reader.credentials;
    expect(reader.identity(fingerprint)).toBeUndefined();
    await reader.page(listing('repositories'), null);
    expect(reader.identity(fingerprint)).toMatchObject(expected);
    expect(reader.identity('another')).toBeUndefined();
    expect(reader.roleOf(fingerprint)).toBe('hub');
  });
});
