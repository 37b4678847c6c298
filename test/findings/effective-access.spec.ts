import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AccessScope } from '../../src/findings/access-scope.query.js';
import { streamAccess } from '../../src/findings/effective-access.query.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { AccessWorld, everything, lineOf, type ShownOrganization } from './access-world.js';

let database: TestDatabase;
let world: AccessWorld;

beforeAll(async () => {
  database = await testDatabase();
  world = new AccessWorld(database.dataSource);
});
// What is in the database stays, under another name.
afterEach(() => database.dataSource.query(`update organization set name = 'old-' || id`));
afterAll(() => database.drop());

const vocabulary = { 'build-lead': 'editor', root: 'owner', 'registry-auditor': 'member' } as const;

async function scopesOf(...organizations: ShownOrganization[]): Promise<AccessScope[]> {
  const snapshots = [];
  for (const organization of organizations) snapshots.push(await world.show(organization));
  return world.scopes(snapshots, vocabulary);
}

async function linesOf(...organizations: ShownOrganization[]): Promise<string[]> {
  return (await world.items(await scopesOf(...organizations))).map(lineOf);
}

const member = (id: string, role: string | null = 'Member') => ({ id, username: `u-${id}`, role });

describe('who may do what, and through what', () => {
  it.each([
    ['the own role owner', { members: [member('a', 'Owner')], teams: [] }, ['acme/api u-a admin: owner']],
    ['the own role editor', { members: [member('a', 'Editor')], teams: [] }, ['acme/api u-a admin: editor']],
    ['the own role member, which is nothing', { members: [member('a', 'Member')], teams: [] }, []],
    [
      'a custom role that counts as editor',
      { members: [member('a', 'Build-Lead')], teams: [] },
      ['acme/api u-a admin: editor Build-Lead'],
    ],
    ['a custom role that counts as member', { members: [member('a', 'registry-auditor')], teams: [] }, []],
    [
      'the team owners, whatever the own role says',
      { members: [member('a')], teams: [{ name: 'Owners', role: null, members: ['a'] }] },
      ['acme/api u-a admin: owner'],
    ],
    [
      'a team that carries a role',
      { members: [member('a')], teams: [{ name: 'release', role: 'editor', members: ['a'] }] },
      ['acme/api u-a admin: editor release'],
    ],
    [
      'a team that carries a custom role',
      { members: [member('a')], teams: [{ name: 'release', role: 'root', members: ['a'] }] },
      ['acme/api u-a admin: owner root release'],
    ],
  ] as const)('%s', async (_, parts, lines) => {
    expect(await linesOf({ name: 'acme', repositories: [{ name: 'api' }], ...parts })).toEqual(lines);
  });

  it('the permission of a team, on the repositories that it has one on', async () => {
    const lines = await linesOf({
      name: 'acme',
      members: [member('a'), member('b')],
      teams: [
        { name: 'Backend', role: null, members: ['a'] },
        { name: 'docs', role: null, members: ['a', 'b'] },
      ],
      repositories: [
        { name: 'api', teams: { backend: 'WRITE', docs: 'read' } },
        { name: 'site', teams: { docs: 'admin' } },
        { name: 'box' },
      ],
    });
    expect(lines).toEqual([
      'acme/api u-a write: team backend (write), team docs (read)',
      'acme/api u-b read: team docs (read)',
      'acme/site u-a admin: team docs (admin)',
      'acme/site u-b admin: team docs (admin)',
    ]);
  });

  it('every path of an account, from the highest; a role and its team once', async () => {
    const lines = await linesOf({
      name: 'acme',
      members: [member('a', 'Owner')],
      teams: [
        { name: 'owners', role: null, members: ['a'] },
        { name: 'release', role: 'editor', members: ['a'] },
        { name: 'platform', role: null, members: ['a'] },
      ],
      repositories: [{ name: 'api', teams: { platform: 'write' } }],
    });
    expect(lines).toEqual(['acme/api u-a admin: owner, editor release, team platform (write)']);
  });

  it('whom only the listing of a team shows, and nobody in the wrong organization', async () => {
    const acme: ShownOrganization = {
      name: 'acme',
      members: [member('a', 'Owner')],
      teams: [{ name: 'ops', role: null, members: ['ghost'] }],
      repositories: [{ name: 'api', teams: { ops: 'write' } }],
    };
    const labs: ShownOrganization = {
      name: 'labs',
      members: [member('a'), member('b')],
      teams: [{ name: 'ops', role: null, members: ['b'] }],
      repositories: [{ name: 'api' }],
    };
    expect(await linesOf(acme, labs)).toEqual(['acme/api ghost write: team ops (write)', 'acme/api u-a admin: owner']);
  });

  it('what an incomplete listing left out is said to be unverified', async () => {
    const lines = await linesOf({
      name: 'acme',
      members: [member('a', 'Owner'), member('b', 'Owner')],
      teams: [{ name: 'ops', role: null, members: ['b'] }],
      repositories: [{ name: 'api', teams: { ops: 'write' } }],
      incomplete: ['members', 'team_members'],
      unverified: ['a', '100/b'],
    });
    expect(lines).toEqual(['acme/api u-a admin: owner ?', 'acme/api u-b admin: owner, team ops (write) ?']);
  });

  it('only what the snapshot shows, and not what came before or after it', async () => {
    const organization: ShownOrganization = {
      name: 'acme',
      members: [member('a', 'Owner')],
      repositories: [{ name: 'api' }],
    };
    const first = await world.show(organization);
    const second = await world.show({ ...organization, members: [member('b', 'Editor')] });
    const lines = async (snapshot: typeof first) => (await world.items(await world.scopes([snapshot]))).map(lineOf);
    expect(await lines(first)).toEqual(['acme/api u-a admin: owner']);
    expect(await lines(second)).toEqual(['acme/api u-b admin: editor']);
  });
});

