import { afterEach, describe, expect, it } from 'vitest';
import { acmeHub } from './acme-hub.js';
import { clientOf, configOf, listing, login, oat, pageOf, refusalOf } from './reading-rig.js';
import type { Asked, Told } from './scripted-hub.js';
import { afterSignIn, emptyPage, scriptedHub } from './scripted-hub.js';

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

async function scripted(tell: Parameters<typeof afterSignIn>[0], options: Parameters<typeof clientOf>[1] = {}) {
  const hub = await scriptedHub(afterSignIn(tell));
  running.push(hub);
  return {
    hub,
    client: clientOf(hub.url, options),
    reader: clientOf(hub.url, options).organization(configOf({ hub: oat })),
  };
}

const members = listing('members');
const manyTeams = (count: number) =>
  Array.from({ length: count }, (_, place) => listing('team_members', `team-${place}`));

function gaps(asked: readonly Asked[]): number[] {
  const at = asked.filter((one) => one.path !== '/v2/auth/token').map((one) => one.at);
  return at.slice(1).map((one, place) => one - (at[place] ?? 0));
}

describe('too many requests (429)', () => {
  it('are waited for, as long as the answer says in seconds or as a Unix time, else for a second', async () => {
    const headers: readonly (() => Record<string, string>)[] = [
      () => ({ 'retry-after': '1' }),
      () => ({ 'x-retry-after': String(Math.ceil(Date.now() / 1000) + 1) }),
      () => ({ 'retry-after': String(Math.ceil(Date.now() / 1000) + 1) }),
      () => ({}),
      () => ({ 'retry-after': 'later' }),
    ];
    const waits = await Promise.all(
      headers.map(async (one) => {
        const limited = () => ({ status: 429, json: { detail: 'Rate limit exceeded', error: false }, headers: one() });
        const { hub, reader } = await scripted((_asked, nth) => (nth === 1 ? limited() : emptyPage()));
        await pageOf(reader, members);
        return gaps(hub.asked);
      }),
    );
    for (const [wait = 0, ...more] of waits) {
      expect(wait).toBeGreaterThanOrEqual(980);
      expect(wait).toBeLessThan(2_500);
      expect(more).toEqual([]);
    }
  });

  it('do not count as tries', async () => {
    const { hub, reader } = await scripted((_, nth) =>
      nth <= 12 ? { status: 429, json: {}, headers: { 'retry-after': '0.01' } } : emptyPage(),
    );
    await pageOf(reader, members);
    expect(hub.count('/members')).toBe(13);
  });

  it('for ever end the listing', async () => {
    const { hub, reader } = await scripted(() => ({ status: 429, json: {}, headers: { 'retry-after': '0.01' } }));
    const refusal = await refusalOf(reader, members);
    expect(refusal).toMatchObject({ status: 'failed', reason: 'SOURCE_UNREACHABLE' });
    expect(hub.count('/members')).toBe(31);
  });

  it('hold back every request of that credential, and none of another', async () => {
    const { hub, client } = await scripted((asked) =>
      asked.path.includes('/orgs/acme/members') && hub.count('/orgs/acme/members') === 1
        ? { status: 429, json: {}, headers: { 'retry-after': '3' } }
        : emptyPage(),
    );
    const acme = client.organization(configOf({ hub: oat }));
    const beta = client.organization(configOf({ name: 'beta', owner: login }));
    const waiting = pageOf(acme, members);
    await expect.poll(() => hub.count('/orgs/acme/members')).toBe(1);
    // Until the answer has come.
    await new Promise((resolve) => setTimeout(resolve, 200));
    await Promise.all([pageOf(beta, members), pageOf(acme, listing('teams'))]);
    const at = (path: string): number => hub.asked.find((one) => one.path.includes(path))?.at ?? NaN;
    expect(at('/orgs/acme/groups') - at('/orgs/acme/members')).toBeGreaterThan(2_900);
    expect(at('/orgs/beta/members')).toBeLessThan(at('/orgs/acme/groups'));
    await waiting;
  });

  it.each<[string, () => Record<string, string>]>([
    ['seconds', () => ({ 'retry-after': '600' })],
    ['a Unix time', () => ({ 'x-retry-after': String(Math.ceil(Date.now() / 1000) + 600) })],
    ['years', () => ({ 'retry-after': '99999999' })],
  ])('that would outlast the run end it at once: %s', async (_, headers) => {
    const began = Date.now();
    const { hub, reader } = await scripted(() => ({ status: 429, json: {}, headers: headers() }), {
      deadline: began + 30_000,
    });
    const refusals = await Promise.all([members, listing('teams')].map((one) => refusalOf(reader, one)));
    refusals.push(await refusalOf(reader, listing('invites')));
    for (const refusal of refusals) expect(refusal).toMatchObject({ status: 'failed', reason: 'DEADLINE' });
    expect(Date.now() - began).toBeLessThan(15_000);
    expect(hub.count('/invites')).toBe(0);
  });
});

