import { afterEach, describe, expect, it } from 'vitest';
import type { OrganizationConfig } from '../../src/config/configuration.js';
import type { RunningHub } from '../../src/demo/hub.js';
import { acmeHub, datasets, everyDataset } from './acme-hub.js';
import { clientOf, configOf, listing, login, oat, pageOf, pat, readAll, refusalOf } from './reading-rig.js';

const running: RunningHub[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

async function acme(options: Parameters<typeof acmeHub>[0] = {}) {
  const started = await acmeHub(options);
  running.push(started.hub);
  return started;
}

const wrong = {
  hub: { ...oat, secret: 'dckr_oat_wrong' },
  owner: { ...login, secret: 'wrong password' },
  pat: { ...pat, secret: 'dckr_pat_wrong' },
};
const [hub, owner, no, x] = ['hub', 'owner', 'not_permitted', 'CREDENTIAL_REFUSED'] as const;

describe('a credential whose sign-in is refused', () => {
  it.each<[string, Partial<OrganizationConfig>, readonly string[], number]>([
    ['the owner beside a token', { hub: oat, owner: wrong.owner }, [hub, hub, hub, hub, hub, hub, x, x, hub, hub], 2],
    ['the token beside an owner', { hub: wrong.hub, owner: login }, Array<string>(10).fill(owner), 2],
    ['the owner under both', { hub: wrong.owner, owner: wrong.owner }, Array<string>(10).fill(x), 1],
    ['both', { hub: wrong.hub, owner: wrong.owner }, Array<string>(10).fill(x), 2],
    ['the token beside a personal one', { hub: wrong.hub, owner: pat }, [x, x, x, x, owner, owner, no, no, x, x], 2],
    ['the personal token beside an owner', { hub: wrong.pat, owner: login }, Array<string>(10).fill(owner), 2],
    ['the only one, a token', { hub: wrong.hub }, [x, x, x, x, x, x, no, no, x, x], 1],
  ])('leaves to the other what that one reads: %s', async (_, parts, expected, signIns) => {
    const { hub: server, reader } = await acme();
    const using = reader(parts);
    for (const round of [1, 2]) {
      const found: string[] = [];
      for (const dataset of everyDataset.slice(0, 10)) {
        const page = await using.page(datasets[dataset], null);
        if (page.outcome === 'page') found.push(using.roleOf(page.credential) ?? '?');
        else found.push(page.status === 'failed' ? page.reason : page.status);
      }
      expect(found, `round ${round}`).toEqual(expected);
    }
    expect(server.count('/v2/auth/token')).toBe(signIns);
  });

  it('signs in once, also where all datasets and organizations ask at the same time', async () => {
    const { hub: server } = await acme();
    const client = clientOf(server.url);
    const readers = ['acme', 'beta'].map((name) =>
      client.organization(configOf({ name, hub: wrong.hub, owner: wrong.owner })),
    );
    await Promise.all(readers.flatMap((using) => Object.values(datasets).map((what) => using.page(what, null))));
    expect(server.requests.map((one) => one.path)).toEqual(['/v2/auth/token', '/v2/auth/token']);
  });

  it('costs the datasets that another one is denied no second request', async () => {
    const { hub: server, reader } = await acme();
    const using = reader({ hub: wrong.hub, owner: pat });
    const first = await refusalOf(using, datasets.members);
    expect(await refusalOf(using, datasets.members)).toEqual(first);
    expect(first).toMatchObject({ status: 'failed', reason: x });
    expect(server.count('/orgs/acme/members')).toBe(1);
  });

  it('in mid-run leaves the listings that have not begun to the other', async () => {
    const { hub: server, organization, reader } = await acme({ members: 250 });
    const using = reader({ hub: oat, owner: login });
    const [hubPrint, ownerPrint] = using.credentials;
    const { next, credential } = await pageOf(using, datasets.members);
    expect(credential).toBe(hubPrint);
    organization.credentials.splice(0, 1);
    server.expireTokens();
    expect((await pageOf(using, datasets.teams)).credential).toBe(ownerPrint);
    const broken = await refusalOf(using, datasets.members, next);
    expect(broken).toMatchObject({ status: 'failed', reason: x });
    expect(broken.message).toContain('(organizations: acme, hub)');
    expect(server.count('page=2')).toBe(0);
    expect((await readAll(using, datasets.members)).rows).toHaveLength(251);
    // Two of the token, one of the owner.
    expect(server.count('/v2/auth/token')).toBe(3);
  });

  it('leaves many repositories to the other for one request each', async () => {
    const { hub: server, reader } = await acme({ repositories: 40 });
    const using = reader({ hub: wrong.hub, owner: login });
    const pages = await Promise.all(
      Array.from({ length: 40 }, (_, place) => pageOf(using, listing('repository_teams', `api-${place}`))),
    );
    expect(new Set(pages.map((one) => one.credential))).toEqual(new Set([using.credentials[1]]));
    expect(server.count('/groups')).toBe(40);
  });

  it('is told apart from a host that fails: nobody else is asked then', async () => {
    const { hub: server, reader } = await acme();
    server.faults.push({ on: '/v2/auth/token', answer: 500, times: 5 });
    const refusal = await refusalOf(reader({ hub: oat, owner: login }), datasets.members);
    expect(refusal).toMatchObject({ status: 'failed', reason: 'SOURCE_UNREACHABLE' });
    expect(server.requests).toHaveLength(5);
  });
});

const scopes =
  'scope-member-read, scope-invite-read, scope-group-read, scope-repository-list, scope-repo-group-read, scope-ram-read and scope-activity-read';
const newToken = `an organization access token of acme with the scopes ${scopes}`;

describe('the sentence of a refused credential', () => {
  it.each<[string, Partial<OrganizationConfig>, readonly string[]]>([
    [
      'a token',
      { hub: wrong.hub },
      ['the organization access token of "acme" (organizations: acme, hub): wrong, expired or revoked (401)', newToken],
    ],
    [
      'a token that is not marked as one',
      { hub: { identifier: 'acme', secret: 'unmarked' } },
      ['the organization access token of "acme" (organizations: acme, hub)', newToken],
    ],
    [
      'a token, its organization in capitals',
      { hub: { identifier: 'ACME', secret: 'unmarked' } },
      ['the organization access token of "ACME" (organizations: acme, hub)'],
    ],
    [
      'a personal token',
      { hub: wrong.pat },
      ['the personal access token of "jdoe" (organizations: acme, hub)', newToken, 'the username'],
    ],
    [
      'a personal token with the name of the organization',
      { hub: { ...wrong.pat, identifier: 'acme' } },
      ['the personal access token of "acme" (organizations: acme, hub)', 'the username'],
    ],
    [
      'a password under hub',
      { hub: { identifier: 'jdoe@acme.com', secret: 'wrong' } },
      ['the password of "jdoe@acme.com" (organizations: acme, hub)', '(400)', newToken, 'not the e-mail'],
    ],
    [
      'the password of an owner',
      { owner: wrong.owner },
      [
        'the password of "jdoe" (organizations: acme, owner)',
        'the password of an owner of acme',
        'a personal access token of an owner where single sign-on is enforced',
        'not the e-mail',
      ],
    ],
    [
      'both',
      { hub: wrong.hub, owner: wrong.owner },
      ['(organizations: acme, hub)', newToken, '(organizations: acme, owner)', 'the password of an owner of acme'],
    ],
  ])('says where it stands, what it is and what to create instead: %s', async (_, parts, says) => {
    const { reader } = await acme();
    const refusal = await refusalOf(reader(parts), datasets.members);
    expect(refusal).toMatchObject({ status: 'failed', reason: x });
    for (const part of says) expect(refusal.message).toContain(part);
  });

  it('is that of a token also where the token stands under owner, where it is not asked for what none reads', async () => {
    const { hub: server, reader } = await acme();
    const using = reader({ owner: { identifier: 'acme', secret: 'unmarked' } });
    const refusal = await refusalOf(using, datasets.members);
    expect(refusal.message).toContain('the organization access token of "acme" (organizations: acme, owner)');
    expect(refusal.message).toContain('the password of an owner of acme');
    expect(await refusalOf(using, datasets.tokens)).toMatchObject({ status: no });
    expect(server.requests).toHaveLength(1);
  });

  it('names the place in the organization that asks, of a credential that several use', async () => {
    const { hub: server } = await acme();
    const client = clientOf(server.url);
    const unmarked = { identifier: 'acme', secret: 'unmarked' };
    const beta = client.organization(configOf({ name: 'beta', owner: unmarked }));
    const asked = client.organization(configOf({ hub: unmarked }));
    expect((await refusalOf(beta, datasets.members)).message).toContain('(organizations: beta, owner)');
    const { message } = await refusalOf(asked, datasets.members);
    expect(message).toContain('the organization access token of "acme" (organizations: acme, hub)');
    expect(server.count('/v2/auth/token')).toBe(1);
  });

  it('says of a SCIM token where it stands', async () => {
    const { scim, reader } = await acme();
    const { message } = await refusalOf(reader({ scim: { ...scim, token: 'wrong' } }), datasets.scim_users);
    expect(message).toContain('refused the SCIM token (organizations: acme, scim): wrong, expired or replaced (401)');
    expect(message).toContain('Generate a new one');
  });

  it('calls a credential what its sign-in said it is', async () => {
    const { hub: server, organization, reader } = await acme();
    organization.credentials.push({ kind: 'pat', id: 'p2', username: 'user1', secret: 'unmarked personal' });
    server.faults.push({ on: '/v2/namespaces', answer: 401 });
    const using = reader({ hub: { identifier: 'user1', secret: 'unmarked personal' } });
    const { message } = await refusalOf(using, datasets.repositories);
    expect(message).toContain('the personal access token of "user1" (organizations: acme, hub): after a fresh sign-in');
  });
});
