import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addOrganizationToken, hubMember, hubOrganization } from '../src/demo/build-world.js';
import type { Fault } from '../src/demo/faults.js';
import type { RunningHub } from '../src/demo/hub.js';
import { startHub } from '../src/demo/hub.js';
import type { HubPage } from './support/ask-hub.js';
import { askHub, postHub, signInToHub } from './support/ask-hub.js';

const members = '/v2/orgs/acme/members?page_size=4';

let hub: RunningHub;
let bearer = '';

beforeEach(async () => {
  const acme = hubOrganization('acme');
  for (let place = 0; place < 10; place += 1) acme.members.push(hubMember(`user${place}`));
  addOrganizationToken(acme, 'oat');
  hub = await startHub({ organizations: [acme] });
  bearer = await signInToHub(hub.url, 'acme', 'oat');
});
afterEach(async () => hub.stop());

async function ask(path: string, signal?: AbortSignal): Promise<Response> {
  return fetch(hub.url + path, { headers: { authorization: `Bearer ${bearer}` }, ...(signal ? { signal } : {}) });
}

async function page(number = 1): Promise<HubPage> {
  return (await askHub<HubPage>(hub.url, `${members}&page=${number}`, bearer)).body;
}

function ids({ results }: HubPage): unknown[] {
  return results.map((one) => one['username']);
}

