import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { FaultAnswer } from '../../src/demo/faults.js';
import { acmeHub, datasets, everyDataset } from './acme-hub.js';
import { clientOf, configOf, hasty, listing, login, oat, pageOf, readAll, refusalOf } from './reading-rig.js';
import type { Told } from './scripted-hub.js';
import { afterSignIn, deadUrl, emptyPage, scriptedHub } from './scripted-hub.js';

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

async function acme(options: Parameters<typeof acmeHub>[0] = {}) {
  const started = await acmeHub(options);
  running.push(started.hub);
  return started;
}

async function scripted(tell: Parameters<typeof afterSignIn>[0], options: Parameters<typeof clientOf>[1] = {}) {
  const hub = await scriptedHub(afterSignIn(tell));
  running.push(hub);
  return { hub, reader: clientOf(hub.url, options).organization(configOf({ hub: oat })) };
}

const members = listing('members');

describe('trouble that passes', () => {
  it.each<[FaultAnswer]>([[500], [502], [503], [504], [408], ['reset'], ['cut body'], ['html'], ['empty'], ['hang']])(
    'costs a second try: %j',
    async (answer) => {
      const { hub, reader } = await acme({ members: 150 });
      hub.faults.push({ on: 'page=2', answer, times: 1 });
      expect((await readAll(reader({ hub: oat }), members)).rows).toHaveLength(151);
      expect(hub.count('page=2')).toBe(2);
      expect(hub.count('/members')).toBe(3);
    },
  );

  it.each<[string, Told]>([
    ['a list', { json: [] }],
    ['null', { json: null }],
    ['an error', { json: { message: 'internal error', errinfo: null } }],
    ['results that are none', { json: { count: 1, next: null, results: {} } }],
    ['a body in another encoding than it says', { bytes: 'plain', headers: { 'content-encoding': 'gzip' } }],
    ['nothing', { status: 204, bytes: '' }],
  ])('also where the body is %s', async (_, told) => {
    const { hub, reader } = await scripted((_asked, nth) => (nth < 3 ? told : emptyPage()));
    await pageOf(reader, members);
    expect(hub.count('/members')).toBe(3);
  });

  it('is waited for longer each time', async () => {
    const patience = { ...hasty, backoffMs: 100 };
    const { hub, reader } = await scripted((_, nth) => (nth < 4 ? 'reset' : emptyPage()), { patience });
    await pageOf(reader, members);
    const at = hub.asked.filter((one) => one.path.includes('/members')).map((one) => one.at);
    const gaps = at.slice(1).map((one, place) => one - (at[place] ?? 0));
    // A jitter of up to a half below 100, 200 and 400 ms.
    for (const [place, least] of [45, 95, 195].entries()) expect(gaps[place]).toBeGreaterThanOrEqual(least);
  });

  it('reads what is compressed', async () => {
    const bytes = gzipSync(JSON.stringify({ count: 1, next: null, results: [{ id: 'a' }] }));
    const { reader } = await scripted(() => ({ bytes, headers: { 'content-encoding': 'gzip' } }));
    expect((await pageOf(reader, members)).rows).toEqual([{ key: 'a', data: {} }]);
  });
});

