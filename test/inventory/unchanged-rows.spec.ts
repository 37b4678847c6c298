import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SyncOptions } from '../../src/inventory/hub-sync.js';
import type { PageResult } from '../../src/dockerhub/reading.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { ArrayHub, smallWorld, type ArrayMember, type ArrayWorld, type Fault } from './array-hub.js';
import { contentOf, keysOf, readingOf, sealedSync, sync, traces, unverifiedIn, type Sealed } from './snapshots.js';

class Killed extends Error {}

const nextNight: Partial<SyncOptions> = {
  now: '2026-11-22T02:00:00.000Z',
  machineNow: () => Date.parse('2026-11-22T02:00:07.000Z'),
};

let database: TestDatabase;
/** Pages that the second night asks for where nothing has changed. */
let pages: number;

beforeAll(async () => {
  database = await testDatabase();
  await firstNight('uninterrupted');
  const hub = new ArrayHub(world());
  await secondNight('uninterrupted', hub);
  pages = hub.asked.length;
});
afterAll(() => database.drop());

/** Nobody is invited, because whoever may be an invitee is always staged. */
function world(): ArrayWorld {
  const made = smallWorld();
  made.invites = [];
  made.auditEvents = [];
  return made;
}

async function firstNight(organization: string): Promise<Sealed> {
  return sealedSync(database.dataSource, new ArrayHub(world()), {}, organization);
}

async function secondNight(
  organization: string,
  hub = new ArrayHub(world()),
  options: Partial<SyncOptions> = {},
): Promise<Sealed> {
  return sealedSync(database.dataSource, hub, { ...nextNight, ...options }, organization);
}

async function killedAfter(organization: string, hub: ArrayHub, committed: number): Promise<void> {
  let count = 0;
  const onProgress = (): void => {
    count += 1;
    if (count >= committed) throw new Killed();
  };
  await expect(sync(database.dataSource, hub, { ...nextNight, onProgress }, organization)).rejects.toThrow(Killed);
}

function member(made: ArrayWorld, place: number): ArrayMember {
  const found = made.members[place];
  if (found === undefined) throw new Error(`There is no member at ${place}.`);
  return found;
}

/** Rows that are staged of datasets whose rows can be compared, and how many were noted in how many rows. */
async function inProgress(organization: string): Promise<{ staged: number; noted: number; listings: number }> {
  const [row] = await database.dataSource.query(
    `select (select count(*)::integer from listing join staged_observation on listing_id = listing.id
              where listing.run_id = run.id and dataset not in ('tokens', 'team_members', 'audit_log')) as staged,
            (select coalesce(sum(cardinality(observation_ids)), 0)::integer from unchanged_batch where run_id = run.id) as noted,
            (select count(*)::integer from listing where run_id = run.id and dataset = 'repository_teams') as listings
       from sync_run as run join organization on organization.id = organization_id
      where name = $1 and state in ('running', 'paused')`,
    [organization],
  );
  return row;
}

async function leftovers(): Promise<unknown> {
  const [row] = await database.dataSource.query(
    `select (select count(*)::integer from unchanged_batch join sync_run on sync_run.id = run_id
              where state in ('sealed', 'rejected')) as batches,
            (select count(*)::integer from listing join sync_run on sync_run.id = run_id
              where state in ('sealed', 'rejected')) as listings`,
  );
  return row;
}

