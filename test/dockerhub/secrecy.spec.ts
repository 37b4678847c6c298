import { readdir, readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { AxiosHeaders } from 'axios';
import type { AxiosAdapter, AxiosResponse, InternalAxiosRequestConfig } from 'axios';
import { afterEach, describe, expect, it } from 'vitest';
import type { FaultAnswer } from '../../src/demo/faults.js';
import { readingOnly } from '../../src/dockerhub/http-client.js';
import { probe } from '../../src/dockerhub/probe.js';
import { acmeHub, datasets, everyDataset, scimToken } from './acme-hub.js';
import { clientOf, configOf, hasty, listing, login, oat, pageOf, refusalOf } from './reading-rig.js';
import type { ScriptedHub, Told } from './scripted-hub.js';
import { emptyPage, scriptedHub } from './scripted-hub.js';

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

async function scripted(tell: Parameters<typeof scriptedHub>[0]): Promise<ScriptedHub> {
  const hub = await scriptedHub(tell);
  running.push(hub);
  return hub;
}

/** Everything of the value that could ever be printed. */
function printed(value: unknown): string {
  const parts = [inspect(value, { depth: null, showHidden: true, maxStringLength: null }), JSON.stringify(value) ?? ''];
  if (value instanceof Error) parts.push(value.stack ?? '', printed(value.cause));
  return parts.join('\n');
}

const bearer = 'planted-bearer-5f1c';
const secrets = [oat.secret, login.secret, scimToken, bearer];

function secretsIn(value: unknown): readonly string[] {
  const text = printed(value);
  return secrets.filter((one) => text.includes(one));
}

function echo(one: { headers: object; body: string }, status: number): Told {
  return {
    status,
    json: { message: `refused: ${JSON.stringify(one.headers)} ${one.body}`, detail: one.body },
    headers: { location: `/v2/x?secret=${bearer}`, 'x-echo': JSON.stringify(one.headers) },
  };
}

describe('no secret comes out', () => {
  it.each<[FaultAnswer | 'nothing']>([
    ['nothing'],
    [401],
    [403],
    [404],
    [400],
    [429],
    [500],
    ['reset'],
    ['cut body'],
    ['html'],
    ['empty'],
    ['hang'],
    ['next elsewhere'],
    ['next loop'],
  ])('of what Docker Hub answers: %j', async (answer) => {
    const { hub, scim } = await acmeHub({ members: 150 });
    running.push(hub);
    if (answer !== 'nothing') hub.faults.push({ on: /orgs|namespaces|auditlogs|Users/, answer });
    const seen: unknown[] = [];
    const client = clientOf(hub.url, { deadline: Date.now() + 1_500, patience: { ...hasty, attemptMs: 30 } });
    const reader = client.organization(configOf({ hub: oat, owner: login, scim }));
    for (const one of everyDataset) seen.push(await reader.page(datasets[one], null));
    seen.push(
      reader.credentials,
      reader.credentials.map((one) => reader.identity(one)),
      client.budget,
      client,
      reader,
    );
    expect(seen.flatMap(secretsIn)).toEqual([]);
  });

  it('of a server that gives it back in errors', async () => {
    for (const status of [302, 400, 401, 403, 500]) {
      const hub = await scripted((asked) =>
        asked.path === '/v2/auth/token' && status !== 401 ? { json: { access_token: bearer } } : echo(asked, status),
      );
      const reader = clientOf(hub.url).organization(configOf({ hub: oat, owner: login }));
      const refusals = await Promise.all(
        (['members', 'tokens', 'repositories'] as const).map((one) => refusalOf(reader, listing(one))),
      );
      expect(secretsIn([refusals, await probe(reader)])).toEqual([]);
    }
  });

  it('of a reader that is stopped', async () => {
    const stop = new AbortController();
    const hub = await scripted((asked) =>
      asked.path === '/v2/auth/token' ? { json: { access_token: bearer } } : 'hang',
    );
    const client = clientOf(hub.url, { signal: stop.signal, patience: { ...hasty, attemptMs: 5_000 } });
    const reading = client.organization(configOf({ hub: oat })).page(listing('members'), null);
    setTimeout(() => stop.abort(), 100);
    const error: unknown = await reading.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'AbortError' });
    expect(secretsIn(error)).toEqual([]);
  });
});

