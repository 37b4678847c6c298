import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AccessChoice } from '../../src/findings/effective-access.query.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { AccessWorld, everything, type ShownOrganization } from './access-world.js';

let database: TestDatabase;
let world: AccessWorld;

beforeAll(async () => {
  database = await testDatabase();
  world = new AccessWorld(database.dataSource);
});
afterEach(() => database.dataSource.query(`update organization set name = 'old-' || id`));
afterAll(() => database.drop());

const acme: ShownOrganization = {
  name: 'acme',
  members: [
    { id: 'a', username: 'anna', role: 'Owner' },
    { id: 'b', username: 'ben', role: 'Member' },
  ],
  teams: [{ name: 'ops', role: null, members: ['b'] }],
  repositories: [
    { name: 'api', isPrivate: true, teams: { ops: 'write' } },
    { name: 'site', isPrivate: false },
  ],
};

async function asked(
  change: Partial<ShownOrganization>,
  choose: { readonly repository?: string; readonly account?: string } = {},
) {
  const snapshot = await world.show({ ...acme, ...change });
  const scopes = await world.scopes([snapshot], { 'registry-auditor': 'member' });
  const { organizationId } = snapshot;
  const choice: AccessChoice = {
    repository: choose.repository === undefined ? null : { organizationId, name: choose.repository },
    accounts: choose.account === undefined ? null : [{ organizationId, key: choose.account }],
  };
  return { scopes, choice };
}