describe('the rate headers', () => {
  it('keep a run within the limit, with no 429 at all', async () => {
    const { hub } = await acmeHub({ rateLimit: 30, rateWindowMs: 800 });
    running.push(hub);
    const client = clientOf(hub.url);
    const reader = client.organization(configOf({ hub: oat }));
    await Promise.all(manyTeams(50).map((one) => reader.page(one, null)));
    expect(hub.count('/groups/')).toBe(50);
    expect(hub.requests.filter((one) => one.status === 429)).toEqual([]);
    expect(client.budget).toMatchObject([
      { limit: 30, inFlight: 0, remaining: expect.any(Number), credential: reader.credentials[0] },
    ]);
  });

  it('end the listings that the window leaves no room for before the deadline', async () => {
    const { hub } = await acmeHub({ rateLimit: 5, rateWindowMs: 60_000 });
    running.push(hub);
    const reader = clientOf(hub.url, { deadline: Date.now() + 30_000 }).organization(configOf({ hub: oat }));
    const began = Date.now();
    const pages = await Promise.all(manyTeams(9).map((one) => reader.page(one, null)));
    const late = pages.filter((one) => one.outcome === 'refused' && one.reason === 'DEADLINE');
    expect(late).toHaveLength(4);
    expect(late[0]).toMatchObject({ message: expect.stringContaining('the rate limit of 127.0.0.1') });
    expect(Date.now() - began).toBeLessThan(15_000);
    expect(hub.requests.filter((one) => one.status === 429)).toEqual([]);
  });

  it.each([
    ['say nothing', undefined, 4],
    ['say that there is plenty', 10_000, 24],
    ['say that there is little', 24, 3],
  ])('that %s let so many go at once', async (_, remaining, most) => {
    let [open, highest, isHeld] = [0, 0, false];
    let enough = (): void => undefined;
    const areOpen = new Promise<void>((resolve) => (enough = resolve));
    const { hub, reader } = await scripted(async () => {
      open += 1;
      highest = Math.max(highest, open);
      if (highest >= most - 1) enough();
      if (isHeld) await areOpen;
      // Time for one too many to come.
      await new Promise((resolve) => setTimeout(resolve, 25));
      open -= 1;
      const page: Told = { json: { count: 0, next: null, results: [] } };
      if (remaining === undefined) return page;
      const left = remaining - hub.asked.length;
      return {
        ...page,
        headers: {
          'x-ratelimit-limit': '20000',
          'x-ratelimit-remaining': String(left),
          'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 60),
        },
      };
    });
    await pageOf(reader, members);
    // The width grows with every answer.
    if (remaining === 10_000) await Promise.all(manyTeams(60).map((one) => pageOf(reader, one)));
    [highest, isHeld] = [0, true];
    await Promise.all(manyTeams(remaining === 24 ? 15 : 60).map((one) => pageOf(reader, one)));
    expect(highest).toBeLessThanOrEqual(most);
    expect(highest).toBeGreaterThanOrEqual(most - 1);
  });

  it('are shared fairly: a small organization does not wait for a large one', async () => {
    const { hub, client } = await scripted(async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      return emptyPage();
    });
    const large = client.organization(configOf({ name: 'large', owner: login }));
    const small = client.organization(configOf({ name: 'small', owner: login }));
    await pageOf(large, members);
    const all = manyTeams(120).map((one) => pageOf(large, one));
    await Promise.all(manyTeams(10).map((one) => pageOf(small, one)));
    expect(hub.count('/orgs/large/groups')).toBeLessThan(40);
    await Promise.all(all);
  });
});