describe('a choice', () => {
  const organization: ShownOrganization = {
    name: 'acme',
    members: [member('a', 'Owner'), member('b'), member('c', 'Editor')],
    teams: [{ name: 'ops', role: null, members: ['b'] }],
    repositories: ['one', 'two', 'three'].map((name) => ({ name, teams: { ops: 'write' } })),
  };

  it('of a repository, of accounts, or of both', async () => {
    const scopes = await scopesOf(organization);
    const organizationId = scopes[0]?.organizationId ?? '';
    const repository = { organizationId, name: 'two' };
    const accounts = [{ organizationId, key: 'b' }];
    const lines = async (choice: Partial<typeof everything>) =>
      (await world.items(scopes, { ...everything, ...choice })).map(lineOf);
    expect(await lines({ repository })).toEqual([
      'acme/two u-a admin: owner',
      'acme/two u-b write: team ops (write)',
      'acme/two u-c admin: editor',
    ]);
    expect(await lines({ accounts })).toEqual(
      ['one', 'three', 'two'].map((name) => `acme/${name} u-b write: team ops (write)`),
    );
    expect(await lines({ repository, accounts })).toEqual(['acme/two u-b write: team ops (write)']);
    expect(await lines({ accounts: [] })).toEqual([]);
  });

  it('comes the same in pages of any size as in one stream', async () => {
    const scopes = await scopesOf(organization, { ...organization, name: 'labs', members: [member('b')] });
    const whole = (await world.items(scopes)).map(lineOf);
    expect(whole).toHaveLength(12);
    for (const limit of [1, 2, 3, 5, 7, 12, 13]) {
      expect((await world.items(scopes, everything, limit)).map(lineOf), String(limit)).toEqual(whole);
    }
    const runner = database.dataSource.createQueryRunner();
    const streamed = [];
    for await (const item of streamAccess(runner, scopes, everything)) streamed.push(lineOf(item));
    await runner.release();
    expect(streamed).toEqual(whole);
  });
});
