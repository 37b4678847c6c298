import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { ArrayHub, refusing, smallWorld, unreachable, type ArrayWorld } from './array-hub.js';
import { keysOf, readingOf, sealedSync, sync, unverifiedIn, type Sealed } from './snapshots.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

async function read(world: ArrayWorld, organization: string, prepare: (hub: ArrayHub) => void = () => undefined) {
  const hub = new ArrayHub(world, 10);
  prepare(hub);
  const run: Sealed = await sealedSync(database.dataSource, hub, {}, organization);
  return { hub, run };
}

/** The members without their last few, and the counts of the teams to match. */
function without(members: number, lost: number): ArrayWorld {
  const world = smallWorld(members);
  world.members.splice(members - lost);
  return world;
}

test.each([
  { members: 20, lost: 5, held: false },
  { members: 20, lost: 6, held: true },
  { members: 50, lost: 5, held: false },
  { members: 50, lost: 6, held: true },
  { members: 100, lost: 10, held: false },
  { members: 100, lost: 11, held: true },
])('$lost of $members lost: read twice is $held, and then believed', async ({ members, lost, held }) => {
  const organization = `${lost} of ${members}`;
  await read(smallWorld(members), organization);
  const { hub, run } = await read(without(members, lost), organization);
  const pages = Math.ceil((members - lost + 1) / 10);
  expect(hub.count('members')).toBe(held ? pages * 2 : pages);
  expect(readingOf(run, 'members')).toMatchObject({ status: 'complete', received: members - lost });
  expect(await keysOf(database.dataSource, run.runId, 'members')).toHaveLength(members - lost);
  expect(await unverifiedIn(database.dataSource, run.runId)).toEqual([]);
});

test.each([
  ['the rest is back', smallWorld(20)],
  [
    'somebody else is missing',
    (() => {
      const world = smallWorld(20);
      world.members.splice(4, 6);
      return world;
    })(),
  ],
])('a second reading in which %s does not agree: partial, with everybody who was in either', async (what, second) => {
  await read(smallWorld(20), what);
  const { run } = await read(without(20, 6), what, (hub) => {
    hub.faults = [
      () => {
        if (hub.count('members') > 2 && hub.world.members !== second.members) Object.assign(hub.world, second);
        return undefined;
      },
    ];
    const page = hub.page.bind(hub);
    hub.page = async (listing, cursor) => {
      if (listing.dataset === 'members' && hub.count('members') === 2) Object.assign(hub.world, second);
      return page(listing, cursor);
    };
  });
  expect(readingOf(run, 'members')).toMatchObject({
    status: 'partial',
    reason: 'LISTING_SHRANK',
    received: 20,
    message: 'Read twice. First: it lost 6 of the 20 rows that the last complete reading had. Then: it had other rows.',
  });
  expect(await keysOf(database.dataSource, run.runId, 'members')).toHaveLength(20);
});

test('a second reading that was called for by something odd cannot confirm a loss as well', async () => {
  await read(smallWorld(20), 'odd and less');
  let asked = 0;
  const { run } = await read(without(20, 6), 'odd and less', (hub) => {
    hub.faults = [
      (page, honest) => {
        if (page.dataset !== 'members') return undefined;
        asked += 1;
        return asked === 1 ? { ...honest, reported: 21 } : undefined;
      },
    ];
  });
  expect(readingOf(run, 'members')).toMatchObject({ status: 'partial', reason: 'LISTING_SHRANK', received: 14 });
  expect(
    (await unverifiedIn(database.dataSource, run.runId)).filter((line) => line.startsWith('members')),
  ).toHaveLength(6);
});

test('what counts is the last complete reading, not the last one', async () => {
  await read(smallWorld(20), 'long ago');
  await read(smallWorld(20), 'long ago', (hub) => {
    hub.faults = [refusing('members', unreachable)];
  });
  const { hub } = await read(without(20, 6), 'long ago');
  expect(hub.count('members')).toBe(4);
});

test('once believed, a smaller listing is the measure', async () => {
  await read(smallWorld(20), 'settled');
  await read(without(20, 6), 'settled');
  const { hub } = await read(without(20, 6), 'settled');
  expect(hub.count('members')).toBe(2);
});

function withRepositories(count: number, teams: number): ArrayWorld {
  const world = smallWorld();
  for (let id = world.teams.length + 1; id <= teams; id += 1) world.teams.push({ id, name: `team-${id}` });
  world.repositories = Array.from({ length: count }, (_, place) => ({
    name: `repository-${place}`,
    isPrivate: true,
    teams: Array.from({ length: teams }, (_team, team) => ({ id: team + 1, team: 'backend', permission: 'read' })),
  }));
  return world;
}

test('permissions lost at one repository are held there', async () => {
  await read(withRepositories(80, 8), 'one repository');
  const world = withRepositories(80, 8);
  world.repositories[3]?.teams.splice(0, 6);
  const { hub, run } = await read(world, 'one repository');
  expect(hub.count('repository_teams')).toBe(81);
  expect(readingOf(run, 'repository_teams')).toMatchObject({ status: 'complete', received: 634 });
});

test('a little lost at every repository is held together', async () => {
  await read(withRepositories(8, 2), 'every repository');
  const { hub, run } = await read(withRepositories(8, 1), 'every repository');
  expect(hub.count('repository_teams')).toBe(16);
  expect(readingOf(run, 'repository_teams')).toMatchObject({ status: 'complete', received: 8 });
  expect(await unverifiedIn(database.dataSource, run.runId)).toEqual([]);
});

test('empty answers for every repository that come back are not believed', async () => {
  await read(withRepositories(8, 2), 'empty answers');
  let asked = 0;
  const { run } = await read(withRepositories(8, 2), 'empty answers', (hub) => {
    hub.faults = [
      (page, honest) => {
        if (page.dataset !== 'repository_teams') return undefined;
        asked += 1;
        return asked <= 8 ? { ...honest, rows: [], received: 0, reported: 0 } : undefined;
      },
    ];
  });
  expect(readingOf(run, 'repository_teams')).toMatchObject({
    status: 'partial',
    reason: 'LISTING_SHRANK',
    received: 16,
  });
  expect(await unverifiedIn(database.dataSource, run.runId)).toEqual([]);
});

test('repositories that are gone answer for their permissions', async () => {
  await read(withRepositories(60, 2), 'gone');
  const { hub, run } = await read(withRepositories(55, 2), 'gone');
  expect(hub.count('repository_teams')).toBe(55);
  expect(readingOf(run, 'repository_teams')).toMatchObject({ status: 'complete', received: 110 });
});

test('a run that stops between the two readings confirms the loss when it goes on', async () => {
  await read(smallWorld(20), 'paused');
  const shutdown = new AbortController();
  const hub = new ArrayHub(without(20, 6), 10);
  hub.faults = [
    () => {
      if (hub.count('members') === 4) shutdown.abort();
      return undefined;
    },
  ];
  expect(await sync(database.dataSource, hub, { signal: shutdown.signal }, 'paused')).toMatchObject({
    state: 'paused',
  });
  const { hub: later, run } = await read(without(20, 6), 'paused');
  expect(later.asked.map(({ dataset, page }) => `${dataset} ${page}`)).toEqual(['members 2']);
  expect(readingOf(run, 'members')).toMatchObject({ status: 'complete', received: 14 });
});
