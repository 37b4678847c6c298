import { afterEach, describe, expect, it } from 'vitest';
import type { OrganizationConfig } from '../../src/config/configuration.js';
import { addOrganizationToken, readingScopes } from '../../src/demo/build-world.js';
import type { RunningHub } from '../../src/demo/hub.js';
import { acmeHub, datasets, everyDataset } from './acme-hub.js';
import { listing, login, oat, pageOf, pat, readAll, refusalOf } from './reading-rig.js';

const running: RunningHub[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

async function acme(options: Parameters<typeof acmeHub>[0] = {}) {
  const started = await acmeHub(options);
  running.push(started.hub);
  return started;
}

/** What each configuration reads with which credential, or how it ends. */
async function outcomes(reader: Awaited<ReturnType<typeof acmeHub>>['reader'], parts: Partial<OrganizationConfig>) {
  const using = reader(parts);
  const found: Record<string, string> = {};
  for (const [dataset, what] of Object.entries(datasets)) {
    const page = await using.page(what, null);
    found[dataset] = page.outcome === 'page' ? (using.roleOf(page.credential) ?? '?') : page.status;
  }
  return found;
}

const [n, c] = ['not_permitted', 'not_configured'] as const;

function table(...cells: string[]): Record<string, string> {
  return Object.fromEntries(everyDataset.map((dataset, place) => [dataset, cells[place] ?? '']));
}

describe('each dataset is read with the credential that can', () => {
  it.each<[string, string, Record<string, string>]>([
    ['nothing', '', table(c, c, c, c, c, c, c, c, c, c, c)],
    ['SCIM alone', 'scim', table(c, c, c, c, c, c, c, c, c, c, 'scim')],
    ['an organization token', 'hub', table('hub', 'hub', 'hub', 'hub', 'hub', 'hub', n, n, 'hub', 'hub', c)],
    [
      'an owner',
      'owner',
      table('owner', 'owner', 'owner', 'owner', 'owner', 'owner', 'owner', 'owner', 'owner', 'owner', c),
    ],
    ['both', 'hub owner', table('hub', 'hub', 'hub', 'hub', 'owner', 'hub', 'owner', 'owner', 'hub', 'hub', c)],
    ['a personal token', 'pat', table(n, n, n, n, 'hub', 'hub', n, n, n, n, c)],
    [
      'a personal token and an owner',
      'pat owner',
      table('owner', 'owner', 'owner', 'owner', 'owner', 'hub', 'owner', 'owner', 'owner', 'owner', c),
    ],
    [
      'an owner under hub',
      'owner-as-hub',
      table('hub', 'hub', 'hub', 'hub', 'hub', 'hub', 'hub', 'hub', 'hub', 'hub', c),
    ],
    [
      'the organization token in both places',
      'twice',
      table('hub', 'hub', 'hub', 'hub', 'hub', 'hub', n, n, 'hub', 'hub', c),
    ],
  ])('%s', async (_, which, expected) => {
    const { reader, scim } = await acme();
    const parts = {
      ...(which.includes('scim') ? { scim } : {}),
      ...(/\bhub\b/.test(which) ? { hub: oat } : {}),
      ...(which.includes('pat') ? { hub: pat } : {}),
      ...(/\bowner\b/.test(which) ? { owner: login } : {}),
      ...(which === 'owner-as-hub' ? { hub: login } : {}),
      ...(which === 'twice' ? { hub: oat, owner: oat } : {}),
    };
    expect(await outcomes(reader, parts)).toEqual(expected);
  });

  it('and says without asking which one would be asked first', async () => {
    const { hub, reader, scim } = await acme();
    const using = reader({ hub: oat, owner: login, scim });
    const first = everyDataset.map((one) => using.credentialFor(one)?.role);
    expect(first).toEqual(['hub', 'hub', 'hub', 'hub', 'owner', 'hub', 'owner', 'owner', 'hub', 'hub', 'scim']);
    expect(using.credentialFor('members')).toEqual({
      role: 'hub',
      kind: 'organization_token',
      fingerprint: using.credentials[0],
    });
    expect(reader({ hub: oat }).credentialFor('tokens')).toBeNull();
    expect(using.credentialFor('members', 'nonsense')).toBeNull();
    expect(hub.requests).toEqual([]);
  });

  it('and whoever is denied says what would read it', async () => {
    const { reader } = await acme({ scopes: ['scope-member-read'] });
    const cases = [
      [{ hub: oat }, 'invites', n, 'organization access token (hub)', 'the scope scope-invite-read', 'under "owner"'],
      [{ hub: oat }, 'team_members', n, 'scope-group-read', 'acme/data & platform'],
      [{ hub: oat }, 'repository_teams', n, 'scope-repo-group-read'],
      [{ hub: oat }, 'registry_access', n, 'scope-ram-read'],
      [{ hub: oat }, 'audit_log', n, 'scope-activity-read'],
      [{ hub: oat }, 'tokens', n, 'Organization access tokens cannot read', 'login of an owner'],
      [
        { hub: pat },
        'members',
        n,
        'personal access token (hub)',
        'Use an organization access token with the scope scope-member-read',
      ],
      [{ hub: pat }, 'image_access', n, 'personal access token (hub)', 'login of an owner'],
      [
        { owner: { identifier: 'user0', secret: 'hers' } },
        'tokens',
        n,
        'the login (owner)',
        'is an owner of the organization',
      ],
      [{}, 'members', c, 'No credential of acme', 'scope-member-read', '"owner"'],
      [{}, 'scim_users', c, 'scim.url', 'Setup SCIM'],
    ] as const;
    const { reader: asMember, organization } = await acme();
    organization.credentials.push({ kind: 'password', username: 'user0', secret: 'hers' });
    for (const [parts, dataset, status, ...says] of cases) {
      const using = 'owner' in parts ? asMember(parts) : reader(parts);
      const refusal = await refusalOf(using, datasets[dataset]);
      expect(refusal).toMatchObject({ status, reason: status === n ? 'CAPABILITY_MISSING' : 'NOT_CONFIGURED' });
      for (const part of says) expect(refusal.message).toContain(part);
    }
  });

  it('and what is denied is asked for once', async () => {
    const { hub, reader } = await acme({ scopes: [] });
    const using = reader({ hub: oat });
    for (const scope of ['data & platform', 'owners', 'data & platform']) {
      await refusalOf(using, listing('team_members', scope));
    }
    await refusalOf(using, datasets.members);
    await refusalOf(using, datasets.members);
    expect([hub.count('/groups/'), hub.count('/orgs/acme/members')]).toEqual([1, 1]);
  });

  it('and a credential that stands in two places is asked once', async () => {
    const { hub, reader } = await acme({ scopes: [] });
    await refusalOf(reader({ hub: oat, owner: oat }), datasets.members);
    expect(hub.requests.map((one) => one.path.split('?')[0])).toEqual(['/v2/auth/token', '/v2/orgs/acme/members']);
  });

  it('and also where the secret does not look like what it is', async () => {
    const { hub, organization, reader } = await acme();
    addOrganizationToken(organization, 'unmarked', readingScopes, 'unmarked');
    const using = reader({ hub: { identifier: 'acme', secret: 'unmarked' } });
    expect(await refusalOf(using, datasets.tokens)).toMatchObject({ status: n });
    expect((await refusalOf(using, datasets.image_access)).message).toContain('Organization access tokens cannot read');
    await pageOf(using, datasets.repository_teams);
    expect(hub.requests.map((one) => one.path.split('?')[0])).toEqual([
      '/v2/auth/token',
      '/v2/namespaces/acme/repositories/api-1/groups',
    ]);
  });
});

describe('a listing that another credential had to read', () => {
  it('stays with it on later pages, and in another process', async () => {
    const { hub, reader } = await acme({ scopes: ['scope-group-read'], members: 250 });
    const using = reader({ hub: oat, owner: login });
    const [hubPrint, ownerPrint] = using.credentials;
    expect(using.credentialFor('members')?.fingerprint).toBe(hubPrint);
    const first = await pageOf(using, datasets.members);
    expect(first.credential).toBe(ownerPrint);
    const again = reader({ hub: oat, owner: login });
    expect(again.credentialFor('members', first.next)?.fingerprint).toBe(ownerPrint);
    const second = await pageOf(again, datasets.members, first.next);
    expect(second).toMatchObject({ credential: ownerPrint, received: 100 });
    // One denied page, two read.
    expect(hub.count('/orgs/acme/members')).toBe(3);
  });

  it('has to begin again where that credential is configured no more', async () => {
    const { reader } = await acme({ members: 250 });
    const { next } = await pageOf(reader({ owner: login }), datasets.members);
    const refusal = await refusalOf(reader({ hub: oat }), datasets.members, next);
    expect(refusal).toMatchObject({ status: 'failed', reason: 'SOURCE_INCOMPLETE' });
  });

  it('that denies a later page says so, and asks nobody else', async () => {
    const { hub, reader } = await acme({ members: 250 });
    const using = reader({ hub: oat, owner: login });
    const { next } = await pageOf(using, datasets.members);
    hub.faults.push({ on: 'page=2', answer: 403 });
    expect(await refusalOf(using, datasets.members, next)).toMatchObject({ status: n });
    expect(hub.count('page=2')).toBe(1);
  });
});

describe('SCIM', () => {
  it('needs one request and no sign-in, and a wrong token is sent once', async () => {
    const { hub, scim, reader } = await acme();
    expect((await readAll(reader({ scim }), datasets.scim_users)).rows).toHaveLength(1);
    expect(hub.requests.map((one) => one.path)).toEqual(['/v2/scim/2.0/Users?startIndex=1&count=100&sortBy=userName']);
    const wrong = reader({ scim: { ...scim, token: 'wrong' } });
    const refusal = await refusalOf(wrong, datasets.scim_users);
    expect(refusal).toMatchObject({ status: 'failed', reason: 'CREDENTIAL_REFUSED' });
    expect(await refusalOf(wrong, datasets.scim_users)).toEqual(refusal);
    expect(hub.count('/scim/')).toBe(2);
  });

  it.each<[Record<string, string>, number, string]>([
    [{ token: 'with a\nline break' }, 0, 'characters that no token has'],
    [{ url: 'http://scim.example/v2' }, 0, 'is not https'],
  ])('%j is not sent at all', async (parts, sent, says) => {
    const { hub, scim, reader } = await acme();
    expect((await refusalOf(reader({ scim: { ...scim, ...parts } }), datasets.scim_users)).message).toContain(says);
    expect(hub.requests).toHaveLength(sent);
  });
});