describe('trouble that stays', () => {
  it.each<[FaultAnswer, string]>([
    [500, 'the error 500'],
    ['reset', 'the connection was reset (ECONNRESET)'],
    ['cut body', 'cut off'],
    ['html', 'was no JSON'],
    ['empty', 'was empty'],
    ['hang', 'did not answer in time'],
  ])('ends the listing after five tries: %j', async (answer, says) => {
    const { hub, reader } = await acme();
    hub.faults.push({ on: '/members', answer });
    const refusal = await refusalOf(reader({ hub: oat }), members);
    expect(refusal).toMatchObject({ status: 'failed', reason: 'SOURCE_UNREACHABLE' });
    expect(refusal.message).toContain(says);
    expect(refusal.message).toContain('after 5 tries');
    expect(refusal.message).toContain('the members of acme');
    expect(hub.count('/members')).toBe(5);
  });

  it.each([{ Resources: [] }, { totalResults: '0', Resources: [] }])(
    'is a SCIM list of nobody knows how many: %j',
    async (json) => {
      const hub = await scriptedHub(() => ({ json }));
      running.push(hub);
      const reader = clientOf(hub.url).organization(configOf({ scim: { url: `${hub.url}/scim`, token: 'abc' } }));
      const refusal = await refusalOf(reader, datasets.scim_users);
      expect(refusal).toMatchObject({ status: 'failed', reason: 'SOURCE_UNREACHABLE' });
      expect(hub.count('/Users')).toBe(5);
    },
  );

  it('ends it sooner where all tries together have taken their time', async () => {
    const { hub, organization } = await acme();
    hub.faults.push({ on: '/members', answer: 'hang' });
    const client = clientOf(hub.url, { patience: { ...hasty, totalMs: 700, attemptMs: 300 } });
    const began = Date.now();
    await refusalOf(client.organization(configOf({ hub: oat })), members);
    expect(Date.now() - began).toBeLessThan(10_000);
    expect(hub.count('/members')).toBe(3);
    expect(organization.name).toBe('acme');
  });

  it.each<[string, Told, string]>([
    ['a redirect', { status: 301, json: {}, headers: { location: 'https://hub.docker.com/' } }, 'redirect (301)'],
    ['a status that nobody expects', { status: 400, json: { message: 'bad request' } }, 'answered 400'],
    ['a route that is gone', { status: 410, json: {} }, 'answered 410'],
  ])('that no second try would change is not tried again: %s', async (_, told, says) => {
    const { hub, reader } = await scripted(() => told);
    const refusal = await refusalOf(reader, members);
    expect(refusal).toMatchObject({ status: 'failed', reason: 'SOURCE_UNREACHABLE' });
    expect(refusal.message).toContain(says);
    expect(hub.count('/members')).toBe(1);
  });

  it.each([
    ['as it comes', 'identity'],
    ['unpacked from far less', 'gzip'],
  ])('is an answer of more than 64 MiB, %s', async (_, encoding) => {
    const body = Buffer.alloc(64 * 1024 * 1024 + 1, ' ');
    const bytes = encoding === 'gzip' ? gzipSync(body) : body;
    const patience = { ...hasty, attemptMs: 10_000, totalMs: 30_000 };
    const { hub, reader } = await scripted(() => ({ bytes, headers: { 'content-encoding': encoding } }), { patience });
    const refusal = await refusalOf(reader, members);
    expect(refusal).toMatchObject({ status: 'failed', reason: 'SOURCE_INCOMPLETE' });
    expect(refusal.message).toContain('more than is accepted at once');
    expect(hub.count('/members')).toBe(1);
  });
});

