import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdminEventsPolicy, suspiciousAdminEvents } from '../../src/checks/catalog/suspicious-admin-events.check.js';
import { auditFacts } from '../../src/findings/audit-archive.query.js';
import { auditCoverage, auditEvents } from '../../src/findings/audit-facts.query.js';
import { refusing, unreachable } from '../inventory/array-hub.js';
import { logOf, nightAt, pushAt } from '../inventory/audit-log-archive.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

const nights = ['2026-11-21T02:00:00.000Z', '2026-11-22T02:00:00.000Z', '2026-11-23T02:00:00.000Z'] as const;
const always = { since: '2026-01-01T00:00:00.000Z', until: '2026-12-31T00:00:00.000Z' };

const decisions = { lookBackOf: (_check: string, from: string) => from };

const many = Array.from({ length: 8 }, (_, place) => pushAt(`2026-11-1${place}T12:00:00Z`, `e${place}`));
const late = { ...pushAt('2026-11-20T12:00:00Z', 'late'), actor: 'Ada', token: 'laptop', action: 'repo.tag.delete' };
const { actor: _actor, name: _name, details: _details, ...nobodys } = pushAt('2026-11-21T12:00:00Z', 'nobody');

describe('the archive as a snapshot knew it', () => {
  let database: TestDatabase;
  let organizationId: string;
  const snapshots: string[] = [];

  beforeAll(async () => {
    database = await testDatabase();
    const { dataSource } = database;
    // The first night stops after a page; the second one reads the rest, and an event that says something else by then.
    const broken = logOf(many);
    broken.faults = [refusing('audit_log', unreachable, 2)];
    const first = await nightAt(dataSource, broken, nights[0]);
    organizationId = first.organizationId;
    const changed = many.map((event) => (event.id === 'e7' ? { ...event, actor: 'somebody-else' } : event));
    const second = await nightAt(dataSource, logOf([...changed, late]), nights[1]);
    const third = await nightAt(dataSource, logOf([...changed, late, nobodys]), nights[2]);
    snapshots.push(...[first, second, third].map(({ runId }) => runId));
    await nightAt(dataSource, logOf([pushAt('2026-11-20T12:00:00Z', 'theirs')]), nights[2], 'other');
  });
  afterAll(() => database.drop());

  const archive = (place: number) => ({ organizationId, snapshot: snapshots[place] ?? '' });
  const ask = async (place: number, wanted: Partial<Parameters<typeof auditEvents>[2]> = {}) =>
    auditEvents(database.dataSource.manager, archive(place), { ...always, ...wanted });

  it.each([
    [0, ['2026-11-15', '2026-11-16', '2026-11-17']],
    [1, [...many.map(({ at }) => at.slice(0, 10)), '2026-11-20']],
    [2, [...many.map(({ at }) => at.slice(0, 10)), '2026-11-20', '2026-11-21']],
  ])('has after night %i its events and those before, oldest first', async (place, days) => {
    expect((await ask(place)).map(({ at }) => at.slice(0, 10))).toEqual(days);
  });

  it('tells an event as it was first seen', async () => {
    const events = await ask(2, { since: '2026-11-17T00:00:00.000Z', until: '2026-11-18T00:00:00.000Z' });
    expect(events).toEqual([
      {
        id: expect.stringMatching(/^\d+$/),
        at: '2026-11-17T12:00:00.000Z',
        action: 'repo.tag.push',
        actor: 'ada',
        name: 'acme/api',
        data: { tag: 'latest' },
      },
    ]);
  });

  it('folds usernames, names tokens, and leaves out what was not said', async () => {
    const [deleted] = await ask(2, { actions: ['repo.tag.delete'] });
    expect(deleted).toMatchObject({ actor: 'ada', token: 'laptop' });
    const [unsaid] = await ask(2, { since: '2026-11-21T12:00:00.000Z', until: '2026-11-21T12:00:00.000Z' });
    expect(unsaid).toEqual({
      id: expect.any(String),
      at: '2026-11-21T12:00:00.000Z',
      action: 'repo.tag.push',
      data: {},
    });
  });

  it('gives nothing where no action is wanted', async () => {
    expect(await ask(2, { actions: [] })).toEqual([]);
  });

  it('covers what was read whole, without the holes between', async () => {
    const coverage = async (place: number) => auditCoverage(database.dataSource.manager, archive(place));
    expect(await coverage(0)).toEqual([{ from: '2026-11-15T12:00:00.001Z', to: nights[0] }]);
    expect(await coverage(1)).toEqual([{ from: '2026-10-23T02:00:00.000Z', to: nights[1] }]);
    expect(await coverage(2)).toEqual([{ from: '2026-10-23T02:00:00.000Z', to: nights[2] }]);
  });

  it.each([
    // The rest of the thirty days is still to be read.
    [0, nights[0], '2026-10-22T02:00:00.000Z', [{ from: '2026-10-22T02:00:00.000Z', to: '2026-11-15T12:00:00.001Z' }]],
    // By the second night a day of it had gone, and the archive begins a day later.
    [1, nights[1], '2026-10-23T02:00:00.000Z', []],
    [2, '2027-06-01T02:00:00.000Z', '2026-10-23T02:00:00.000Z', []],
  ])('says after night %i, at %s, where it begins and what it lacks', async (place, now, beginsAt, holes) => {
    const organization = { id: organizationId, name: 'acme', snapshot: snapshots[place] ?? '' };
    const facts = await auditFacts(database.dataSource.manager, { ...organization, decisions }, now, []);
    expect(facts).toEqual({
      auditArchive: expect.objectContaining({ beginsAt, holes, coveredUntil: nights[place], gone: null }),
    });
  });
});

