import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { refusing, unreachable } from './array-hub.js';
import {
  absences,
  archivedEvents,
  archivedWindows,
  askedWindows,
  auditReading,
  logOf,
  nightAt,
  pushAt,
} from './audit-log-archive.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { contentOf } from './snapshots.js';

const first = '2026-11-21T02:00:00.000Z';
const second = '2026-11-22T02:00:00.000Z';
const third = '2026-11-23T02:00:00.000Z';
const whole = { status: 'complete', reason: null };

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.drop());

const old = [
  pushAt('2026-11-01T12:00:00Z', 'a'),
  pushAt('2026-11-10T12:00:00Z', 'b'),
  pushAt('2026-11-20T20:00:00Z', 'c'),
];

describe('the first night', () => {
  test('goes back thirty days, page after page of a window whose end stands still', async () => {
    const events = [pushAt('2026-10-20T12:00:00Z', 'too old'), ...old, pushAt('2026-11-20T21:00:00Z', 'd')];
    const hub = logOf([...events, pushAt('2026-11-21T02:00:01Z', 'not yet')]);
    const run = await nightAt(database.dataSource, hub, first);
    expect(auditReading(run)).toEqual({ ...whole, received: 4 });
    const window = `2026-10-22T02:00:00.000Z ${first}`;
    expect(askedWindows(hub)).toEqual([`${window} p1`, `${window} p2`]);
    expect(await archivedEvents(database.dataSource)).toEqual(['a', 'b', 'c', 'd']);
    expect(await archivedWindows(database.dataSource)).toEqual([`${window} 2026-10-22T02:00:00.000Z`]);
    expect(await contentOf(database.dataSource, run.runId, 'audit_log'), 'events are no observations').toEqual([]);
  });

  test('of an organization where nothing happened is complete', async () => {
    expect(auditReading(await nightAt(database.dataSource, logOf([]), first))).toEqual({ ...whole, received: 0 });
  });

  test('that is refused archives nothing, and the next one goes as far back as it would have', async () => {
    const refused = logOf(old);
    refused.faults = [refusing('audit_log', { ...unreachable, status: 'not_permitted' })];
    expect(auditReading(await nightAt(database.dataSource, refused, first)).status).toBe('not_permitted');
    expect(await archivedWindows(database.dataSource)).toEqual([]);
    const hub = logOf(old);
    await nightAt(database.dataSource, hub, second);
    expect(askedWindows(hub)).toEqual([`2026-10-23T02:00:00.000Z ${second} p1`]);
  });
});

