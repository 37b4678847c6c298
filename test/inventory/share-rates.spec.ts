import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunningHub } from '../../src/demo/hub.js';
import { DockerHub } from '../../src/dockerhub/docker-hub.js';
import type { Lease } from '../../src/dockerhub/shared-budget.js';
import { shareRates } from '../../src/inventory/share-rates.js';
import { acmeHub } from '../dockerhub/acme-hub.js';
import { clientOf, configOf, hasty, listing, oat } from '../dockerhub/reading-rig.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
const running: RunningHub[] = [];
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  await database.drop();
});

async function hubWith(options: Parameters<typeof acmeHub>[0]): Promise<RunningHub> {
  const { hub } = await acmeHub(options);
  running.push(hub);
  return hub;
}

/** As a process would; it asks nothing twice because the machine is slow. */
function client(url: string, signal?: AbortSignal): DockerHub {
  const patience = { ...hasty, attemptMs: 10_000, totalMs: 30_000 };
  return clientOf(url, { patience, sharedBudget: shareRates(database.dataSource), ...(signal && { signal }) });
}

async function ask(hub: DockerHub, pages: number, onPage = (): void => undefined): Promise<void> {
  const reader = hub.organization(configOf({ hub: oat }));
  await Promise.all(
    Array.from({ length: pages }, async (_, place) => {
      const page = await reader.page(listing('team_members', `team-${place}`), null);
      // Denied, because there is no such team; but answered.
      expect(page).not.toMatchObject({ reason: 'DEADLINE' });
      onPage();
    }),
  );
}

function statuses(hub: RunningHub): number[] {
  return hub.requests.filter(({ path }) => path.includes('/groups/')).map(({ status }) => status);
}

describe('three processes with one credential', () => {
  test('stay within its rate limit together, use all of it, and get the same share', { timeout: 60_000 }, async () => {
    const hub = await hubWith({ rateLimit: 60, rateWindowMs: 4_000, latencyMs: 15 });
    const done = [0, 0, 0];
    const began = Date.now();
    const reading = Promise.all(
      [0, 1, 2].map((place) => ask(client(hub.url), 60, () => (done[place] = (done[place] ?? 0) + 1))),
    );
    let early: number[] = [];
    while (early.length === 0) {
      await wait(5);
      if (done.reduce((sum, one) => sum + one, 0) >= 100) early = [...done];
    }
    await reading;
    expect(statuses(hub)).toHaveLength(180);
    expect(statuses(hub)).not.toContain(429);
    // Three whole windows, and nothing of a fourth but what was left out for safety.
    expect(Date.now() - began).toBeLessThan(17_000);
    // A third each would be 33; whoever finds out about a window is a little ahead in it.
    for (const share of early) expect(share).toBeGreaterThanOrEqual(15);
  });

  test('one of them killed, the others go on with what it had not leased', { timeout: 60_000 }, async () => {
    const hub = await hubWith({ rateLimit: 40, rateWindowMs: 3_000, latencyMs: 15 });
    const stop = new AbortController();
    const dying = ask(client(hub.url, stop.signal), 60).catch((error: unknown) => error);
    const living = Promise.all([0, 1].map(() => ask(client(hub.url), 30)));
    await wait(1_000);
    stop.abort();
    expect(await dying).toMatchObject({ name: 'AbortError' });
    await living;
    expect(statuses(hub)).not.toContain(429);
    expect(statuses(hub).length).toBeGreaterThanOrEqual(60);
  });

  test('without limits go side by side', async () => {
    const hub = await hubWith({ latencyMs: 5 });
    const began = Date.now();
    await Promise.all([0, 1, 2].map(() => ask(client(hub.url), 100)));
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(statuses(hub)).toHaveLength(300);
  });

  test('whose database cannot be asked go by the answers alone', async () => {
    const hub = await hubWith({ rateLimit: 30, rateWindowMs: 2_000 });
    await database.dataSource.query('drop table rate_window');
    await ask(client(hub.url), 40);
    expect(statuses(hub)).not.toContain(429);
  });
});

