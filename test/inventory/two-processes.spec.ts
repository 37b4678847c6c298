import { afterEach, beforeEach, expect, test } from 'vitest';
import { dataSourceFor } from '../../src/database/data-source.js';
import { HubSync } from '../../src/inventory/hub-sync.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { ArrayHub, smallWorld } from './array-hub.js';
import { contentOf, night, sealedSync, sync, traces } from './snapshots.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.drop());

function signal(): { promise: Promise<void>; give: () => void } {
  const controller = new AbortController();
  const promise = new Promise<void>((resolve) => controller.signal.addEventListener('abort', () => resolve()));
  return { promise, give: () => controller.abort() };
}

/** A hub that does not answer for the teams before it is let. */
function gatedHub(): { hub: ArrayHub; reached: Promise<void>; open: () => void } {
  const hub = new ArrayHub(smallWorld());
  const page = hub.page.bind(hub);
  const gate = signal();
  const arrival = signal();
  hub.page = async (listing, cursor) => {
    if (listing.dataset === 'teams') {
      arrival.give();
      await gate.promise;
    }
    return page(listing, cursor);
  };
  return { hub, reached: arrival.promise, open: gate.give };
}

test('of two that sync one organization at once, the second is told, and touches nothing', async () => {
  const { hub, reached, open } = gatedHub();
  const first = sealedSync(database.dataSource, hub);
  await reached;
  const other = new ArrayHub(smallWorld());
  expect(await sync(database.dataSource, other)).toEqual({ state: 'busy' });
  expect(other.asked).toEqual([]);
  open();
  const run = await first;
  expect(run.resumed).toBe(false);
  expect(hub.asked).toHaveLength(19);
});

test('the second waits as long as it is patient, and then has a run of its own', async () => {
  const { hub, reached, open } = gatedHub();
  const first = sealedSync(database.dataSource, hub);
  await reached;
  const second = sealedSync(database.dataSource, new ArrayHub(smallWorld()), { patienceMs: 10_000 });
  open();
  const [one, two] = await Promise.all([first, second]);
  expect(Number(two.runId)).toBeGreaterThan(Number(one.runId));
  expect(two.resumed).toBe(false);
});

test('organizations do not wait for each other', async () => {
  const { hub, reached, open } = gatedHub();
  const first = sealedSync(database.dataSource, hub);
  await reached;
  expect(await sealedSync(database.dataSource, new ArrayHub(smallWorld()), {}, 'other')).toMatchObject({
    resumed: false,
  });
  open();
  await first;
});

test('a process that lost its lock and comes back late writes nothing more', async () => {
  const late = await dataSourceFor(database.url, [], { poolSize: 4 }).initialize();
  try {
    const { hub, reached, open } = gatedHub();
    const first = sync(late, hub).catch((error: unknown) => error);
    await reached;
    // Its connections break, as they do when a server fails over; the pool opens new ones.
    await database.dataSource.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    const run = await sealedSync(database.dataSource, new ArrayHub(smallWorld()), { patienceMs: 5000 });
    const before = await traces(database.dataSource);
    open();
    expect(await first).toBeInstanceOf(Error);
    expect(await traces(database.dataSource)).toEqual(before);
    expect(await contentOf(database.dataSource, run.runId)).not.toEqual([]);
  } finally {
    await late.destroy();
  }
});

test('whoever holds a fence that was raised since is shut out by it alone', async () => {
  const { hub, reached, open } = gatedHub();
  const first = sync(database.dataSource, hub);
  await reached;
  await database.dataSource.query('update sync_run set fence = fence + 1');
  const before = await traces(database.dataSource);
  open();
  expect(await first).toEqual({ state: 'busy' });
  expect(await traces(database.dataSource)).toEqual(before);
});

test('more organizations than connections come through', async () => {
  const all = new HubSync(database.dataSource);
  const outcomes = await Promise.all(
    Array.from({ length: 12 }, async (_, place) =>
      all.sync(`organization-${place}`, new ArrayHub(smallWorld()), {
        now: night,
        machineNow: Date.now,
        deadline: Infinity,
      }),
    ),
  );
  expect(outcomes.map(({ state }) => state)).toEqual(Array(12).fill('sealed'));
});
