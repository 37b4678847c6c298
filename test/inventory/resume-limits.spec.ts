import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CredentialIdentity } from '../../src/dockerhub/credential.js';
import type { HubDataset } from '../../src/dockerhub/reading.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { ArrayHub, notConfigured, notPermitted, refusing, smallWorld, unreachable, type Fault } from './array-hub.js';
import { contentOf, machineNight, night, readingOf, sealedSync, sync } from './snapshots.js';

const minute = 60_000;
/** Of the small world, read whole. */
const pages = 19;

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.drop());

/** Where both clocks stand some minutes into the night. */
function after(minutes: number): { now: string; machineNow: () => number } {
  return {
    now: new Date(Date.parse(night) + minutes * minute).toISOString(),
    machineNow: () => machineNight + minutes * minute,
  };
}

/** Reads listings of the given datasets until so many have ended, and nothing else; then the run is paused. */
async function readOnly(
  hub: ArrayHub,
  wanted: readonly HubDataset[],
  listings: number,
  options: Parameters<typeof sync>[2] = {},
): Promise<void> {
  const shutdown = new AbortController();
  const page = hub.page.bind(hub);
  hub.page = async (listing, cursor) =>
    wanted.includes(listing.dataset) ? page(listing, cursor) : new Promise(() => undefined);
  const onProgress = ({ ended }: { ended: number }): void => {
    if (ended === listings) shutdown.abort();
  };
  const outcome = await sync(database.dataSource, hub, { ...options, onProgress, signal: shutdown.signal });
  expect(outcome.state).toBe('paused');
}

async function states(): Promise<string[]> {
  const rows: { state: string }[] = await database.dataSource.query('select state from sync_run order by id');
  return rows.map(({ state }) => state);
}

describe('two hours', () => {
  test('a run whose every page is older is replaced by a fresh one', async () => {
    await readOnly(new ArrayHub(smallWorld()), ['members', 'teams'], 2);
    const hub = new ArrayHub(smallWorld());
    const run = await sealedSync(database.dataSource, hub, after(120));
    expect(run.resumed).toBe(false);
    expect(hub.asked.length).toBe(pages);
    expect(await states()).toEqual(['rejected', 'sealed']);
    expect(readingOf(run, 'members').fetchedAt).toBe(after(120).now);
  });

  test('a minute less, and it goes on', async () => {
    await readOnly(new ArrayHub(smallWorld()), ['members', 'teams'], 2);
    const hub = new ArrayHub(smallWorld());
    const run = await sealedSync(database.dataSource, hub, after(119));
    expect(run.resumed).toBe(true);
    expect(hub.asked.length).toBe(pages - 5);
    expect(readingOf(run, 'members').fetchedAt).toBe(night);
    expect(readingOf(run, 'scim_users').fetchedAt).toBe(after(119).now);
  });

  test.each([
    ['the machine only', { machineNow: after(121).machineNow }],
    ["the run's clock only", { now: after(121).now }],
    ["the run's clock set back", { now: after(-1).now }],
    ["the machine's clock set back", { machineNow: after(-1).machineNow }],
  ])('by %s is enough', async (_, clocks) => {
    await readOnly(new ArrayHub(smallWorld()), ['members', 'teams'], 2);
    const hub = new ArrayHub(smallWorld());
    const run = await sealedSync(database.dataSource, hub, clocks);
    expect(run.resumed).toBe(false);
    expect(hub.asked.length).toBe(pages);
  });

  test('only the listings that are too old start over', async () => {
    await readOnly(new ArrayHub(smallWorld()), ['members', 'repositories'], 2);
    const grown = smallWorld();
    grown.members.push({ id: 'u-8', username: 'new', role: 'Member', groups: [] });
    grown.repositories = grown.repositories.filter(({ name }) => name !== 'site');
    await readOnly(new ArrayHub(grown), ['repository_teams', 'teams'], 5, after(90));
    const hub = new ArrayHub(grown);
    const run = await sealedSync(database.dataSource, hub, after(150));

    expect(run.resumed).toBe(true);
    expect(hub.count('members')).toBe(4);
    expect(hub.count('repositories')).toBe(1);
    expect(hub.count('teams')).toBe(0);
    expect(hub.count('repository_teams')).toBe(0);
    expect(readingOf(run, 'members')).toMatchObject({ status: 'complete', received: 9, fetchedAt: after(150).now });
    expect(readingOf(run, 'teams').fetchedAt).toBe(after(90).now);
    // What was opened by a repository that the listing no longer has is forgotten.
    expect(readingOf(run, 'repository_teams')).toMatchObject({ status: 'complete', received: 2, reported: 2 });
    const fresh = new ArrayHub(grown);
    const other = await sealedSync(database.dataSource, fresh, after(150), 'other');
    expect(await contentOf(database.dataSource, run.runId)).toEqual(await contentOf(database.dataSource, other.runId));
  });
});