describe('an outage longer than Docker Hub shows', () => {
  it('leaves a hole that the archive keeps', async () => {
    const database = await testDatabase();
    const first = await nightAt(database.dataSource, logOf(many), nights[0]);
    const later = '2027-01-21T02:00:00.000Z';
    const second = await nightAt(database.dataSource, logOf(many), later);
    const organization = { id: first.organizationId, name: 'acme', snapshot: second.runId };
    const { auditArchive } = await auditFacts(database.dataSource.manager, { ...organization, decisions }, later, []);
    expect(auditArchive).toMatchObject({
      beginsAt: '2026-10-22T02:00:00.000Z',
      holes: [{ from: nights[0], to: '2026-12-22T02:00:00.000Z' }],
      coveredSince: '2026-12-22T02:00:00.000Z',
    });
    await database.drop();
  });
});

describe('what administrators did', () => {
  it('is told as far back as an approval that stands may have been used up', async () => {
    const database = await testDatabase();
    const did = (at: string, id: string) => ({ ...pushAt(at, id), action: 'org.domain.delete' });
    const swept = Array.from({ length: 3 }, (_, place) => ({
      ...pushAt(`2026-11-02T12:0${place}:00Z`, `gone-${place}`),
      action: 'repo.tag.delete',
    }));
    const log = logOf([did('2026-11-01T12:00:00Z', 'before'), ...swept, did('2026-11-20T12:00:00Z', 'within')]);
    const { organizationId, runId } = await nightAt(database.dataSource, log, nights[0]);
    const policy = Object.assign(new AdminEventsPolicy(), { bulk: 3 });
    const told = async (from: string | null) => {
      const lookBackOf = (check: string, start: string) => (check === suspiciousAdminEvents.id && from) || start;
      const organization = { id: organizationId, name: 'acme', snapshot: runId, decisions: { lookBackOf } };
      const facts = await auditFacts(database.dataSource.manager, organization, nights[0], [
        { check: suspiciousAdminEvents, policy },
      ]);
      const { events = [], bursts = [] } = facts.adminEvents ?? {};
      return [...events.map(({ at }) => at.slice(0, 10)), ...bursts.map(({ from: began }) => began.slice(0, 10))];
    };
    expect(await told(null)).toEqual(['2026-11-20']);
    expect(await told('2026-10-25T00:00:00.000Z')).toEqual(['2026-11-01', '2026-11-20', '2026-11-02']);
    await database.drop();
  });

  it('says of changed settings whether they lifted a restriction, or that nobody can tell', async () => {
    const database = await testDatabase();
    const said: Record<string, string>[] = [
      { setting: 'description' },
      { description: 'updated the settings of acme' },
      { description: 'Image Access Management was turned off' },
      { 'restricted_images.enabled': 'true' },
      { 'restricted_images.enabled': 'perhaps' },
      { description: 'changed Image Access Management' },
      { setting: 'restricted_images', new_value: 'false' },
      { setting: 'restricted_images', old_value: 'true' },
      { restrictedImages: 'false' },
      { 'image-access': 'On' },
      { restricted_images: 'true', new_value: 'false' },
      {},
    ];
    const changed = said.map((details, place) => ({
      ...pushAt(`2026-11-20T12:${10 + place}:00Z`, `set-${place}`),
      action: 'org.settings.update',
      details,
    }));
    const { organizationId, runId } = await nightAt(database.dataSource, logOf(changed), nights[0]);
    const { adminEvents } = await auditFacts(
      database.dataSource.manager,
      { id: organizationId, name: 'acme', snapshot: runId, decisions },
      nights[0],
      [{ check: suspiciousAdminEvents, policy: new AdminEventsPolicy() }],
    );
    const told = adminEvents?.events.map(({ on, unclear }) => (unclear ? 'unclear' : (on ?? 'something else')));
    const [first, second, ...others] = told ?? [];
    expect([first, second]).toEqual(['something else', 'something else']);
    const expected = [false, true, 'unclear', 'unclear', false, 'unclear', false, true, 'unclear', 'unclear'];
    expect(others).toEqual(expected);
    await database.drop();
  });
});
