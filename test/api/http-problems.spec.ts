import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataSourceFor } from '../../src/database/data-source.js';
import { testDatabase } from '../support/database.js';
import { openGateway } from '../support/gateway.js';
import { mostFile, testApp, type TestApp } from './http-app.js';

let rig: TestApp;
let port: number;
beforeAll(async () => {
  rig = await testApp();
  await rig.app.listen(0, '127.0.0.1');
  port = Number(new URL(await rig.app.getUrl()).port);
});
afterAll(() => rig.close());

type Asked = Parameters<TestApp['app']['inject']>[0] & object;

async function problemOf(asked: Asked): Promise<Record<string, unknown>> {
  const answer = await rig.app.inject(asked);
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  const body: Record<string, unknown> = answer.json();
  expect(body).toMatchObject({
    type: 'about:blank',
    title: expect.stringMatching(/^[A-Z]/),
    status: answer.statusCode,
    detail: expect.stringMatching(/\.$|[a-z)`0-9]$/),
    instance: `urn:hubwarden:request:${answer.headers['x-request-id']?.toString()}`,
  });
  expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
  expect(answer.body).not.toMatch(/node_modules|\.ts:|FST_|select |hw_/);
  return body;
}

const json = (payload: string | Buffer): Asked => ({
  method: 'POST',
  url: '/api/v1/ships',
  headers: { ...rig.as.admin, 'content-type': 'application/json' },
  payload,
});
const get = (url: string): Asked => ({ url, headers: rig.as.auditor });

describe('an address', () => {
  test.each([
    '/nope',
    '/api/v1/nothing',
    '/api/v1/ships/slow/',
    '//',
    '/%2e%2e/etc/passwd',
    '/api/docs/../../package.json',
  ])('%s is nowhere', async (url) => {
    expect((await problemOf(get(url)))['status']).toBe(404);
  });

  test.each(['/%E0%A4%A', '/api/v1/ships/%zz', '/%'])('%s is malformed', async (url) => {
    expect((await problemOf(get(url)))['status']).toBe(400);
  });

  test('has parts of a sane length', async () => {
    expect((await problemOf(get(`/api/v1/ships/slow/${'x'.repeat(501)}`)))['status']).toBe(414);
  });

  test('of another method is nowhere', async () => {
    expect((await problemOf({ ...get('/api/v1/ships'), method: 'PUT' }))['status']).toBe(404);
  });
});

describe('a query', () => {
  test.each([
    ['limit=1&limit=2', 'limit', 'is given more than once; expected one value'],
    ['limit=abc', 'limit', 'is not a whole number'],
    ['limit=', 'limit', 'is not a whole number'],
    ['limit=0', 'limit', 'is less than 1'],
    ['limit=-5', 'limit', 'is not a whole number'],
    ['limit=1e3', 'limit', 'is not a whole number'],
    ['limit=1001', 'limit', 'is more than 1000, which only `Accept: text/csv` may ask for'],
    ['limit=99999999999999999999', 'limit', 'is not a whole number'],
    ['limt=5', 'limt', 'is not known; did you mean `limit`? expected one of kind, limit, cursor'],
    ['colour=red', 'colour', 'is not known; expected one of kind, limit, cursor'],
    ['kind=oars', 'kind', 'is not one of sail, steam'],
    ['kind[]=sail', 'kind[]', expect.stringContaining('is not known')],
    ['__proto__=1', '__proto__', 'is not known'],
    ['constructor=1', 'constructor', 'is not known'],
    ['kind=%00', 'kind', 'has a character that is no text'],
    ['cursor=', 'cursor', expect.stringContaining('is no cursor of this list')],
  ])('%s names its mistake', async (query, field, message) => {
    const { errors, status } = await problemOf(get(`/api/v1/ships?${query}`));
    expect([400, 422]).toContain(status);
    expect(errors).toEqual([{ field, message }]);
  });

  test('with several mistakes names each', async () => {
    const { errors } = await problemOf(get('/api/v1/ships?limit=x&kind=y&z=1'));
    expect((errors as { field: string }[]).map(({ field }) => field).toSorted()).toEqual(['kind', 'limit', 'z']);
  });
});

describe('a body', () => {
  test.each(['{"a', '{} {}', 'name=x', '\ufeff{', '{"name": "\u0001"}'])('%j is no JSON', async (payload) => {
    expect(await problemOf(json(payload))).toMatchObject({ status: 400, detail: 'The body is not JSON in UTF-8.' });
  });

  test('is UTF-8', async () => {
    expect((await problemOf(json(Buffer.from([0x22, 0xff, 0x22]))))['status']).toBe(400);
  });

  test.each([
    ['{}', [{ field: 'name', message: 'must be a string' }]],
    ['[]', [{ field: 'body', message: 'is not an object' }]],
    ['"text"', [{ field: 'body', message: 'is not an object' }]],
    ['7', [{ field: 'body', message: 'is not an object' }]],
    ['{"name":{"toString":1}}', [{ field: 'name', message: 'must be a string' }]],
    [
      '{"name":"x","masts":[{"height":"9"},3,{"height":91},{"heigt":3,"height":3}]}',
      [
        { field: 'masts.0.height', message: 'is not a whole number' },
        { field: 'masts.1', message: 'is not an object, or a list of them' },
        { field: 'masts.2.height', message: 'is more than 90' },
        { field: 'masts.3.heigt', message: 'is not known; did you mean `height`? expected one of height' },
      ],
    ],
    ['{"name":"x","__proto__":{"role":"admin"}}', [{ field: '__proto__', message: 'is not known' }]],
    [
      '{"name":"x","masts":[{"constructor":{"prototype":{}}}]}',
      [{ field: 'masts.0.constructor', message: 'is not known' }],
    ],
    ['{"name":"a\\u0000b"}', [{ field: 'name', message: 'has a character that is no text' }]],
    ['{"name":"a\\ud800b"}', [{ field: 'name', message: 'has a character that is no text' }]],
  ])('%s names its mistakes', async (payload, errors) => {
    expect(await problemOf(json(payload))).toMatchObject({ status: 422, errors });
  });

  test('is not nested to exhaust the stack', async () => {
    const deep = `{"name":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect((await problemOf(json(deep)))['status']).toBe(422);
  });

  test('with a thousand mistakes is answered in short', async () => {
    const { errors } = await problemOf(
      json(JSON.stringify({ name: 'x', masts: Array.from({ length: 999 }, () => ({})) })),
    );
    expect(errors).toHaveLength(50);
  });

  test.each(['text/html', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/csv', 'text/plain'])(
    'of type %s is not understood',
    async (type) => {
      const asked = { ...json('x'), headers: { ...rig.as.admin, 'content-type': type } };
      expect((await problemOf(asked))['status']).toBe(415);
    },
  );

  test('has a bound, and another one where a file is taken', async () => {
    const padded = (bytes: number): string => `{"name":"x"${' '.repeat(bytes - 12)}}`;
    expect((await rig.app.inject(json(padded(1024 * 1024)))).statusCode).toBe(201);
    expect((await problemOf(json(padded(1024 * 1024 + 1))))['status']).toBe(413);
    const plan = (bytes: number, type: string): Asked => ({
      method: 'POST',
      url: '/api/v1/ships/plans',
      headers: { ...rig.as.operator, 'content-type': type },
      payload: Buffer.alloc(bytes, 1),
    });
    for (const type of ['text/csv; charset=utf-8', 'application/json', 'application/octet-stream'])
      expect((await rig.app.inject(plan(mostFile, type))).json()).toEqual({ said: `${mostFile} bytes` });
    expect((await problemOf(plan(mostFile + 1, 'text/csv')))['status']).toBe(413);
    expect((await problemOf(plan(5, 'text/html')))['status']).toBe(415);
  });

  test('that is sound becomes what the handler asked for', async () => {
    const answer = await rig.app.inject(json('{"name":"Argo","masts":[{"height":9}]}'));
    expect(answer.json()).toEqual({ said: 'Argo for the admin, true' });
  });
});

describe('a request', () => {
  test('that breaks is in the log under its id, and says nothing', async () => {
    const { status, instance } = await problemOf({ ...get('/api/v1/ships/broken') });
    expect(status).toBe(500);
    const line = rig.logged.find((entry) => entry.startsWith('"Request failed"'));
    expect(line).toContain(`"request":"${String(instance).split(':').at(-1)}"`);
    expect(line).toContain('"route":"/api/v1/ships/broken"');
    expect(rig.logged.join('\n')).not.toContain('hw_');
  });

  test('keeps its own id where that is safe', async () => {
    const idOf = async (id: string) =>
      (await rig.app.inject({ url: '/api/v1/ships/open', headers: { 'x-request-id': id } })).headers['x-request-id'];
    expect(await idOf('deploy-17.a_B')).toBe('deploy-17.a_B');
    for (const id of ['x'.repeat(65), 'a b', '', 'a"b']) expect(await idOf(id)).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('that is not HTTP, or too long for it, is answered as a problem too', async () => {
    const answers = await Promise.all([
      said('nonsense\r\n\r\n'),
      said(`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`),
      said(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`),
      said('GET / HTTP/1.1\r\n\r\n'),
    ]);
    expect(answers.map((answer) => answer.slice(9, 12))).toEqual(['400', '431', '431', '400']);
    for (const answer of answers.slice(0, 3)) {
      expect(answer).toContain('Content-Type: application/problem+json');
      expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ type: 'about:blank' });
    }
  });

  test('has to come within a time', () => {
    const server = rig.app.getHttpServer() as unknown as Record<string, number>;
    expect(server).toMatchObject({ requestTimeout: 120_000, headersTimeout: 20_000, keepAliveTimeout: 75_000 });
  });

  test('that sends a large file without a token is answered before it has sent it', async () => {
    const status = await new Promise((resolve, reject) => {
      const sending = httpRequest({
        port,
        method: 'POST',
        path: '/api/v1/ships/plans',
        headers: { 'content-type': 'text/csv', 'content-length': mostFile },
      });
      sending.on('response', (answer) => resolve(answer.statusCode)).on('error', reject);
      sending.write('a,b\n');
    });
    expect(status).toBe(401);
  });
});

test('without its database the service says that it cannot answer, and again can when it is back', async () => {
  const elsewhere = await testDatabase();
  const gateway = await openGateway(elsewhere.url);
  const dataSource = await dataSourceFor(gateway.url, []).initialize();
  const own = await testApp({ dataSource });
  const ask = (): ReturnType<typeof own.app.inject> => own.app.inject({ url: '/api/v1/ships', headers: own.as.admin });
  try {
    expect((await ask()).statusCode).toBe(200);
    gateway.off();
    for (let times = 0; times < 3; times += 1) {
      const away = await ask();
      expect(away.statusCode).toBe(503);
      expect(away.headers).toMatchObject({
        'retry-after': '5',
        'content-type': expect.stringContaining('problem+json'),
      });
      expect(away.body).not.toMatch(/ECONN|terminated/);
    }
    gateway.on();
    expect((await ask()).statusCode).toBe(200);
  } finally {
    await own.close();
    await dataSource.destroy();
    await gateway.close();
    await elsewhere.drop();
  }
});

async function said(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8');
    socket
      .on('data', (piece: string) => (heard += piece))
      .on('end', () => resolve(heard))
      .on('error', reject);
  });
}