describe('a later night', () => {
  test('asks once, from a day before the last window ended, and archives each event once', async () => {
    await nightAt(database.dataSource, logOf(old), first);
    const hub = logOf([...old, pushAt('2026-11-21T12:00:00Z', 'e')]);
    const run = await nightAt(database.dataSource, hub, second);
    expect(askedWindows(hub)).toEqual([`2026-11-20T02:00:00.000Z ${second} p1`]);
    expect(auditReading(run)).toEqual({ ...whole, received: 2 });
    expect(await archivedEvents(database.dataSource)).toEqual(['a', 'b', 'c', 'e']);
  });

  test('goes back to the newest event where that is older than a day, so that an answer without it is noticed', async () => {
    await nightAt(database.dataSource, logOf(old.slice(0, 2)), first);
    const hub = logOf(old.slice(0, 2));
    await nightAt(database.dataSource, hub, second);
    expect(askedWindows(hub)).toEqual([`2026-11-10T11:58:00.000Z ${second} p1`]);
    expect(await absences(database.dataSource)).toEqual([]);
  });

  test('archives an event that Docker Hub added late', async () => {
    await nightAt(database.dataSource, logOf(old), first);
    await nightAt(database.dataSource, logOf([...old, pushAt('2026-11-20T22:00:00Z', 'late')]), second);
    expect(await archivedEvents(database.dataSource)).toEqual(['a', 'b', 'c', 'late']);
  });

  test('archives what an event says otherwise than before beside what it said first', async () => {
    await nightAt(database.dataSource, logOf(old), first);
    const [a, b, c] = old;
    if (!a || !b || !c) throw new Error('three events');
    await nightAt(database.dataSource, logOf([a, b, { ...c, actor: 'somebody-else' }]), second);
    const rows: unknown[] = await database.dataSource.query(
      `select key, actor from audit_event where key = 'c' order by id`,
    );
    expect(rows).toEqual([
      { key: 'c', actor: 'ada' },
      { key: 'c', actor: 'somebody-else' },
    ]);
  });

  test('after a failed one reads from where the archive ends', async () => {
    await nightAt(database.dataSource, logOf(old), first);
    const broken = logOf(old);
    broken.faults = [refusing('audit_log', unreachable)];
    expect(auditReading(await nightAt(database.dataSource, broken, second)).status).toBe('failed');
    const hub = logOf([...old, pushAt('2026-11-21T12:00:00Z', 'e')]);
    expect(auditReading(await nightAt(database.dataSource, hub, third))).toMatchObject(whole);
    expect(askedWindows(hub)).toEqual([`2026-11-20T02:00:00.000Z ${third} p1`]);
    expect(await archivedEvents(database.dataSource)).toContain('e');
  });

  test('after an outage longer than Docker Hub shows leaves a hole and reads what it can', async () => {
    await nightAt(database.dataSource, logOf(old), first);
    const hub = logOf([...old, pushAt('2027-01-20T12:00:00Z', 'z')]);
    const run = await nightAt(database.dataSource, hub, '2027-01-21T02:00:00.000Z');
    expect(askedWindows(hub)).toEqual(['2026-12-22T02:00:00.000Z 2027-01-21T02:00:00.000Z p1']);
    expect(auditReading(run)).toEqual({ ...whole, received: 1 });
  });
});

describe('an event that is no longer shown', () => {
  const fewer = () => logOf(old.slice(0, 2));

  test('makes the night partial, and the next one reads the same time again', async () => {
    await nightAt(database.dataSource, logOf(old), first);
    const run = await nightAt(database.dataSource, fewer(), second);
    expect(auditReading(run)).toMatchObject({ status: 'partial', reason: 'AUDIT_EVENTS_MISSING' });
    expect(await absences(database.dataSource)).toEqual(['c absent']);
    expect((await archivedWindows(database.dataSource)).at(-1)).toBe(`2026-11-20T02:00:00.000Z ${second} nothing`);

    const hub = logOf(old.slice(0, 2));
    expect(auditReading(await nightAt(database.dataSource, hub, third))).toMatchObject(whole);
    expect(askedWindows(hub)).toEqual([`2026-11-20T02:00:00.000Z ${third} p1`]);
    expect(await absences(database.dataSource)).toEqual(['c absent']);
  });

  test('and is shown again is noted too', async () => {
    await nightAt(database.dataSource, logOf(old), first);
    await nightAt(database.dataSource, fewer(), second);
    expect(auditReading(await nightAt(database.dataSource, logOf(old), third))).toMatchObject(whole);
    expect(await absences(database.dataSource)).toEqual(['c absent', 'c there']);
  });

  test('shows that an answer was cut short, whatever new events it had', async () => {
    await nightAt(database.dataSource, logOf(old), first);
    const run = await nightAt(database.dataSource, logOf([pushAt('2026-11-21T12:00:00Z', 'new')]), second);
    expect(auditReading(run)).toMatchObject({ status: 'partial', reason: 'AUDIT_EVENTS_MISSING' });
  });

  test('is not missed at the very beginning of a window, nor behind what Docker Hub promises', async () => {
    const events = [
      pushAt('2026-10-23T12:00:00Z', 'a month ago'),
      pushAt('2026-11-20T02:00:30Z', 'at the edge'),
      ...old,
    ];
    await nightAt(database.dataSource, logOf(events), first);
    const run = await nightAt(database.dataSource, logOf(old), second);
    expect(auditReading(run)).toMatchObject(whole);
    expect(await absences(database.dataSource)).toEqual([]);
  });
});