describe('a night in which nothing has changed', () => {
  test('stages none of it, and gives no repository a row of its own', async () => {
    await firstNight('quiet');
    const hub = new ArrayHub(world());
    await killedAfter('quiet', hub, pages);
    const { staged, noted, listings } = await inProgress('quiet');
    expect(staged).toBe(0);
    expect(listings).toBe(0);
    const made = world();
    const settings = [1];
    const comparable: readonly (readonly unknown[])[] = [
      made.members,
      made.teams,
      made.repositories,
      made.scimUsers,
      settings,
      settings,
      ...made.repositories.map(({ teams }) => teams),
    ];
    expect(noted).toBe(comparable.reduce((sum, rows) => sum + rows.length, 0));
    await secondNight('quiet');
    expect(await leftovers()).toEqual({ batches: 0, listings: 0 });
  });

  test('killed after any page it goes on where it was, and writes nothing of what stands', async () => {
    expect(pages).toBeGreaterThan(15);
    for (let committed = 1; committed <= pages; committed += 1) {
      const organization = `quiet-${committed}`;
      const first = await firstNight(organization);
      const content = await contentOf(database.dataSource, first.runId);
      const before = await traces(database.dataSource);
      const cut = new ArrayHub(world());
      await killedAfter(organization, cut, committed);
      const hub = new ArrayHub(world());
      const run = await secondNight(organization, hub);
      expect(run.resumed).toBe(true);
      expect(run.pages).toBe(pages);
      expect(hub.asked.length).toBeLessThanOrEqual(pages - committed);
      expect(run.datasets.map(({ dataset, status, received }) => ({ dataset, status, received }))).toEqual(
        first.datasets.map(({ dataset, status, received }) => ({ dataset, status, received })),
      );
      expect(await contentOf(database.dataSource, run.runId)).toEqual(content);
      expect(await traces(database.dataSource)).toEqual(before);
    }
    expect(await leftovers()).toEqual({ batches: 0, listings: 0 });
  });

  test('at the deadline what nobody had begun to read is said to be unread, and closes nothing', async () => {
    await firstNight('deadline');
    const hub = new ArrayHub(world());
    // Whoever is asked for permissions first never gets an answer.
    const page = hub.page.bind(hub);
    hub.page = (listing, cursor) =>
      listing.dataset === 'repository_teams' ? new Promise(() => undefined) : page(listing, cursor);
    const now = nextNight.machineNow?.() ?? 0;
    const run = await secondNight('deadline', hub, { deadline: now + 300 });
    expect(readingOf(run, 'repository_teams')).toMatchObject({ status: 'failed', reason: 'DEADLINE' });
    expect(await unverifiedIn(database.dataSource, run.runId)).toEqual(
      (await keysOf(database.dataSource, run.runId, 'repository_teams')).map((key) => `repository_teams ${key}`),
    );
  });
});

describe('an upgrade', () => {
  async function credentials(organization: string): Promise<(string | null)[]> {
    const rows: { credential: string | null }[] = await database.dataSource.query(
      `select distinct credential from listing join sync_run on sync_run.id = run_id
         join organization on organization.id = organization_id where name = $1 and credential is not null`,
      [organization],
    );
    return rows.map(({ credential }) => credential);
  }

  test('leaves nothing that a program without the table would go on with', async () => {
    await firstNight('newer');
    await killedAfter('newer', new ArrayHub(world()), pages);
    // It goes on with a listing only if it knows the credential.
    expect(await credentials('newer')).toEqual(['unchanged:login-1']);
  });

  test('goes on with a run of such a program, and then it alone does', async () => {
    await firstNight('older');
    await killedAfter('older', new ArrayHub(world()), 6);
    await database.dataSource.query(
      `update listing set credential = 'login-1' from sync_run join organization on organization.id = organization_id
        where sync_run.id = run_id and name = 'older' and credential is not null`,
    );
    await killedAfter('older', new ArrayHub(world()), 1);
    expect(await credentials('older')).toEqual(['unchanged:login-1']);
    const run = await secondNight('older');
    expect(run).toMatchObject({ resumed: true, pages });
  });
});

