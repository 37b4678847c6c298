import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SyncOptions } from '../../src/inventory/hub-sync.js';
import type { PageResult } from '../../src/dockerhub/reading.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { ArrayHub, smallWorld, type ArrayWorld, type AskedPage, type Fault, type HonestPage } from './array-hub.js';
import { contentOf, night, sealedSync, sync, traces, type Sealed } from './snapshots.js';

/** What stands for a kill: nobody in the product catches it. */
class Killed extends Error {}

let database: TestDatabase;
let content: string[];
let pages: number;
let datasets: Sealed['datasets'];

/** A team is read by itself and a token's details are opened, so that every kind of listing is there to be cut. */
function world(): ArrayWorld {
  const made = smallWorld();
  for (const team of made.teams) if (team.name === 'frontend') team.memberCount = 2;
  return made;
}

beforeAll(async () => {
  database = await testDatabase();
  const hub = new ArrayHub(world());
  const run = await sealedSync(database.dataSource, hub, {}, 'uninterrupted');
  content = await contentOf(database.dataSource, run.runId);
  pages = hub.asked.length;
  datasets = run.datasets;
});
afterAll(() => database.drop());

async function killedSync(hub: ArrayHub, organization: string, options?: Partial<SyncOptions>): Promise<void> {
  await expect(sync(database.dataSource, hub, options, organization)).rejects.toThrow(Killed);
}

async function committedPages(organization: string): Promise<number> {
  const [row]: { pages: number }[] = await database.dataSource.query(
    `select pages from sync_run join organization on organization.id = organization_id where name = $1`,
    [organization],
  );
  return row?.pages ?? -1;
}

/** Resumes what was cut, and compares with the run that was not: the same snapshot, and no committed page asked for again. */
async function expectSameSnapshot(organization: string): Promise<void> {
  const committed = await committedPages(organization);
  const hub = new ArrayHub(world());
  const run = await sealedSync(database.dataSource, hub, {}, organization);
  expect(run.resumed).toBe(true);
  expect(await contentOf(database.dataSource, run.runId)).toEqual(content);
  expect(run.datasets).toEqual(datasets);
  expect(hub.asked.length).toBe(pages - committed);
  expect(run.pages).toBe(pages);
}

/** Page 1 of the members lacks a row. */
function shrunk(asked: AskedPage, honest: HonestPage): PageResult | undefined {
  return asked.dataset === 'members' && asked.page === 1
    ? { ...honest, rows: honest.rows.slice(1), received: honest.received - 1 }
    : undefined;
}

function throwsAtPage(count: number): Fault {
  let asked = 0;
  return () => {
    asked += 1;
    if (asked >= count) throw new Killed();
    return undefined;
  };
}

/** As many as the uninterrupted run has; checked below, because the table is made before it runs. */
const everyPage = Array.from({ length: 21 }, (_, place) => place + 1);

test('the cases below cut at every page', () => {
  expect(everyPage.length).toBe(pages);
  expect(datasets.map(({ status }) => status)).toEqual(Array(11).fill('complete'));
});