const second: Record<string, CredentialIdentity> = {
  'login-1': { kind: 'password', username: 'ada', tokenId: null },
  'token-1': { kind: 'organization_token', username: null, tokenId: null },
};

describe('credentials', () => {
  test('that nothing was read with make a fresh run', async () => {
    await readOnly(new ArrayHub(smallWorld()), ['members'], 1);
    const hub = new ArrayHub(smallWorld());
    hub.credentials = ['login-2'];
    hub.readBy = Object.fromEntries(['members', 'teams', 'repositories'].map((name) => [name, 'login-2']));
    const run = await sealedSync(database.dataSource, hub);
    expect(run.resumed).toBe(false);
    expect(hub.asked.length).toBe(pages);
  });

  test('start over only what another one has read', async () => {
    const before = new ArrayHub(smallWorld());
    before.credentials = ['login-1', 'token-1'];
    before.identities = second;
    before.readBy = { members: 'token-1' };
    await readOnly(before, ['members', 'teams'], 2);
    const hub = new ArrayHub(smallWorld());
    const run = await sealedSync(database.dataSource, hub);
    expect(run.resumed).toBe(true);
    expect(hub.count('members')).toBe(3);
    expect(hub.count('teams')).toBe(0);
  });

  test('that change in the middle of a listing start it over, once', async () => {
    const hub = new ArrayHub(smallWorld());
    hub.credentials = ['login-1', 'token-1'];
    hub.faults = [
      (asked, honest) =>
        asked.dataset === 'members' && hub.count('members') >= 2 ? { ...honest, credential: 'token-1' } : undefined,
    ];
    const run = await sealedSync(database.dataSource, hub);
    expect(hub.asked.filter(({ dataset }) => dataset === 'members').map(({ page }) => page)).toEqual([1, 2, 1, 2, 3]);
    expect(readingOf(run, 'members')).toMatchObject({ status: 'complete', received: 8 });
  });

  test('that change all the time end it', async () => {
    const hub = new ArrayHub(smallWorld());
    hub.credentials = ['login-1', 'token-1'];
    hub.faults = [
      (asked, honest) =>
        asked.dataset === 'members' && hub.count('members') % 2 === 0
          ? { ...honest, credential: 'token-1' }
          : undefined,
    ];
    const run = await sealedSync(database.dataSource, hub);
    expect(readingOf(run, 'members')).toMatchObject({ status: 'partial', reason: 'CREDENTIAL_CHANGED', received: 3 });
  });
});

describe('refusals of an earlier process', () => {
  const refused: Fault[] = [
    refusing('scim_users', notConfigured),
    refusing('tokens', notPermitted),
    refusing('teams', unreachable, 2),
    refusing('invites', unreachable),
  ];

  async function refuseSome(): Promise<void> {
    const hub = new ArrayHub(smallWorld());
    hub.faults = refused;
    await readOnly(hub, ['scim_users', 'tokens', 'teams', 'invites', 'members'], 5);
  }

  test('stand while the credentials are the same, but what failed is tried again from where it was', async () => {
    await refuseSome();
    const hub = new ArrayHub(smallWorld());
    const run = await sealedSync(database.dataSource, hub);
    expect(hub.count('scim_users')).toBe(0);
    expect(hub.count('tokens')).toBe(0);
    expect(hub.asked.filter(({ dataset }) => dataset === 'teams').map(({ page }) => page)).toEqual([2]);
    expect(readingOf(run, 'tokens')).toMatchObject({ status: 'not_permitted' });
    expect(readingOf(run, 'teams')).toMatchObject({ status: 'complete', received: 4 });
    expect(readingOf(run, 'invites')).toMatchObject({ status: 'complete', received: 1 });
  });

  test('are asked for again once a credential was added', async () => {
    await refuseSome();
    const hub = new ArrayHub(smallWorld());
    hub.credentials = ['login-1', 'scim-1'];
    const run = await sealedSync(database.dataSource, hub);
    expect(hub.count('members')).toBe(0);
    expect(readingOf(run, 'scim_users')).toMatchObject({ status: 'complete', received: 2 });
    expect(readingOf(run, 'tokens')).toMatchObject({ status: 'complete', received: 2 });
  });
});