describe('a secret goes nowhere else', () => {
  it('than to its own host, and the SCIM token not to Docker Hub', async () => {
    const hub = await scripted((asked) =>
      asked.path === '/v2/auth/token' ? { json: { access_token: bearer } } : emptyPage(),
    );
    const scim = await scripted(() => ({ json: { totalResults: 0, Resources: [] } }));
    const config = configOf({ hub: oat, scim: { url: `${scim.url}/scim/2.0`, token: scimToken } });
    const reader = clientOf(hub.url).organization(config);
    await pageOf(reader, listing('members'));
    await pageOf(reader, listing('scim_users'));
    expect(hub.asked.map((one) => one.headers.authorization)).toEqual([undefined, `Bearer ${bearer}`]);
    expect(scim.asked.map((one) => [one.path.split('?')[0], one.headers.authorization])).toEqual([
      ['/scim/2.0/Users', `Bearer ${scimToken}`],
    ]);
  });

  it.each([301, 302, 303, 307, 308])('by a redirect (%i), of a page or of the sign-in', async (status) => {
    const decoy = await scripted(() => ({ json: { access_token: 'x' } }));
    for (const from of ['/v2/auth/token', '/v2/orgs']) {
      const hub = await scripted((asked) => {
        const location = `${decoy.url}${asked.path}`;
        if (asked.path.startsWith(from)) return { status, json: {}, headers: { location } };
        return { json: { access_token: bearer } };
      });
      const refusal = await refusalOf(clientOf(hub.url).organization(configOf({ hub: oat })), listing('members'));
      expect(refusal.message).toContain(`redirect (${status})`);
    }
    expect(decoy.asked).toEqual([]);
  });

  it('in the clear', async () => {
    let sent = 0;
    const client = clientOf('http://hub.example', { onRequest: () => (sent += 1) });
    const refusal = await refusalOf(client.organization(configOf({ hub: oat })), listing('members'));
    expect(refusal).toMatchObject({ status: 'failed' });
    expect(refusal.message).toContain('is not https');
    expect(sent).toBe(0);
  });

  it('by a proxy, on its way to this machine', async () => {
    const proxy = await scripted(() => emptyPage());
    const hub = await scripted((asked) =>
      asked.path === '/v2/auth/token' ? { json: { access_token: bearer } } : emptyPage(),
    );
    const before = { ...process.env };
    Object.assign(process.env, { HTTP_PROXY: proxy.url, http_proxy: proxy.url, NO_PROXY: '', no_proxy: '' });
    try {
      await pageOf(clientOf(hub.url).organization(configOf({ hub: oat })), listing('members'));
    } finally {
      for (const name of ['HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy']) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    }
    expect([proxy.asked.length, hub.asked.length]).toEqual([0, 2]);
  });
});

describe('nothing is changed', () => {
  const signIn = 'https://hub.docker.com/v2/auth/token';

  async function attempt(config: Partial<InternalAxiosRequestConfig>): Promise<'sent' | 'held back'> {
    let sent = 0;
    const send: AxiosAdapter = (given) => {
      sent += 1;
      const response: AxiosResponse = { data: null, status: 200, statusText: '', headers: {}, config: given };
      return Promise.resolve(response);
    };
    const outcome = readingOnly(send, signIn)({ headers: new AxiosHeaders(), ...config });
    await outcome.catch(() => undefined);
    return sent === 1 ? 'sent' : 'held back';
  }

  it.each<[Partial<InternalAxiosRequestConfig>, 'sent' | 'held back']>([
    [{ method: 'get', url: 'https://hub.docker.com/v2/orgs/acme/members' }, 'sent'],
    [{ url: 'https://hub.docker.com/v2/orgs/acme/members' }, 'sent'],
    [{ method: 'post', url: signIn, data: {} }, 'sent'],
    ...['post', 'put', 'patch', 'delete', 'head', 'options', 'POST', 'DELETE', 'Delete', 'purge'].map(
      (method): [Partial<InternalAxiosRequestConfig>, 'held back'] => [
        { method, url: 'https://hub.docker.com/v2/orgs/acme/members/jdoe' },
        'held back',
      ],
    ),
    [{ method: 'delete', url: signIn }, 'held back'],
    [{ method: 'post', url: `${signIn}/../invites/bulk`, data: {} }, 'held back'],
    [{ method: 'post', url: signIn, baseURL: 'https://elsewhere.example', data: {} }, 'held back'],
    [{ method: 'post', url: signIn, params: { a: 1 }, data: {} }, 'held back'],
    [{ method: 'get', url: 'https://hub.docker.com/v2/x', data: { _method: 'delete' } }, 'held back'],
  ])('by %j: %s', async (config, expected) => {
    expect(await attempt(config)).toBe(expected);
  });

  it('in a whole reading of everything', async () => {
    const { hub, scim } = await acmeHub();
    running.push(hub);
    await probe(clientOf(hub.url).organization(configOf({ hub: oat, owner: login, scim })));
    const methods = new Set(hub.requests.map((one) => `${one.method} ${one.method === 'GET' ? '' : one.path}`.trim()));
    expect([...methods].sort()).toEqual(['GET', 'POST /v2/auth/token']);
  });

  it('past the one file that sends', async () => {
    const folder = new URL('../../src/dockerhub/', import.meta.url);
    const files = (await readdir(folder, { recursive: true })).filter((one) => /(?<!\.spec)\.ts$/.test(one));
    const senders = [];
    for (const file of files) {
      const source = await readFile(new URL(file, folder), 'utf8');
      if (/from '(axios|node:(http|https|net|tls|http2)|undici)'|\bfetch\(|\bimport\(/.test(source)) senders.push(file);
    }
    expect(senders).toEqual(['http-client.ts']);
  });
});
