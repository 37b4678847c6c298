import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { ArrayHub, smallWorld } from './array-hub.js';
import { contentOf, machineNight, readingOf, sealedSync, sync, unverifiedIn } from './snapshots.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

test('at the deadline the run is sealed with what there is, and what is unread says so', async () => {
  await sealedSync(database.dataSource, new ArrayHub(smallWorld()), {}, 'slow');
  const hub = new ArrayHub(smallWorld());
  const page = hub.page.bind(hub);
  hub.page = async (listing, cursor) => {
    const hangs =
      (listing.dataset === 'members' && cursor === '3') || listing.dataset === 'teams' || listing.scope === 'site';
    return hangs ? new Promise(() => undefined) : page(listing, cursor);
  };
  const run = await sealedSync(database.dataSource, hub, { deadline: machineNight + 300 }, 'slow');

  const deadline = { reason: 'DEADLINE' };
  expect(readingOf(run, 'members')).toMatchObject({
    ...deadline,
    status: 'partial',
    received: 6,
    message: "Broken off after 2 pages: The run's deadline came first.",
  });
  expect(readingOf(run, 'teams')).toMatchObject({ ...deadline, status: 'failed', received: 0, fetchedAt: null });
  expect(readingOf(run, 'team_members')).toMatchObject({ ...deadline, status: 'partial' });
  expect(readingOf(run, 'repositories')).toMatchObject({ status: 'complete' });
  expect(readingOf(run, 'repository_teams')).toMatchObject({
    ...deadline,
    status: 'partial',
    received: 2,
    message: "1 of 4 repositories could not be read whole, site among them: The run's deadline came first.",
  });
  expect(readingOf(run, 'scim_users').status).toBe('complete');
  const unverified = await unverifiedIn(database.dataSource, run.runId);
  expect(unverified).toContain('members u-7');
  expect(unverified).toContain('repository_teams site/3');
  const ended: unknown[] = await database.dataSource.query(
    'select key from observation where organization_id = $1 and last_snapshot is not null',
    [run.organizationId],
  );
  expect(ended).toEqual([]);
});

test('a deadline that has passed asks for nothing', async () => {
  const hub = new ArrayHub(smallWorld());
  const run = await sealedSync(database.dataSource, hub, { deadline: machineNight }, 'late');
  expect(hub.asked).toEqual([]);
  expect(new Set(run.datasets.map(({ status, reason }) => `${status} ${reason}`))).toEqual(
    new Set(['failed DEADLINE']),
  );
  expect(await contentOf(database.dataSource, run.runId)).toEqual([]);
});

test('a listing that waits for its second reading at the deadline is not complete', async () => {
  await sealedSync(database.dataSource, new ArrayHub(smallWorld(20), 10), {}, 'held');
  const world = smallWorld(20);
  world.members.splice(14);
  const hub = new ArrayHub(world, 10);
  const page = hub.page.bind(hub);
  hub.page = async (listing, cursor) =>
    listing.dataset === 'members' && hub.count('members') === 2 ? new Promise(() => undefined) : page(listing, cursor);
  const run = await sealedSync(database.dataSource, hub, { deadline: machineNight + 300 }, 'held');
  expect(readingOf(run, 'members')).toMatchObject({
    status: 'partial',
    reason: 'DEADLINE',
    received: 14,
    message:
      "Read twice. First: it lost 6 of the 20 rows that the last complete reading had. Then it broke off: The run's deadline came first.",
  });
});

test('a shutdown before the deadline leaves the run open, and a passed deadline then seals it', async () => {
  const outcome = await sync(database.dataSource, new ArrayHub(smallWorld()), { signal: AbortSignal.abort() }, 'both');
  expect(outcome.state).toBe('paused');
  const run = await sealedSync(database.dataSource, new ArrayHub(smallWorld()), { deadline: machineNight }, 'both');
  expect(run.resumed).toBe(true);
  expect(readingOf(run, 'members')).toMatchObject({ status: 'failed', reason: 'DEADLINE' });
});
