import { array, assert, asyncProperty, constantFrom, integer, record, uniqueArray, type Arbitrary } from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { ArrayHub, smallWorld, unreachable, type ArrayMember, type ArrayWorld, type Fault } from './array-hub.js';
import { keysOf, readingOf, sealedSync, unverifiedIn } from './snapshots.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

interface Night {
  readonly members: readonly number[];
  /** What happens to one page of the members: nothing, or something that its answer does not show. */
  readonly fault: { readonly page: number; readonly kind: 'none' | 'drop' | 'repeat' | 'refuse' | 'count' };
}

const night: Arbitrary<Night> = record({
  members: uniqueArray(integer({ min: 1, max: 14 }), { minLength: 4, maxLength: 12 }),
  fault: record({
    page: integer({ min: 1, max: 3 }),
    kind: constantFrom('none', 'none', 'drop', 'repeat', 'refuse', 'count'),
  }),
});

function worldOf({ members }: Night): ArrayWorld {
  const others: ArrayMember[] = members.map((place) => ({
    id: `u-${place}`,
    username: `user${place}`,
    role: 'Member',
    groups: place % 2 === 0 ? ['backend'] : [],
  }));
  return { ...smallWorld(1), members: [...smallWorld(1).members, ...others] };
}

function faultOf({ fault: { page, kind } }: Night): Fault {
  return (asked, honest) => {
    if (asked.dataset !== 'members' || asked.page !== page) return undefined;
    switch (kind) {
      case 'none':
        return undefined;
      case 'drop':
        return { ...honest, rows: honest.rows.slice(0, -1), received: honest.received - 1 };
      case 'repeat':
        return { ...honest, rows: honest.rows.flatMap(() => honest.rows.slice(0, 1)) };
      case 'refuse':
        return { outcome: 'refused', ...unreachable };
      case 'count':
        return { ...honest, reported: (honest.reported ?? 0) + 1 };
      default:
        throw new Error(`There is no fault ${String(kind)}.`);
    }
  };
}

/** What would be wrong with a night, given the keys that stood before it. */
async function violations(
  organization: string,
  tonight: Night,
  standing: ReadonlySet<string>,
): Promise<{ wrong: string[]; keys: ReadonlySet<string> }> {
  const world = worldOf(tonight);
  const hub = new ArrayHub(world, 4);
  hub.faults = [faultOf(tonight)];
  const run = await sealedSync(database.dataSource, hub, {}, organization);
  const { status, received } = readingOf(run, 'members');
  const honest = new Set(world.members.map(({ id }) => id));
  const keys = new Set(await keysOf(database.dataSource, run.runId, 'members'));
  const unverified = (await unverifiedIn(database.dataSource, run.runId)).filter((line) => line.startsWith('members '));
  const seen = [...keys].filter((key) => !unverified.includes(`members ${key}`));
  const isComplete = status === 'complete';
  const lies = ['drop', 'count'].includes(tonight.fault.kind) && tonight.fault.page <= Math.ceil((honest.size + 1) / 4);
  const refused = tonight.fault.kind === 'refuse' && tonight.fault.page <= Math.ceil((honest.size + 1) / 4);
  const rules: Record<string, boolean> = {
    'as many are seen as were received': seen.length === received,
    'nobody is seen who is not there': seen.every((key) => honest.has(key)),
    'a complete listing is the truth': !isComplete || (keys.size === honest.size && seen.length === honest.size),
    'an incomplete one ends nobody': isComplete || [...standing].every((key) => keys.has(key)),
    'a listing that lies or breaks off is not complete': !isComplete || !(lies || refused),
    'an honest listing that kept most of its rows is complete':
      isComplete ||
      tonight.fault.kind !== 'none' ||
      standing.size === 0 ||
      [...standing].some((key) => !honest.has(key)),
    'memberships are no better than the members': isComplete || readingOf(run, 'team_members').status !== 'complete',
  };
  return { wrong: Object.keys(rules).filter((rule) => rules[rule] === false), keys };
}

test('whatever happens over the nights, only a complete listing ends a row', async () => {
  let organizations = 0;
  await assert(
    asyncProperty(array(night, { minLength: 2, maxLength: 5 }), async (nights) => {
      organizations += 1;
      let standing: ReadonlySet<string> = new Set();
      for (const tonight of nights) {
        const { wrong, keys } = await violations(`nights-${organizations}`, tonight, standing);
        expect(wrong).toEqual([]);
        standing = keys;
      }
    }),
    { numRuns: 25 },
  );
});
