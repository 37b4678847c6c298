import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../support/database.js';
import type { ArrayHub, Fault } from './array-hub.js';
import {
  archivedEvents,
  archivedWindows,
  askedWindows,
  auditReading,
  logOf,
  nightAt,
  pushAt,
} from './audit-log-archive.js';
import { sync } from './snapshots.js';

class Killed extends Error {}

const first = '2026-11-21T02:00:00.000Z';
const half = '2026-11-21T02:30:00.000Z';
const window = `2026-10-22T02:00:00.000Z ${first}`;
const events = Array.from({ length: 8 }, (_, place) => pushAt(`2026-11-1${place}T12:00:00Z`, `e${place}`));

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.drop());

/** Every other listing is committed by then, so that the order of answers does not decide what the kill cuts. */
function killedAtPage(page: number): Fault {
  return (asked) => {
    if (asked.dataset === 'audit_log' && asked.page === page) throw new Killed();
    return undefined;
  };
}

async function killed(hub: ArrayHub, page: number, now = first): Promise<void> {
  hub.faults = [killedAtPage(page)];
  await expect(sync(database.dataSource, hub, { now, machineNow: () => Date.parse(now) })).rejects.toThrow(Killed);
}

describe('a process that is killed while it reads the audit log', () => {
  test.each([2, 3])('before page %i archives nothing, and the next one asks for that page on', async (page) => {
    await killed(logOf(events), page);
    expect(await archivedEvents(database.dataSource)).toEqual([]);
    expect(await archivedWindows(database.dataSource)).toEqual([]);

    // What happened meanwhile lies behind the window's end: it moves no page, and the next night reads it.
    const hub = logOf([...events, pushAt('2026-11-21T02:10:00Z', 'meanwhile')]);
    const run = await nightAt(database.dataSource, hub, half);
    expect(run.resumed).toBe(true);
    expect(askedWindows(hub)).toEqual([2, 3].filter((one) => one >= page).map((one) => `${window} p${one}`));
    expect(auditReading(run)).toEqual({ status: 'complete', reason: null, received: 8 });
    expect(await archivedEvents(database.dataSource)).toEqual(events.map(({ id }) => id));
    expect(await archivedWindows(database.dataSource)).toEqual([`${window} 2026-10-22T02:00:00.000Z`]);
  });

  test('before its first page leaves a window that the next one draws anew', async () => {
    await killed(logOf(events), 1);
    const hub = logOf([...events, pushAt('2026-11-21T02:10:00Z', 'meanwhile')]);
    await nightAt(database.dataSource, hub, half);
    expect(askedWindows(hub)[0]).toBe(`2026-10-22T02:30:00.000Z ${half} p1`);
    expect(await archivedEvents(database.dataSource)).toContain('meanwhile');
  });

  test('goes on with a stretch that an earlier night left out', async () => {
    const broken = logOf(events);
    broken.faults = [
      (asked) =>
        asked.dataset === 'audit_log' && asked.page === 2
          ? { outcome: 'refused', status: 'failed', reason: 'SOURCE_UNREACHABLE', message: 'No.' }
          : undefined,
    ];
    await nightAt(database.dataSource, broken, first);
    const next = '2026-11-22T02:00:00.000Z';
    const cut = logOf(events);
    cut.faults = [(asked, honest) => (asked.scope === '' ? undefined : killedAtPage(2)(asked, honest))];
    await expect(sync(database.dataSource, cut, { now: next, machineNow: () => Date.parse(next) })).rejects.toThrow(
      Killed,
    );
    const hub = logOf(events);
    expect(auditReading(await nightAt(database.dataSource, hub, next)).status).toBe('complete');
    expect(askedWindows(hub)).toEqual(['2026-10-23T02:00:00.000Z 2026-11-15T12:00:00.001Z p2']);
    expect(await archivedEvents(database.dataSource)).toEqual(events.map(({ id }) => id));
  });

  test('hours later starts over, with a window up to then', async () => {
    await killed(logOf(events), 2);
    const late = '2026-11-21T05:00:00.000Z';
    const hub = logOf(events);
    await nightAt(database.dataSource, hub, late);
    expect(askedWindows(hub)[0]).toBe(`2026-10-22T05:00:00.000Z ${late} p1`);
    expect(await archivedEvents(database.dataSource)).toHaveLength(8);
  });
});

test('a process that lost its run archives nothing', async () => {
  const hub = logOf(events);
  let taken = false;
  hub.faults = [
    (asked) => {
      if (asked.dataset !== 'audit_log' || asked.page !== 3 || taken) return undefined;
      taken = true;
      void database.dataSource.query('update sync_run set fence = fence + 1');
      return undefined;
    },
  ];
  const outcome = await sync(database.dataSource, hub, { now: first, machineNow: () => Date.parse(first) });
  expect(outcome.state).toBe('busy');
  expect(await archivedEvents(database.dataSource)).toEqual([]);
  expect(await archivedWindows(database.dataSource)).toEqual([]);
});

test.each(['audit_event', 'audit_window', 'audit_absence'])('the database refuses to change %s', async (table) => {
  await nightAt(database.dataSource, logOf(events), first);
  await nightAt(database.dataSource, logOf(events.slice(0, 7)), '2026-11-22T02:00:00.000Z');
  for (const change of [
    `delete from ${table}`,
    `update ${table} set recorded_at = now()`,
    `truncate ${table} cascade`,
  ]) {
    await expect(database.dataSource.query(change)).rejects.toThrow(/append-only/);
  }
});