describe('a host', () => {
  it('is not given up for one broken page', async () => {
    const { hub, reader, scim } = await acme({ members: 250 });
    hub.faults.push({ on: '/members?page=2', answer: 500 });
    const using = reader({ hub: oat, owner: login, scim });
    const results = await Promise.all(everyDataset.map((one) => readAll(using, datasets[one])));
    expect(results.map((one) => one.refusal?.reason ?? null)).toEqual([
      'SOURCE_UNREACHABLE',
      ...everyDataset.slice(1).map(() => null),
    ]);
  });

  it('is not given up for the same page again and again, nor for three with something good in between', async () => {
    const { hub, reader } = await acme();
    const using = reader({ hub: oat });
    hub.faults.push({ on: /members|invites|audit/, answer: 500 });
    for (let place = 0; place < 4; place += 1) await refusalOf(using, members);
    await pageOf(using, datasets.teams);
    for (const one of [members, datasets.invites, datasets.audit_log]) {
      await refusalOf(using, one);
      await pageOf(using, datasets.repositories);
    }
    expect(hub.count('/auditlogs')).toBe(5);
  });

  it('is given up after three that used up all their tries with nothing in between', async () => {
    const { hub, reader } = await acme();
    const using = reader({ hub: oat });
    await pageOf(using, members);
    hub.faults.push({ on: '/v2/', answer: 503 });
    for (const one of ['teams', 'invites', 'repositories'] as const) await refusalOf(using, listing(one));
    const asked = hub.requests.length;
    const refusals = await Promise.all(
      (['members', 'registry_access', 'audit_log'] as const).map((one) => refusalOf(using, listing(one))),
    );
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ status: 'failed', reason: 'SOURCE_UNREACHABLE' });
      expect(refusal.message).toContain('the error 503');
      expect(refusal.message).toContain('not asked again in this run');
    }
    expect(hub.requests).toHaveLength(asked);
  });

  it.each<[string, FaultAnswer | 'stopped', number]>([
    ['stops', 'stopped', 100],
    ['hangs', 'hang', 100],
  ])('that %s in mid-run ends all listings soon, however many wait', async (_, answer, most) => {
    const { hub } = await acme({ repositories: 200 });
    const client = clientOf(hub.url, { patience: { ...hasty, attemptMs: 50 } });
    const using = client.organization(configOf({ hub: oat }));
    await pageOf(using, datasets.repository_teams);
    if (answer === 'stopped') await hub.stop();
    else hub.faults.push({ on: '/', answer });
    const asked = client.requests;
    const refusals = await Promise.all(
      Array.from({ length: 200 }, (_one, place) => refusalOf(using, listing('repository_teams', `api-${place}`))),
    );
    expect(new Set(refusals.map((one) => one.reason))).toEqual(new Set(['SOURCE_UNREACHABLE']));
    expect(client.requests - asked).toBeLessThan(most);
  });

  it('of SCIM that is down leaves the others alone', async () => {
    const { hub, reader } = await acme();
    const using = reader({ hub: oat, scim: { url: `${await deadUrl()}/scim`, token: 'abc' } });
    for (let place = 0; place < 4; place += 1) await refusalOf(using, datasets.scim_users);
    await pageOf(using, members);
    expect(hub.count('/members')).toBe(1);
  });
});

describe('a run that is over', () => {
  it('asks nothing any more', async () => {
    const { hub } = await acme();
    const reader = clientOf(hub.url, { deadline: Date.now() - 1 }).organization(configOf({ hub: oat }));
    const refusal = await refusalOf(reader, members);
    expect(refusal).toMatchObject({ status: 'failed', reason: 'DEADLINE' });
    expect(refusal.message).toContain('sync.deadline');
    expect(hub.requests).toEqual([]);
  });

  it.each<[string, FaultAnswer, object]>([
    ['while an answer is awaited', 'hang', { attemptMs: 30_000 }],
    ['between two tries', 500, { backoffMs: 100_000, totalMs: 1_000_000 }],
  ])('ends %s', async (_, answer, patience) => {
    const { hub } = await acme();
    hub.faults.push({ on: '/members', answer });
    const began = Date.now();
    const client = clientOf(hub.url, { deadline: began + 400, patience: { ...hasty, ...patience } });
    const refusal = await refusalOf(client.organization(configOf({ hub: oat })), members);
    expect(refusal).toMatchObject({ status: 'failed', reason: 'DEADLINE' });
    expect(Date.now() - began).toBeLessThan(8_000);
    expect(hub.count('/members')).toBe(1);
  });
});

describe('a reader that is stopped', () => {
  it.each<[string, Told]>([
    ['while an answer is awaited', 'hang'],
    ['between two tries', { status: 500, json: {} }],
    ['while it was asked to wait', { status: 429, json: {}, headers: { 'retry-after': '20' } }],
  ])('throws an AbortError and nothing else: %s', async (_, told) => {
    const stop = new AbortController();
    // Also in its last try.
    const tries = told === 'hang' ? 1 : 5;
    const patience = { tries, attemptMs: 20_000, backoffMs: 20_000, totalMs: 100_000 };
    const { hub, reader } = await scripted(() => told, { signal: stop.signal, patience });
    const reading = [reader.page(members, null), reader.page(listing('teams'), null)];
    setTimeout(() => stop.abort(new Error('shutting down')), 150);
    const began = Date.now();
    for (const one of reading) await expect(one).rejects.toMatchObject({ name: 'AbortError' });
    expect(Date.now() - began).toBeLessThan(8_000);
    const asked = hub.asked.length;
    await expect(reader.page(members, null)).rejects.toMatchObject({ name: 'AbortError' });
    expect(hub.asked).toHaveLength(asked);
  });
});
