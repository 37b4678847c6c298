import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { ArrayHub, notConfigured, notPermitted, refusing, smallWorld } from './array-hub.js';
import { contentOf, keysOf, night, readingOf, sealedSync, traces, unverifiedIn } from './snapshots.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.drop());

describe('a whole reading', () => {
  test('ends complete in every dataset and keeps every row under its key', async () => {
    const hub = new ArrayHub(smallWorld());
    const run = await sealedSync(database.dataSource, hub);

    expect(run.resumed).toBe(false);
    expect(
      run.datasets.map(({ dataset, status, reason, received, reported, fetchedAt }) => [
        dataset,
        status,
        reason,
        received,
        reported,
        fetchedAt,
      ]),
    ).toEqual([
      ['members', 'complete', null, 8, 8, night],
      ['invites', 'complete', null, 1, null, night],
      ['teams', 'complete', null, 4, 4, night],
      ['team_members', 'complete', null, 13, 13, night],
      ['repositories', 'complete', null, 4, 4, night],
      ['repository_teams', 'complete', null, 4, 4, night],
      ['tokens', 'complete', null, 2, 2, night],
      ['image_access', 'complete', null, 1, 1, night],
      ['registry_access', 'complete', null, 1, 1, night],
      ['audit_log', 'complete', null, 1, null, night],
      ['scim_users', 'complete', null, 2, 2, night],
    ]);
    expect(await keysOf(database.dataSource, run.runId, 'team_members')).toEqual([
      '1/u-0',
      '2/u-0',
      '2/u-1',
      '2/u-2',
      '2/u-3',
      '2/u-4',
      '2/u-5',
      '2/u-6',
      '2/u-7',
      '3/u-1',
      '3/u-3',
      '3/u-5',
      '3/u-7',
    ]);
    expect(await contentOf(database.dataSource, run.runId, 'repository_teams')).toEqual([
      'repository_teams api/2 {"team": "backend", "permission": "write", "repository": "api"}',
      'repository_teams site/2 {"team": "backend", "permission": "read", "repository": "site"}',
      'repository_teams site/3 {"team": "frontend", "permission": "admin", "repository": "site"}',
      'repository_teams tools/3 {"team": "frontend", "permission": "write", "repository": "tools"}',
    ]);
    expect(await contentOf(database.dataSource, run.runId, 'tokens')).toEqual([
      'tokens t-1 {"label": "ci", "resources": [{"path": "acme", "type": "TYPE_ORG", "scopes": ["scope-image-pull"]}]}',
      'tokens t-2 {"label": "audit", "resources": [{"path": "acme", "type": "TYPE_ORG", "scopes": ["scope-member-read", "scope-repository-list"]}]}',
    ]);
    expect(await contentOf(database.dataSource, run.runId, 'team_members')).toContain(
      'team_members 1/u-0 {"team": "owners", "member": "u-0", "username": "ada"}',
    );
  });

  test('asks for every page once and for nothing else', async () => {
    const hub = new ArrayHub(smallWorld());
    const run = await sealedSync(database.dataSource, hub);

    const asked = hub.asked.map(({ dataset, scope, page }) => `${dataset} ${scope} ${page}`);
    expect(new Set(asked).size).toBe(asked.length);
    // members 3 (8 and an invitee), invites, teams 2, repositories 2 and 4 of them, tokens 1 and 2 of them, 3 settings, scim 1
    expect(asked.length).toBe(3 + 1 + 2 + 2 + 4 + 1 + 2 + 3 + 1);
    expect(run.pages).toBe(asked.length);
  });

  test('leaves nothing of the reading behind', async () => {
    await sealedSync(database.dataSource, new ArrayHub(smallWorld()));
    expect(await traces(database.dataSource)).toMatchObject({ staged: 0, listings: 0 });
  });

  test('keeps "not said" apart from "there is none"', async () => {
    const world = smallWorld();
    world.imageAccess = { enabled: null };
    world.registryAccess = {};
    const run = await sealedSync(database.dataSource, new ArrayHub(world));
    expect(await contentOf(database.dataSource, run.runId, 'image_access')).toEqual([
      'image_access settings {"enabled": null}',
    ]);
    expect(await contentOf(database.dataSource, run.runId, 'registry_access')).toEqual(['registry_access settings {}']);
  });

  test('takes names that PostgreSQL cannot store as text', async () => {
    const world = smallWorld();
    world.invites = [{ id: 'i-1', invitee: 'a\u0000b\ud800' }];
    const run = await sealedSync(database.dataSource, new ArrayHub(world));
    expect(await contentOf(database.dataSource, run.runId, 'invites')).toEqual([
      'invites i-1 {"invitee": "a\ufffdb\ufffd"}',
    ]);
  });

  test('has complete and empty datasets where there is nothing', async () => {
    const world = { ...smallWorld(), invites: [], repositories: [], tokens: [], scimUsers: [] };
    const run = await sealedSync(database.dataSource, new ArrayHub(world));
    for (const name of ['invites', 'repositories', 'repository_teams', 'tokens', 'scim_users']) {
      expect(readingOf(run, name)).toMatchObject({ status: 'complete', received: 0, fetchedAt: night });
    }
  });

  test('keeps organizations apart', async () => {
    const first = await sealedSync(database.dataSource, new ArrayHub(smallWorld()));
    const second = await sealedSync(database.dataSource, new ArrayHub(smallWorld(4)), {}, 'other');
    expect(second.organizationId).not.toBe(first.organizationId);
    expect(await keysOf(database.dataSource, second.runId, 'members')).toHaveLength(4);
    expect(await keysOf(database.dataSource, first.runId, 'members')).toHaveLength(8);
  });
});

