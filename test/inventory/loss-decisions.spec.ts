import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LossDecisions } from '../../src/inventory/decide-loss.js';
import { LossesController } from '../../src/inventory/losses.controller.js';
import type { Role } from '../../src/http/roles.js';
import { AskedApi, type Asked } from '../support/asked-api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { ArrayHub, smallWorld, type ArrayWorld } from './array-hub.js';
import { readingOf, sealedSync, type Sealed } from './snapshots.js';

describe('a listing that lost too much', () => {
  let database: TestDatabase;
  let api: AskedApi;

  beforeAll(async () => {
    database = await testDatabase();
    const decisions = new LossDecisions(database.dataSource);
    api = await AskedApi.start(
      database.dataSource,
      [LossesController],
      [{ provide: LossDecisions, useValue: decisions }],
    );
  });
  afterAll(async () => {
    await api.stop();
    await database.drop();
  });

  /** `odd`: its first reading says one member more than it has, so that the second one can confirm no loss. */
  async function read(organization: string, world: ArrayWorld, odd = true): Promise<Sealed> {
    const hub = new ArrayHub(world, 100);
    let asked = 0;
    hub.faults = [
      (page, honest) => {
        if (page.dataset !== 'members' || !odd) return undefined;
        asked += 1;
        return asked === 1 ? { ...honest, reported: 99 } : undefined;
      },
    ];
    return sealedSync(database.dataSource, hub, {}, organization);
  }
  function without(...lost: readonly number[]): ArrayWorld {
    const world = smallWorld(30);
    world.members = world.members.filter((_, place) => !lost.includes(place));
    return world;
  }
  const lost = [4, 5, 6, 7, 8, 9];
  const decide = (id: unknown, decision: string, as: Role): Promise<Asked> =>
    api.ask('POST', `/api/v1/losses/${String(id)}/${decision}`, { as, body: { reason: `${decision} it` } });
  const both = async (id: unknown, decision: string): Promise<Asked> => {
    expect((await decide(id, decision, 'operator')).status).toBe(202);
    return decide(id, decision, 'admin');
  };
  async function held(organization: string): Promise<Asked['body'][]> {
    return api.items(`/api/v1/losses?organization=${organization}`);
  }

  it('is on record for as long as nothing confirms it, once', async () => {
    await read('record', smallWorld(30), false);
    for (const _ of [1, 2]) expect(readingOf(await read('record', without(...lost)), 'members').status).toBe('partial');
    expect(await held('record')).toEqual([
      {
        id: expect.any(String),
        organization: 'record',
        dataset: 'members',
        state: 'held',
        had: 30,
        lost: 6,
        sample: expect.arrayContaining([expect.any(String)]),
        heldAt: '2026-11-21T02:00:00.000Z',
        decidedAt: null,
        decidedBy: null,
        decisionReason: null,
      },
    ]);
    // The rows are back.
    expect(readingOf(await read('record', smallWorld(30)), 'members').status).toBe('complete');
    expect(await held('record')).toEqual([]);
    const [settled] = await api.items('/api/v1/losses?organization=record&state=settled');
    expect((await decide(settled?.['id'], 'release', 'admin')).body['detail']).toMatch(
      /is no more: a later reading was another one\.$/,
    );
  });

  it('released by two people is believed at the next reading, once', async () => {
    await read('released', smallWorld(30), false);
    await read('released', without(...lost));
    const [loss] = await held('released');
    const { status, body } = await both(loss?.['id'], 'release');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      state: 'released',
      decidedBy: 'the operator and the admin',
      decisionReason: 'release it',
    });
    expect((await decide(loss?.['id'], 'release', 'admin')).status).toBe(409);
    const next = await read('released', without(...lost));
    expect(readingOf(next, 'members')).toMatchObject({ status: 'complete', received: 24 });
    expect(await held('released')).toEqual([]);
    const [believed] = await api.items('/api/v1/losses?organization=released&state=believed');
    expect(believed).toMatchObject({ id: loss?.['id'] });
    expect((await decide(loss?.['id'], 'refuse', 'admin')).body['detail']).toBe(
      `Loss ${String(loss?.['id'])} is believed already.`,
    );
    const trail: unknown[] = await database.dataSource.query(
      'select actor, action, reason from trail_entry where subject = $1 order by number',
      [`loss/${String(loss?.['id'])}`],
    );
    expect(trail).toEqual([
      { actor: 'the operator', action: 'loss.release-asked', reason: 'release it' },
      { actor: 'the admin', action: 'loss.released', reason: 'release it' },
    ]);
  });

  it('released is believed as it was, and no other', async () => {
    await read('another', smallWorld(30), false);
    await read('another', without(...lost));
    const [loss] = await held('another');
    await both(loss?.['id'], 'release');
    const next = await read('another', without(...lost, 20));
    expect(readingOf(next, 'members')).toMatchObject({ status: 'partial', reason: 'LISTING_SHRANK' });
    expect(await held('another')).toMatchObject([{ state: 'held', lost: 7 }]);
  });

  it('refused by two people is not believed though two readings agree, until they release it', async () => {
    await read('refused', smallWorld(30), false);
    await read('refused', without(...lost));
    const [loss] = await held('refused');
    expect((await both(loss?.['id'], 'refuse')).body).toMatchObject({ state: 'refused' });
    const next = await read('refused', without(...lost), false);
    expect(readingOf(next, 'members')).toMatchObject({
      status: 'partial',
      reason: 'LISTING_SHRANK',
      message:
        'Read twice, and it lost 6 of the 30 rows that the last complete reading had. the operator and the admin refused to ' +
        `believe that (loss ${String(loss?.['id'])}).`,
    });
    expect(await held('refused')).toMatchObject([{ id: loss?.['id'], state: 'refused' }]);
    expect((await both(loss?.['id'], 'release')).body).toMatchObject({ state: 'released' });
    expect(readingOf(await read('refused', without(...lost)), 'members').status).toBe('complete');
  });

  it('is decided once, whoever says what at the same time', async () => {
    await read('crowd', smallWorld(30), false);
    await read('crowd', without(...lost));
    const [loss] = await held('crowd');
    const id = loss?.['id'];
    const opposite = await Promise.all([decide(id, 'release', 'operator'), decide(id, 'refuse', 'admin')]);
    expect(statusesOf(opposite)).toEqual([202, 409]);
    // The one who was heard changes their mind as often as they like, and is one person all the same.
    const heard = opposite[0]?.status === 202 ? 'operator' : 'admin';
    const alone = await Promise.all([1, 2, 3].map(() => decide(id, 'release', heard)));
    expect(statusesOf(alone)).toEqual([202, 202, 202]);
    const other = heard === 'admin' ? 'operator' : 'admin';
    const agreed = await Promise.all([1, 2, 3].map(() => decide(id, 'release', other)));
    expect(statusesOf(agreed)).toEqual([200, 409, 409]);
    expect(await held('crowd')).toMatchObject([{ state: 'released' }]);
  });

  it('refused while a run is about to believe it, it is not believed', async () => {
    await read('race', smallWorld(30), false);
    await read('race', without(...lost));
    const [loss] = await held('race');
    await both(loss?.['id'], 'release');
    expect((await decide(loss?.['id'], 'refuse', 'operator')).status).toBe(202);
    const { dataSource } = database;
    let next: Promise<Sealed> | null = null;
    await dataSource.transaction(async (manager) => {
      await manager.query('select from held_loss where id = $1 for update', [loss?.['id']]);
      next = read('race', without(...lost));
      await expect.poll(() => waiting(dataSource), { timeout: 20_000 }).toBe(true);
      await manager.query(`update held_loss set state = 'refused' where id = $1`, [loss?.['id']]);
    });
    expect(readingOf(await (next ?? read('race', without(...lost))), 'members').status).toBe('partial');
    expect(await held('race')).toMatchObject([{ id: loss?.['id'], state: 'refused' }]);
  });

  it('is not decided by those who only read, nor where there is none', async () => {
    for (const role of ['auditor', 'reviewer'] as const) expect((await decide('1', 'release', role)).status).toBe(403);
    for (const id of ['0', '01', '4711', 'abc']) expect((await decide(id, 'refuse', 'admin')).status).toBe(404);
  });
});

function statusesOf(answers: readonly Asked[]): number[] {
  return answers.map(({ status }) => status).toSorted((one, other) => one - other);
}

/** Whether somebody waits for a row that somebody else has. */
async function waiting(dataSource: DataSource): Promise<boolean> {
  const rows: unknown[] = await dataSource.query(
    `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
  );
  return rows.length > 0;
}
