import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { ArrayHub, smallWorld, type ArrayWorld } from './array-hub.js';
import { empty, members, oddMembers, once, withFirstRowTwice, withoutFirstRow } from './odd-members.js';
import { contentOf, keysOf, night, readingOf, sealedSync, unverifiedIn } from './snapshots.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

describe.each(oddMembers)('members: $what', ({ what, fault, status, reason, message, received, pages }) => {
  test('says so, and closes nothing', async () => {
    const world = smallWorld();
    const before = await sealedSync(database.dataSource, new ArrayHub(world), {}, what);
    const hub = new ArrayHub(world);
    hub.faults = [fault];
    const run = await sealedSync(database.dataSource, hub, {}, what);

    const reading = readingOf(run, 'members');
    expect(reading).toMatchObject({ status, reason, received });
    expect(reading.message).toMatch(message);
    expect(typeof message === 'string' ? reading.message : message).toBe(message);
    expect(reading.fetchedAt).toBe(received === 0 && status !== 'partial' ? null : night);
    expect(hub.count('members')).toBe(pages);
    expect(await contentOf(database.dataSource, run.runId)).toEqual(await contentOf(database.dataSource, before.runId));
    const unverified = (await unverifiedIn(database.dataSource, run.runId)).filter((line) =>
      line.startsWith('members'),
    );
    expect(unverified).toHaveLength(8 - received);
    expect(readingOf(run, 'team_members').status).not.toBe('complete');
    expect(readingOf(run, 'repositories').status).toBe('complete');
  });

  test('is no witness for what is gone', async () => {
    const gone: ArrayWorld = smallWorld();
    gone.members = gone.members.slice(0, -1);
    const hub = new ArrayHub(gone);
    hub.faults = [fault];
    const run = await sealedSync(database.dataSource, hub, {}, what);
    expect(await keysOf(database.dataSource, run.runId, 'members')).toContain('u-7');
    expect(await unverifiedIn(database.dataSource, run.runId)).toContain('members u-7');
  });
});

describe('odd in the first reading only', () => {
  test.each([
    ['truncated', members(withoutFirstRow, 2)],
    ['an id twice', members(withFirstRowTwice, 2)],
    ['empty', members(empty, 1)],
    ['a link that leads back', members((honest) => ({ ...honest, next: '2' }), 3)],
    [
      'a link that the client will not follow',
      members(() => ({ outcome: 'refused', status: 'failed', reason: 'SOURCE_INCOMPLETE', message: 'Elsewhere.' }), 2),
    ],
  ])('%s: the second one counts, alone', async (what, fault) => {
    const hub = new ArrayHub(smallWorld());
    hub.faults = [once(fault)];
    const run = await sealedSync(database.dataSource, hub, {}, `once ${what}`);
    expect(readingOf(run, 'members')).toMatchObject({ status: 'complete', reason: null, message: null, received: 8 });
    expect(await unverifiedIn(database.dataSource, run.runId)).toEqual([]);
  });

  test('a member who is in the first reading alone is not in the snapshot', async () => {
    const hub = new ArrayHub(smallWorld());
    hub.faults = [
      once(
        members(
          (honest) => ({ ...honest, rows: [{ key: 'u-99', data: { username: 'ghost' } }, ...honest.rows.slice(1)] }),
          1,
        ),
      ),
      once(members(withoutFirstRow, 2)),
    ];
    const run = await sealedSync(database.dataSource, hub, {}, 'ghost');
    expect(await keysOf(database.dataSource, run.runId, 'members')).not.toContain('u-99');
  });

  test('but in an incomplete listing everybody counts who was in either', async () => {
    const hub = new ArrayHub(smallWorld());
    hub.faults = [
      once(
        members(
          (honest) => ({ ...honest, rows: [{ key: 'u-99', data: { username: 'ghost' } }, ...honest.rows.slice(1)] }),
          1,
        ),
      ),
      members(withoutFirstRow, 2),
    ];
    const run = await sealedSync(database.dataSource, hub, {}, 'union');
    expect(await keysOf(database.dataSource, run.runId, 'members')).toEqual([
      'u-0',
      'u-1',
      'u-2',
      'u-4',
      'u-5',
      'u-6',
      'u-7',
      'u-99',
    ]);
  });
});