describe('a window', () => {
  const lease = (wanted: { requests: number; lanes?: number; remaining?: number; endsInMs?: number }): Promise<Lease> =>
    shareRates(database.dataSource)('one').lease({
      requests: wanted.requests,
      lanes: wanted.lanes ?? 1,
      seen:
        wanted.remaining === undefined ? null : { remaining: wanted.remaining, endsInMs: wanted.endsInMs ?? 60_000 },
    });
  /** As the client does where it is told to wait for nothing. */
  const first = async (): Promise<Lease> => {
    await lease({ requests: 1 });
    return lease({ requests: 1 });
  };

  test('that nobody knows is found out by one, for whom the others wait', async () => {
    expect(await first()).toEqual({ outcome: 'find out' });
    expect(await lease({ requests: 1 })).toEqual({ outcome: 'wait', ms: 25 });
    expect(await lease({ requests: 5, remaining: 160 })).toMatchObject({ outcome: 'leased', requests: 5, left: 160 });
    expect(await lease({ requests: 20 })).toMatchObject({ outcome: 'leased', requests: 10, left: 155 });
  });

  test('is leased by the number of organizations that wait, and never beyond what is left', async () => {
    await first();
    expect(await lease({ requests: 90, lanes: 3, remaining: 160 })).toMatchObject({ requests: 30 });
    expect(await lease({ requests: 90, lanes: 30 })).toMatchObject({ requests: 90 });
    expect(await lease({ requests: 90, lanes: 90 })).toMatchObject({ requests: 40, left: 40 });
    expect(await lease({ requests: 1 })).toMatchObject({ outcome: 'leased', requests: 0, left: 0 });
  });

  test('that somebody else uses too is as small as the answers say', async () => {
    await first();
    await lease({ requests: 1, remaining: 160 });
    expect(await lease({ requests: 8, remaining: 32 })).toMatchObject({ requests: 2, left: 32 });
    expect(await lease({ requests: 8, remaining: 100 })).toMatchObject({ requests: 2, left: 30 });
  });

  test('of thousands is leased by hundredths, which come back', async () => {
    await first();
    const { left } = (await lease({ requests: 1, remaining: 60_000 })) as { left: number };
    expect(left).toBe(60_000);
    const shared = shareRates(database.dataSource)('one');
    await shared.giveBack(500, 30_000);
    expect(await lease({ requests: 1 })).toMatchObject({ left: 59_400 });
    await shared.giveBack(594, 59_500);
    expect(await lease({ requests: 1 })).toMatchObject({ left: 59_400 });
  });

  test('begins anew once it has ended, and the old one is forgotten', async () => {
    await first();
    await lease({ requests: 1, remaining: 100, endsInMs: 150 });
    await wait(200);
    expect(await lease({ requests: 1 })).toEqual({ outcome: 'find out' });
    await shareRates(database.dataSource)('one').giveBack(0, 0);
    expect(await lease({ requests: 1 })).toEqual({ outcome: 'find out' });
    expect(await lease({ requests: 1, remaining: 180, endsInMs: 60_000 })).toMatchObject({ left: 180 });
    expect(await lease({ requests: 1, remaining: 3, endsInMs: 40_000 })).toMatchObject({ left: 179 });
  });

  test('that ended a month ago is forgotten when another credential is new', async () => {
    await first();
    await lease({ requests: 1, remaining: 100 });
    await database.dataSource.query(`update rate_window set ends_at = ends_at - interval '31 days'`);
    await shareRates(database.dataSource)('two').lease({ requests: 1, lanes: 1, seen: null });
    expect(await database.dataSource.query('select credential from rate_window')).toEqual([{ credential: 'two' }]);
  });

  test('of one credential is none of another', async () => {
    await first();
    expect(await shareRates(database.dataSource)('two').lease({ requests: 1, lanes: 1, seen: null })).toEqual({
      outcome: 'wait',
      ms: 0,
    });
    expect(await shareRates(database.dataSource)('two').lease({ requests: 1, lanes: 1, seen: null })).toEqual({
      outcome: 'find out',
    });
  });
});