async function gapsOf(...given: Parameters<typeof asked>): Promise<string[]> {
  const { scopes, choice } = await asked(...given);
  const gaps = await world.gaps(scopes, choice);
  for (const { message } of gaps) expect(message).toMatch(/^[A-Z"].*[^.]\.$/s);
  return gaps.map(({ dataset, reason, about }) => [dataset, reason, ...about].join(' '));
}

describe('what is not known', () => {
  it('is nothing where everything was said and can be ranked', async () => {
    expect(await gapsOf({})).toEqual([]);
    expect(await gapsOf({ members: [...acme.members, { id: 'c', role: 'Registry-Auditor' }] })).toEqual([]);
  });

  it('is every listing that it rests on and that is not whole', async () => {
    expect(await gapsOf({ incomplete: ['team_members', 'repository_teams', 'scim_users', 'tokens'] })).toEqual([
      'team_members SOURCE_INCOMPLETE',
      'repository_teams SOURCE_INCOMPLETE',
      'tokens SOURCE_INCOMPLETE',
    ]);
    expect(await gapsOf({ members: [], teams: [] })).toEqual(['members SOURCE_INCOMPLETE']);
  });

  it('is what a role amounts to that nobody ranked, unless the account can hold no more', async () => {
    const strangers = [
      { id: 'c', username: 'carl', role: 'wizard' },
      { id: 'd', username: 'dora', role: 'wizard' },
    ];
    expect(await gapsOf({ members: [...acme.members, ...strangers] })).toEqual(['members ROLE_UNKNOWN carl dora']);
    expect(await gapsOf({ members: [...acme.members, ...strangers] }, { account: 'b' })).toEqual([]);
    const owners = { name: 'owners', role: null, members: ['c', 'd'] };
    expect(await gapsOf({ members: [...acme.members, ...strangers], teams: [owners] })).toEqual([]);
    expect(await gapsOf({ teams: [{ name: 'ops', role: 'wizard', members: ['a', 'b'] }] })).toEqual([
      'teams ROLE_UNKNOWN ben',
    ]);
  });

  it('is a role that Docker Hub did not say', async () => {
    const { members, teams = [] } = acme;
    expect(await gapsOf({ members: [...members, { id: 'c', username: 'carl' }] })).toEqual([
      'members FIELD_NOT_EXPOSED carl',
    ]);
    expect(await gapsOf({ members: [...members, { id: 'c', username: 'carl', role: ' ' }] })).toEqual([
      'members FIELD_NOT_EXPOSED carl',
    ]);
    expect(await gapsOf({ members: [...members, { id: 'c', username: 'carl', role: null }] })).toEqual([
      'members FIELD_NOT_EXPOSED carl',
    ]);
    expect(await gapsOf({ teams: [...teams, { name: 'qa', members: ['b'] }, { name: 'empty', members: [] }] })).toEqual(
      ['teams FIELD_NOT_EXPOSED qa'],
    );
    expect(await gapsOf({ teams: [{ name: 'ops', role: null, members: ['b', 'ghost'] }] })).toEqual([
      'members FIELD_NOT_EXPOSED ghost',
    ]);
  });

  it('is a permission that is unsaid or not known, on the repository that is asked about', async () => {
    const odd = (permission?: string) => ({
      repositories: [{ name: 'api', isPrivate: true, teams: { ops: permission } }],
    });
    expect(await gapsOf(odd())).toEqual(['repository_teams FIELD_NOT_EXPOSED api']);
    expect(await gapsOf(odd('deploy'))).toEqual(['repository_teams UNRECOGNISED_VALUE api']);
    expect(await gapsOf(odd('deploy'), { account: 'a' })).toEqual([]);
    expect(await gapsOf(odd('deploy'), { account: 'b' })).toEqual(['repository_teams UNRECOGNISED_VALUE api']);
    const two = { repositories: [...odd('deploy').repositories, { name: 'site', isPrivate: false }] };
    expect(await gapsOf(two, { repository: 'site' })).toEqual([]);
  });

  it('is whether a repository is public, where it is asked about', async () => {
    const repositories = [{ name: 'api' }, { name: 'site', isPrivate: null }];
    expect(await gapsOf({ repositories })).toEqual([]);
    expect(await gapsOf({ repositories }, { repository: 'api' })).toEqual(['repositories FIELD_NOT_EXPOSED api']);
    expect(await gapsOf({ repositories }, { repository: 'site' })).toEqual(['repositories FIELD_NOT_EXPOSED site']);
  });
});

describe('tokens', () => {
  const token = (path: string, ...scopes: string[]) => ({
    label: 'ci',
    createdBy: 'Anna',
    isActive: true,
    expiresAt: null,
    lastUsedAt: null,
    resources: [{ type: 'TYPE_REPO', path, scopes }],
  });
  async function tokensOf(
    tokens: ShownOrganization['tokens'],
    choose: Parameters<typeof asked>[1] = {},
  ): Promise<string[]> {
    const { scopes, choice } = await asked({ tokens: tokens ?? [] }, choose);
    const found = await world.tokens(scopes, choice);
    return [
      ...found.tokens.map(({ token: label, permission, scopes: words }) => [label, permission, ...words].join(' ')),
      ...found.gaps.map(({ reason, about }) => [reason, ...about].join(' ')),
    ];
  }

  it.each([
    ['acme/api', 'api'],
    ['ACME/api', 'api'],
    ['acme/*', 'api site'],
    ['acme/**', 'api site'],
    ['acme/a*', 'api'],
    ['*', 'api site'],
    ['*/*', 'api site'],
    ['acme', 'api site'],
    ['*/*/public', 'site'],
    ['acme/*/public', 'site'],
    ['**/public', 'site'],
    ['acme/a%', ''],
    ['acme/ap_', ''],
    ['other/*', ''],
    ['acme/api2', ''],
  ])('with the path %s reach “%s”', async (path, reached) => {
    const found: string[] = [];
    for (const repository of ['api', 'site']) {
      const lines = await tokensOf([token(path, 'scope-image-push')], { repository });
      if (lines.length > 0) found.push(repository);
    }
    expect(found.join(' ')).toBe(reached);
  });

  it('have the highest of their scopes that are about repositories', async () => {
    expect(await tokensOf([token('acme/api', 'scope-image-pull', 'scope-image-push', 'scope-member-read')])).toEqual([
      'ci write scope-image-pull scope-image-push',
    ]);
    expect(await tokensOf([token('acme/api', 'scope-activity-read')])).toEqual([]);
    const organization = { type: 'TYPE_ORG', path: 'acme', scopes: ['scope-member-edit'] };
    const both = {
      ...token('acme/api', 'repo:admin'),
      resources: [organization, ...token('acme/api', 'repo:admin').resources],
    };
    expect(await tokensOf([both])).toEqual(['ci admin repo:admin']);
    const two = [...token('acme/api', 'scope-image-push').resources, ...token('acme/*', 'scope-image-pull').resources];
    expect(await tokensOf([{ ...both, resources: two }], { repository: 'site' })).toEqual(['ci read scope-image-pull']);
  });

  it('that do not work any more are left out, and what was not said is no reason to leave one out', async () => {
    const push = token('acme/api', 'scope-image-push');
    expect(await tokensOf([{ ...push, isActive: false }])).toEqual([]);
    expect(await tokensOf([{ ...push, expiresAt: '2026-11-21T02:00:00Z' }])).toEqual([]);
    expect(await tokensOf([{ ...push, expiresAt: '2026-11-21T02:00:01Z' }])).toHaveLength(1);
    expect(await tokensOf([{ ...push, expiresAt: 'soon' }])).toHaveLength(1);
    expect(await tokensOf([{ label: 'ci', resources: push.resources }])).toEqual(['ci write scope-image-push']);
  });

  it('about which something is not known are said to be so', async () => {
    expect(await tokensOf([{ label: 'ci' }])).toEqual(['FIELD_NOT_EXPOSED ci']);
    expect(await tokensOf([{ label: 'ci', resources: null }])).toEqual(['FIELD_NOT_EXPOSED ci']);
    expect(await tokensOf([{ label: 'ci', resources: [] }])).toEqual([]);
    expect(await tokensOf([{ label: 'ci', resources: [{ type: 'TYPE_REPO', path: 'acme/api' }] }])).toEqual([
      'FIELD_NOT_EXPOSED ci',
    ]);
    expect(await tokensOf([{ label: 'ci', resources: [{ scopes: ['scope-image-push'] }] }])).toEqual([
      'FIELD_NOT_EXPOSED ci',
    ]);
    expect(await tokensOf([{ label: 'ci', resources: [{ scopes: ['scope-member-read'] }] }])).toEqual([]);
    expect(await tokensOf([token('acme/api', 'scope-image-sign', 'scope-image-pull')])).toEqual([
      'ci read scope-image-pull',
      'UNRECOGNISED_VALUE ci',
    ]);
    expect(await tokensOf([token('acme/api', 'scope-image-sign')], { repository: 'site' })).toEqual([]);
    const strange = { type: 'TYPE_ENCLAVE', path: 'acme/api', scopes: ['scope-image-pull'] };
    expect(await tokensOf([{ label: 'ci', resources: [strange] }])).toEqual([
      'ci read scope-image-pull',
      'UNRECOGNISED_VALUE ci',
    ]);
  });

  it('are those that an account made, where accounts are chosen', async () => {
    const tokens = [
      token('acme/api', 'scope-image-push'),
      { ...token('acme/api', 'scope-image-pull'), label: 'x', createdBy: 'ben' },
    ];
    expect(await tokensOf(tokens, { account: 'a' })).toEqual(['ci write scope-image-push']);
    expect(await tokensOf(tokens, { account: 'b' })).toEqual(['x read scope-image-pull']);
    expect(await world.tokens([], everything)).toEqual({ tokens: [], gaps: [] });
  });

  it('stay those of an account that has another name by now, or is gone', async () => {
    const [anna, ben] = acme.members;
    if (anna === undefined || ben === undefined) throw new Error('acme has two members');
    await world.show({ ...acme, members: [anna, { ...ben, username: 'benedict' }] });
    const made = { ...token('acme/api', 'scope-image-push'), label: 'old', createdBy: 'Benedict' };
    expect(await tokensOf([made], { account: 'b' })).toEqual(['old write scope-image-push']);
    const { organizationId, ...snapshot } = await world.show({ ...acme, members: [anna], teams: [], tokens: [made] });
    const choice = { repository: null, accounts: [{ organizationId, key: 'b' }] };
    const { tokens } = await world.tokens(await world.scopes([{ organizationId, ...snapshot }]), choice);
    expect(tokens.map(({ token: label }) => label)).toEqual(['old']);
  });

  it('of which nobody said who made them may be anybody’s, as far as they reach anything', async () => {
    const { createdBy: _, ...unsaid } = token('acme/api', 'scope-image-push');
    expect(await tokensOf([unsaid], { account: 'b' })).toEqual(['FIELD_NOT_EXPOSED ci']);
    expect(await tokensOf([{ ...unsaid, createdBy: null }], { account: 'b' })).toEqual(['FIELD_NOT_EXPOSED ci']);
    expect(await tokensOf([unsaid])).toEqual(['ci write scope-image-push']);
    expect(await tokensOf([unsaid], { account: 'b', repository: 'site' })).toEqual([]);
  });
});