describe('a reading that stops half-way', () => {
  const many = Array.from({ length: 8 }, (_, place) => pushAt(`2026-11-1${place}T12:00:00Z`, `e${place}`));

  test('covers what is newer than its last page, and the next night reads the rest', async () => {
    const broken = logOf(many);
    broken.faults = [refusing('audit_log', unreachable, 2)];
    expect(auditReading(await nightAt(database.dataSource, broken, first))).toMatchObject({
      status: 'partial',
      received: 3,
    });
    expect(await archivedEvents(database.dataSource)).toEqual(['e5', 'e6', 'e7']);
    expect(await archivedWindows(database.dataSource)).toEqual([
      `2026-10-22T02:00:00.000Z ${first} 2026-11-15T12:00:00.001Z`,
    ]);

    const hub = logOf(many);
    expect(auditReading(await nightAt(database.dataSource, hub, second))).toMatchObject(whole);
    expect(new Set(askedWindows(hub).map((line) => line.slice(0, 49)))).toEqual(
      new Set([`2026-11-17T11:58:00.000Z ${second}`, '2026-10-23T02:00:00.000Z 2026-11-15T12:00:00.001Z']),
    );
    expect(await archivedEvents(database.dataSource)).toEqual(many.map(({ id }) => id));
    const later = logOf(many);
    await nightAt(database.dataSource, later, third);
    expect(new Set(askedWindows(later).map((line) => line.slice(0, 49))).size).toBe(1);
  });

  test('leaves the log incomplete for as long as the rest is unread', async () => {
    const broken = logOf(many);
    broken.faults = [refusing('audit_log', unreachable, 2)];
    await nightAt(database.dataSource, broken, first);
    const again = logOf(many);
    again.faults = [
      (asked, honest) => (asked.scope === '' ? undefined : refusing('audit_log', unreachable)(asked, honest)),
    ];
    expect(auditReading(await nightAt(database.dataSource, again, second))).toMatchObject({
      status: 'partial',
      reason: 'AUDIT_LOG_GAP',
    });
  });

  test('covers nothing where the pages were in no order', async () => {
    const hub = logOf(many, 'as given');
    hub.faults = [refusing('audit_log', unreachable, 3)];
    await nightAt(database.dataSource, hub, first);
    expect(await archivedWindows(database.dataSource)).toEqual([`2026-10-22T02:00:00.000Z ${first} nothing`]);
    expect(await archivedEvents(database.dataSource)).toHaveLength(6);
  });
});

describe('pages that move while they are read', () => {
  test('are read again, and a second drift proves nothing but loses no witness', async () => {
    const events = Array.from({ length: 7 }, (_, place) => pushAt(`2026-11-1${place}T12:00:00Z`, `e${place}`));
    const hub = logOf(events);
    hub.faults = [
      (asked, honest) =>
        asked.dataset === 'audit_log' && asked.page === 2
          ? { ...honest, rows: [{ key: 'e4', data: { ...events[4] } }, ...honest.rows.slice(0, 2)] }
          : undefined,
    ];
    expect(auditReading(await nightAt(database.dataSource, hub, first))).toMatchObject({
      status: 'partial',
      reason: 'SOURCE_INCOMPLETE',
    });
    expect(hub.count('audit_log')).toBe(6);
    expect((await archivedWindows(database.dataSource))[0]).toMatch(/nothing$/);
    expect(await archivedEvents(database.dataSource)).toHaveLength(6);
  });

  test('an event that cannot be placed leaves the night incomplete', async () => {
    const hub = logOf(old);
    hub.faults = [
      (asked, honest) =>
        asked.dataset === 'audit_log'
          ? { ...honest, rows: [...honest.rows.slice(1), { key: undefined, data: {} }] }
          : undefined,
    ];
    expect(auditReading(await nightAt(database.dataSource, hub, first))).toMatchObject({
      status: 'partial',
      received: 2,
    });
  });
});
