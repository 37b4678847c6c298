import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestApp, testApp } from './http-app.js';

let rig: TestApp;

beforeAll(async () => {
  rig = await testApp();
});
afterAll(() => rig.close());

const ask = (url: string, headers: Record<string, string> = {}) =>
  rig.app.inject({ method: 'GET', url, headers: { ...rig.as.auditor, ...headers } });

describe('what has not changed', () => {
  test('is not sent again to whoever says what they have', async () => {
    const first = await ask('/api/v1/ships');
    const tag = String(first.headers['etag']);
    expect(tag).toMatch(/^W\/".+"$/);
    const again = await ask('/api/v1/ships', { 'if-none-match': tag });
    expect(again).toMatchObject({ statusCode: 304, body: '' });
    expect(again.headers['etag']).toBe(tag);
    expect(await ask('/api/v1/ships?limit=1', { 'if-none-match': tag })).toMatchObject({ statusCode: 200 });
  });

  test('that is no answer to what was asked is sent each time, though it says the same', async () => {
    const named = { 'x-request-id': 'the-same' };
    const first = await ask('/api/v1/ships/broken', named);
    const again = await ask('/api/v1/ships/broken', { ...named, 'if-none-match': String(first.headers['etag']) });
    expect(again).toMatchObject({ statusCode: 500, body: first.body });
  });

  test('is said only to whoever may read it', async () => {
    const { headers } = await ask('/api/v1/ships');
    const stranger = { authorization: 'Bearer nobody', 'if-none-match': String(headers['etag']) };
    expect(await ask('/api/v1/ships', stranger)).toMatchObject({ statusCode: 401 });
  });

  test('has the same tag however it is packed', async () => {
    const tags = await Promise.all(
      ['identity', 'gzip', 'br'].map(async (encoding) => {
        const { headers } = await ask('/api/openapi.json', { 'accept-encoding': encoding });
        return headers['etag'];
      }),
    );
    expect(new Set(tags).size).toBe(1);
    const known = { 'accept-encoding': 'gzip', 'if-none-match': String(tags[0]) };
    expect(await ask('/api/openapi.json', known)).toMatchObject({ statusCode: 304, body: '' });
  });

  test('does not hide what was done', async () => {
    const build = (headers: Record<string, string>) =>
      rig.app.inject({
        method: 'POST',
        url: '/api/v1/ships',
        headers: { ...rig.as.admin, ...headers },
        payload: { name: 'Argo' },
      });
    const first = await build({});
    const again = await build({ 'if-none-match': String(first.headers['etag']) });
    expect(again).toMatchObject({ statusCode: first.statusCode, body: first.body });
  });
});

describe('a large answer', () => {
  test.each([
    ['gzip', gunzipSync],
    ['br', brotliDecompressSync],
  ])('is packed for whoever takes %s', async (encoding, unpack) => {
    const plain = await ask('/api/openapi.json');
    const packed = await ask('/api/openapi.json', { 'accept-encoding': encoding });
    expect(packed.headers).toMatchObject({
      'content-encoding': encoding,
      vary: expect.stringContaining('accept-encoding'),
    });
    expect(packed.rawPayload.length).toBeLessThan(plain.rawPayload.length / 3);
    expect(unpack(packed.rawPayload).toString()).toBe(plain.body);
    expect(plain.headers['content-encoding']).toBeUndefined();
  });

  test('is packed as a sheet as well, and says what it depends on', async () => {
    const sheet = { accept: 'text/csv', 'accept-encoding': 'gzip' };
    const plain = await ask('/api/v1/ships', { accept: 'text/csv' });
    const packed = await ask('/api/v1/ships', sheet);
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(packed.rawPayload).toString()).toBe(plain.body);
    expect(String(packed.headers['vary']).toLowerCase()).toMatch(/(?=.*accept-encoding)(?=.*accept(,|$))/);
  });
});

test('what a caller sends packed is not unpacked', async () => {
  const answer = await rig.app.inject({
    method: 'POST',
    url: '/api/v1/ships/plans',
    headers: { ...rig.as.operator, 'content-type': 'text/csv', 'content-encoding': 'gzip' },
    payload: gzipSync('x'.repeat(100_000)),
  });
  expect(answer.body).not.toContain('100000');
});