describe('a run that was killed', () => {
  test.each(everyPage)('while page %i was asked for', async (page) => {
    const organization = `asking-${page}`;
    const hub = new ArrayHub(world());
    hub.faults = [throwsAtPage(page)];
    await killedSync(hub, organization);
    expect(await committedPages(organization)).toBeLessThan(page);
    await expectSameSnapshot(organization);
  });

  test.each(everyPage)('when page %i had just been committed', async (page) => {
    const organization = `committed-${page}`;
    let committed = 0;
    const onProgress = (): void => {
      committed += 1;
      if (committed >= page) throw new Killed();
    };
    await killedSync(new ArrayHub(world()), organization, { onProgress });
    expect(await committedPages(organization)).toBeGreaterThanOrEqual(page);
    await expectSameSnapshot(organization);
  });

  test('again and again, every few pages', async () => {
    let run: Sealed | undefined;
    let kills = 0;
    while (run === undefined) {
      let committed = 0;
      const onProgress = (): void => {
        committed += 1;
        if (committed === 2) throw new Killed();
      };
      run = await sealedSync(database.dataSource, new ArrayHub(world()), { onProgress }, 'again').catch(
        (error: unknown) => {
          if (!(error instanceof Killed)) throw error;
          kills += 1;
          return undefined;
        },
      );
    }
    expect(kills).toBeGreaterThan(1);
    expect(run.pages).toBe(pages);
    expect(await contentOf(database.dataSource, run.runId)).toEqual(content);
  });

  test('in the middle of a second reading', async () => {
    const organization = 'second-reading';
    const first = new ArrayHub(world());
    first.faults = [
      shrunk,
      (asked) => {
        if (asked.dataset === 'members' && first.count('members') === 5) throw new Killed();
        return undefined;
      },
    ];
    await killedSync(first, organization);
    const second = new ArrayHub(world());
    const run = await sealedSync(database.dataSource, second, {}, organization);
    // Its first page was committed in the second reading, with the row missing once more.
    expect(second.count('members')).toBe(2);
    expect(run.datasets.find(({ dataset }) => dataset === 'members')).toMatchObject({
      status: 'partial',
      reason: 'SOURCE_INCOMPLETE',
      message: 'Read twice, and odd both times: received 8 of 9.',
      received: 7,
    });
  });

  test('while it was sealed', async () => {
    const organization = 'sealing';
    await database.dataSource.query(`
      create function cut() returns trigger language plpgsql as $$ begin raise exception 'cut'; end $$;
      create trigger cut before insert on observation execute function cut()`);
    const hub = new ArrayHub(world());
    await expect(sync(database.dataSource, hub, {}, organization)).rejects.toThrow('cut');
    await database.dataSource.query('drop function cut cascade');

    const seen: unknown[] = await database.dataSource.query(
      `select state from sync_run join organization on organization.id = organization_id where name = 'sealing'`,
    );
    expect(seen).toEqual([{ state: 'verifying' }]);
    await expectSameSnapshot(organization);
  });
});

describe('a shutdown', () => {
  test.each(everyPage)('at page %i pauses the run, which goes on later', async (page) => {
    const organization = `shutdown-${page}`;
    const hub = new ArrayHub(world());
    const shutdown = new AbortController();
    let asked = 0;
    hub.faults = [
      () => {
        asked += 1;
        if (asked === page) shutdown.abort();
        return undefined;
      },
    ];
    const outcome = await sync(database.dataSource, hub, { signal: shutdown.signal }, organization);
    expect(outcome.state).toBe('paused');
    const before = await traces(database.dataSource);
    await expectSameSnapshot(organization);
    expect(before.listings).toBeGreaterThan(0);
  });

  test('does not wait for a page that hangs', async () => {
    const organization = 'hanging';
    const hub = new ArrayHub(world());
    const shutdown = new AbortController();
    const page = hub.page.bind(hub);
    hub.page = async (listing, cursor) => {
      if (listing.dataset !== 'teams') return page(listing, cursor);
      setTimeout(() => shutdown.abort(), 20);
      return new Promise(() => undefined);
    };
    expect(await sync(database.dataSource, hub, { signal: shutdown.signal }, organization)).toMatchObject({
      state: 'paused',
    });
    await expectSameSnapshot(organization);
  });

  test('before anything was read asks for nothing', async () => {
    const organization = 'at-once';
    const hub = new ArrayHub(world());
    const outcome = await sync(database.dataSource, hub, { signal: AbortSignal.abort() }, organization);
    expect(outcome.state).toBe('paused');
    expect(hub.asked).toEqual([]);
    await expectSameSnapshot(organization);
  });
});

test('a page keeps the instant at which it was read, whichever process seals the run', async () => {
  const organization = 'instants';
  const hub = new ArrayHub(world());
  let committed = 0;
  await killedSync(hub, organization, {
    onProgress: ({ dataset }) => {
      if (dataset === 'members') committed += 1;
      if (committed === 1) throw new Killed();
    },
  });
  const later = '2026-11-21T03:00:00.000Z';
  const run = await sealedSync(database.dataSource, new ArrayHub(world()), { now: later }, organization);
  const fetchedAt = Object.fromEntries(run.datasets.map(({ dataset, fetchedAt: at }) => [dataset, at]));
  expect(fetchedAt).toMatchObject({ members: night, team_members: night });
  const [stored]: { believed_at: Date }[] = await database.dataSource.query(
    'select believed_at from sync_run where id = $1',
    [run.runId],
  );
  expect(stored?.believed_at.toISOString()).toBe(later);
});