describe('a fault', () => {
  it('strikes as often as it says, after as many as it says, where it says', async () => {
    hub.faults.push({ on: /members\?.*page=2/, answer: 500, times: 2, after: 1 });
    const statuses: number[] = [];
    for (let go = 0; go < 5; go += 1) statuses.push((await ask(`${members}&page=2`)).status);
    expect(statuses).toEqual([200, 500, 500, 200, 200]);
    expect((await ask(`${members}&page=1`)).status).toBe(200);
  });

  it.each([
    [500, { message: 'internal error', errinfo: null }],
    [401, { message: 'unauthorized', errinfo: null }],
    [403, { message: 'permission denied', errinfo: null }],
    [404, { message: 'not found', errinfo: null }],
    [429, { detail: 'Rate limit exceeded', error: false }],
  ])('answers %i with its body and the rate headers', async (status, body) => {
    hub.faults.push({ on: '/members', answer: status });
    const answer = await ask(members);
    expect([answer.status, await answer.json()]).toEqual([status, body]);
    expect(answer.headers.get('x-ratelimit-limit')).toBe('60000');
    expect(answer.headers.get('retry-after')).toBe(status === 429 ? '1' : null);
  });

  it('asks to wait in seconds, or in the older form until an instant', async () => {
    hub.faults.push({ on: members, answer: { status: 429, retryAfter: 7 }, times: 1 });
    hub.faults.push({ on: members, answer: { status: 503, retryAt: 1_900_000_000, body: { detail: 'busy' } } });
    expect((await ask(members)).headers.get('retry-after')).toBe('7');
    const older = await ask(members);
    expect([older.status, older.headers.get('retry-after')]).toEqual([503, null]);
    expect(older.headers.get('x-retry-after')).toBe('1900000000');
    expect(await older.json()).toEqual({ detail: 'busy' });
  });

  it('resets the connection', async () => {
    hub.faults.push({ on: '/members', answer: 'reset', times: 1 });
    await expect(ask(members)).rejects.toThrow('fetch failed');
    expect(hub.requests.at(-1)).toMatchObject({ path: members, status: 0 });
    expect((await ask(members)).status).toBe(200);
  });

  it('cuts the body in the middle of what Content-Length promised', async () => {
    const whole = await (await ask(members)).text();
    hub.faults.push({ on: '/members', answer: 'cut body' });
    const answer = await ask(members);
    expect(answer.status).toBe(200);
    expect(Number(answer.headers.get('content-length'))).toBe(Buffer.byteLength(whole));
    await expect(answer.text()).rejects.toThrow('terminated');
  });

  it('answers a page for people, or nothing', async () => {
    hub.faults.push({ on: '/members', answer: 'html', times: 1 }, { on: '/members', answer: 'empty' });
    const html = await ask(members);
    expect([html.status, html.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await html.text()).toContain('<html>');
    const empty = await ask(members);
    expect([empty.status, empty.headers.get('content-type'), await empty.text()]).toEqual([
      200,
      'application/json',
      '',
    ]);
  });

  it('never answers, and does not keep the hub from stopping', async () => {
    hub.faults.push({ on: '/members', answer: 'hang', times: 1 });
    await expect(ask(members, AbortSignal.timeout(150))).rejects.toThrow('timeout');
    hub.faults.push({ on: '/members', answer: 'hang' });
    const open = ask(members);
    await expect.poll(() => hub.count('/members')).toBe(2);
    await Promise.all([expect(open).rejects.toThrow('fetch failed'), hub.stop()]);
  });

  it('comes late, together with another one', async () => {
    hub.faults.push({ on: '/members', answer: { delayMs: 120 } }, { on: '/members', answer: 500 });
    const start = Date.now();
    expect((await ask(members)).status).toBe(500);
    expect(Date.now() - start).toBeGreaterThanOrEqual(115);
  });

  it('repeats the last row of the page before, or the first one of the first page', async () => {
    const [first, second, third] = [ids(await page(1)), ids(await page(2)), ids(await page(3))];
    hub.faults.push({ on: 'page=', answer: 'repeat ids' });
    expect(ids(await page(1))).toEqual([...first.slice(0, 3), first[0]]);
    expect(ids(await page(2))).toEqual([first[3], ...second.slice(0, 3)]);
    expect(ids(await page(3))).toEqual([second[3], ...third]);
    expect((await page(2)).count).toBe(10);
  });

  it('holds back half of a page', async () => {
    hub.faults.push({ on: 'page=2', answer: 'shrink' });
    const shrunk = await page(2);
    expect([shrunk.count, shrunk.results.length]).toEqual([10, 2]);
    expect(shrunk.next).toContain('page=3');
  });

  it('leads to another host, or in a circle', async () => {
    hub.faults.push({ on: 'page=1', answer: 'next elsewhere' }, { on: 'page=3', answer: 'next loop' });
    expect((await page(1)).next).toBe('http://hub.elsewhere.invalid/v2/orgs/acme/members?page_size=4&page=2');
    expect((await page(3)).next).toBe(`${hub.url}${members}&page=3`);
    hub.faults.unshift({ on: 'page=1', answer: 'next elsewhere', to: 'http://127.0.0.1:9' });
    expect((await page(1)).next).toBe('http://127.0.0.1:9/v2/orgs/acme/members?page_size=4&page=2');
  });

  it.each<[string, Partial<Fault> & Pick<Fault, 'answer'>, (body: HubPage) => unknown, unknown]>([
    [
      'leaves a field out of every row',
      { answer: 'undefined field' },
      (body) => body.results.map((one) => 'role' in one),
      [false, false, false, false],
    ],
    [
      'nulls it',
      { answer: 'null field', field: 'groups' },
      (body) => body.results.map((one) => one['groups']),
      [null, null, null, null],
    ],
    [
      'says a word that nobody knows',
      { answer: 'unknown word', row: 1 },
      (body) => body.results.map((one) => one['role']),
      ['Member', 'Sorcerer', 'Member', 'Member'],
    ],
    ['says a given thing', { answer: 'unknown word', row: 0, value: 7 }, (body) => body.results[0]?.['role'], 7],
    ['changes the page itself', { answer: 'null field', field: 'next' }, (body) => [body.next, body.count], [null, 10]],
    ['miscounts', { answer: 'unknown word', field: 'count', value: 3 }, (body) => body.count, 3],
  ])('%s', async (_, fault, seen, expected) => {
    hub.faults.push({ on: '/members', ...fault });
    expect(seen(await page(1))).toEqual(expected);
  });

  it('changes what stands inside an object', async () => {
    hub.faults.push({ on: '/registry-access', answer: 'undefined field', field: 'enabled' });
    const { body } = await askHub(hub.url, '/v2/orgs/acme/settings/registry-access-management', bearer);
    expect(body).toEqual({ standard_registries: [{ id: 'DockerHub', allowed: true }], custom_registries: [] });
  });

  it('strikes at sign-in too', async () => {
    hub.faults.push({ on: '/v2/auth/token', answer: 503, times: 1 });
    const sent = { identifier: 'acme', secret: 'oat' };
    expect((await postHub(hub.url, '/v2/auth/token', sent)).status).toBe(503);
    expect((await postHub(hub.url, '/v2/auth/token', sent)).status).toBe(200);
  });
});

describe('the rate limit', () => {
  it('is told with every answer and ends in 429 until the window is over', async () => {
    hub.options.rateLimit = 3;
    hub.options.rateWindowMs = 700;
    const other = await signInToHub(hub.url, 'acme', 'oat');
    const remaining: (string | null)[] = [];
    for (let go = 0; go < 3; go += 1) remaining.push((await ask(members)).headers.get('x-ratelimit-remaining'));
    expect(remaining).toEqual(['2', '1', '0']);
    const refused = await askHub(hub.url, members, other);
    expect([refused.status, refused.body]).toEqual([429, { detail: 'Rate limit exceeded', error: false }]);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.headers.get('x-retry-after')).toBeNull();
    const reset = Number(refused.headers.get('x-ratelimit-reset'));
    expect(Math.abs(reset - Date.now() / 1000)).toBeLessThan(2);
    expect((await askHub(hub.url, '/v2/namespaces/acme/repositories')).status).toBe(200);
    await expect.poll(async () => (await ask(members)).status).toBe(200);
  });

  it('has the older form on request', async () => {
    Object.assign(hub.options, { rateLimit: 0, legacyRetryAfter: true });
    const { headers, status } = await ask(members);
    expect([status, headers.get('retry-after')]).toEqual([429, null]);
    expect(Number(headers.get('x-retry-after'))).toBeGreaterThan(Date.now() / 1000);
    expect(Number(headers.get('x-retry-after'))).toBeLessThan(Date.now() / 1000 + 62);
  });
});

describe('the record of requests', () => {
  it('has method, path with query, status and time, and no secret', async () => {
    await ask(members);
    await ask('/v2/orgs/acme/nothing');
    expect(hub.requests.map((one) => [one.method, one.path, one.status])).toEqual([
      ['POST', '/v2/auth/token', 200],
      ['GET', members, 200],
      ['GET', '/v2/orgs/acme/nothing', 404],
    ]);
    expect(hub.count()).toBe(3);
    expect(hub.count(/^\/v2\/orgs/g)).toBe(2);
    expect(Math.abs((hub.requests[0]?.at ?? 0) - Date.now())).toBeLessThan(5000);
    expect(JSON.stringify(hub.requests)).not.toContain(bearer);
    expect(JSON.stringify(hub.requests)).not.toContain('oat');
  });

  it('comes late with the latency that was asked for', async () => {
    hub.options.latencyMs = 80;
    const start = Date.now();
    await ask(members);
    expect(Date.now() - start).toBeGreaterThanOrEqual(75);
  });
});