describe('the second night', () => {
  test('writes nothing about rows that are as they were', async () => {
    await sealedSync(database.dataSource, new ArrayHub(smallWorld()));
    const before = await traces(database.dataSource);
    const run = await sealedSync(database.dataSource, new ArrayHub(smallWorld()));
    expect(run.datasets.every(({ status }) => status === 'complete')).toBe(true);
    expect((await traces(database.dataSource)).observations).toEqual(before.observations);
    expect(await unverifiedIn(database.dataSource, run.runId)).toEqual([]);
  });

  test('ends what changed and what is gone, and both nights stay readable', async () => {
    const world = smallWorld();
    const first = await sealedSync(database.dataSource, new ArrayHub(world));
    const before = await contentOf(database.dataSource, first.runId);
    const changed = smallWorld();
    changed.members.splice(7, 1);
    changed.members.push({ id: 'u-9', username: 'new', role: 'Editor', groups: [] });
    changed.members[1] = { id: 'u-1', username: 'user1', role: 'Editor', groups: ['backend'] };
    const second = await sealedSync(database.dataSource, new ArrayHub(changed));

    expect(await contentOf(database.dataSource, first.runId)).toEqual(before);
    expect(await keysOf(database.dataSource, second.runId, 'members')).toEqual([
      'u-0',
      'u-1',
      'u-2',
      'u-3',
      'u-4',
      'u-5',
      'u-6',
      'u-9',
    ]);
    const ranges: unknown[] = await database.dataSource.query(
      `select key, data->>'role' as role, first_snapshot, last_snapshot from observation
        where dataset = 'members' and key in ('u-1', 'u-7', 'u-9') order by key, first_snapshot`,
    );
    expect(ranges).toEqual([
      { key: 'u-1', role: 'Member', first_snapshot: first.runId, last_snapshot: second.runId },
      { key: 'u-1', role: 'Editor', first_snapshot: second.runId, last_snapshot: null },
      { key: 'u-7', role: 'Member', first_snapshot: first.runId, last_snapshot: second.runId },
      { key: 'u-9', role: 'Editor', first_snapshot: second.runId, last_snapshot: null },
    ]);
  });

  test.each([
    ['not configured', notConfigured],
    ['not permitted', notPermitted],
  ])('leaves rows of a dataset that is %s open and unverified', async (_, refusal) => {
    const first = await sealedSync(database.dataSource, new ArrayHub(smallWorld()));
    const hub = new ArrayHub(smallWorld());
    hub.faults = [refusing('scim_users', refusal)];
    const second = await sealedSync(database.dataSource, hub);
    const third = await sealedSync(database.dataSource, new ArrayHub(smallWorld()));

    expect(readingOf(second, 'scim_users')).toEqual({
      dataset: 'scim_users',
      received: 0,
      reported: null,
      fetchedAt: null,
      ...refusal,
    });
    expect(await unverifiedIn(database.dataSource, second.runId)).toEqual(['scim_users s-1', 'scim_users s-2']);
    expect(await unverifiedIn(database.dataSource, third.runId)).toEqual([]);
    const ranges: unknown[] = await database.dataSource.query(
      `select first_snapshot, last_snapshot from observation where dataset = 'scim_users'`,
    );
    expect(ranges).toEqual([
      { first_snapshot: first.runId, last_snapshot: null },
      { first_snapshot: first.runId, last_snapshot: null },
    ]);
  });

  test('stores how each dataset ended', async () => {
    const hub = new ArrayHub(smallWorld());
    hub.faults = [refusing('scim_users', notConfigured)];
    const run = await sealedSync(database.dataSource, hub);
    const stored: { fetchedAt: Date | null }[] = await database.dataSource.query(
      'select dataset, status, reason, message, received, reported, fetched_at as "fetchedAt" from dataset_reading where run_id = $1',
      [run.runId],
    );
    expect(new Set(stored.map((row) => ({ ...row, fetchedAt: row.fetchedAt?.toISOString() ?? null })))).toEqual(
      new Set(run.datasets),
    );
  });
});