describe('of rows that are as they stand', () => {
  /** The first row of the members comes on the last page again, in so many readings. */
  function repeats(change: object, inReadings: number): Fault {
    let begun = 0;
    return (asked, honest): PageResult | undefined => {
      if (asked.dataset !== 'members') return undefined;
      if (asked.page === 1) begun += 1;
      if (begun > inReadings || honest.next !== null) return undefined;
      const { id, ...data } = member(world(), 0);
      return { ...honest, rows: [...honest.rows.slice(0, -1), { key: id, data: { ...data, ...change } }] };
    };
  }

  test.each([
    ['as it stands', {}],
    ['otherwise', { role: 'Editor' }],
  ])('one that comes again %s is noticed, and the listing is read a second time', async (how, change) => {
    const organization = `repeat ${how}`;
    const first = await firstNight(organization);
    const hub = new ArrayHub(world());
    hub.faults = [repeats(change, 1)];
    const run = await secondNight(organization, hub);
    expect(hub.count('members')).toBe(2 * Math.ceil(world().members.length / 3));
    expect(readingOf(run, 'members')).toEqual({
      ...readingOf(first, 'members'),
      fetchedAt: nextNight.now,
    });
  });

  test('one that comes again after a kill is noticed too', async () => {
    const organization = 'repeat after a kill';
    await firstNight(organization);
    const hub = new ArrayHub(world());
    hub.faults = [
      (asked): undefined => {
        if (asked.dataset === 'members' && asked.page === 3) throw new Killed();
      },
    ];
    await expect(sync(database.dataSource, hub, nextNight, organization)).rejects.toThrow(Killed);
    const second = new ArrayHub(world());
    // Its second reading is the only one that begins with the first page.
    second.faults = [repeats({}, 0)];
    const run = await secondNight(organization, second);
    expect(second.asked.filter(({ dataset, page }) => dataset === 'members' && page === 1).length).toBe(1);
    expect(readingOf(run, 'members')).toMatchObject({ status: 'complete', received: world().members.length });
  });

  test('one that was lost in both readings leaves the listing partial, and closes nothing', async () => {
    const organization = 'lost';
    await firstNight(organization);
    const hub = new ArrayHub(world());
    hub.faults = [
      (asked, honest): PageResult | undefined =>
        asked.dataset === 'members' && asked.page === 1
          ? { ...honest, rows: honest.rows.slice(1), received: honest.received - 1 }
          : undefined,
    ];
    const run = await secondNight(organization, hub);
    expect(readingOf(run, 'members')).toMatchObject({ status: 'partial', reason: 'SOURCE_INCOMPLETE' });
    expect(await unverifiedIn(database.dataSource, run.runId)).toContain(`members ${member(world(), 0).id}`);
    expect(await keysOf(database.dataSource, run.runId, 'members')).toContain(member(world(), 0).id);
  });

  test('one that came otherwise in a listing that stays partial counts as it came last', async () => {
    const organization = 'otherwise';
    await firstNight(organization);
    const hub = new ArrayHub(world());
    hub.faults = [repeats({ role: 'Other' }, 2)];
    const run = await secondNight(organization, hub);
    expect(readingOf(run, 'members').status).toBe('partial');
    const lines = await contentOf(database.dataSource, run.runId, 'members');
    expect(lines.filter((line) => line.startsWith(`members ${member(world(), 0).id} `))).toEqual([
      expect.stringContaining('"role": "Other"'),
    ]);
  });

  test('those who are gone end, and nobody else', async () => {
    const organization = 'gone';
    const first = await firstNight(organization);
    const made = world();
    const [gone] = made.members.splice(4, 1);
    const [without] = made.repositories.splice(0, 1);
    for (const team of made.teams) delete team.memberCount;
    const run = await secondNight(organization, new ArrayHub(made));
    expect(readingOf(run, 'members').status).toBe('complete');
    const before = await keysOf(database.dataSource, first.runId, 'members');
    expect(await keysOf(database.dataSource, run.runId, 'members')).toEqual(before.filter((key) => key !== gone?.id));
    expect(await keysOf(database.dataSource, run.runId, 'repositories')).not.toContain(without?.name);
    expect(
      (await keysOf(database.dataSource, run.runId, 'repository_teams')).filter((key) =>
        key.startsWith(`${without?.name}/`),
      ),
    ).toEqual([]);
  });

  test('one that no longer stands when the run goes on is read again', async () => {
    const organization = 'not standing';
    const first = await firstNight(organization);
    await killedAfter(organization, new ArrayHub(world()), pages);
    await database.dataSource.query(
      `update observation set last_snapshot = $1
        where dataset = 'members' and key = $2 and last_snapshot is null and first_snapshot = $3`,
      [first.runId, member(world(), 0).id, first.runId],
    );
    const hub = new ArrayHub(world());
    const run = await secondNight(organization, hub);
    expect(new Set(hub.asked.map(({ dataset }) => dataset))).toEqual(new Set(['members']));
    expect(await keysOf(database.dataSource, run.runId, 'members')).toContain(member(world(), 0).id);
  });
});
