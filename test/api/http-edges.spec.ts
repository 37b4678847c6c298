import { get } from 'node:http';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DescribedAnswers, type OpenApi } from '../support/described-answers.js';
import { testApp, type TestApp } from './http-app.js';

let rig: TestApp;
let origins: readonly string[] = [];
beforeAll(async () => {
  rig = await testApp({ corsOrigins: () => origins });
});
afterAll(() => rig.close());

test('every answer tells browsers to take no liberties', async () => {
  for (const url of ['/api/v1/ships/open', '/api/v1/ships', '/nope', '/%zz', '/api/docs', '/api/openapi.json']) {
    const { headers } = await rig.app.inject(url);
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringContaining("script-src 'self';"),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': expect.stringContaining('max-age='),
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
      'x-request-id': expect.stringMatching(/^[\w-]{36}$/),
    });
    expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('server');
  }
});

describe('another origin', () => {
  const page = 'https://dash.acme.com';
  const preflight = (origin: string) =>
    rig.app.inject({
      method: 'OPTIONS',
      url: '/api/v1/ships',
      headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
    });
  const read = (origin: string) => rig.app.inject({ url: '/api/v1/ships', headers: { ...rig.as.auditor, origin } });

  test('may do nothing unless it is configured', async () => {
    origins = [];
    const answers = [await preflight(page), await read(page)];
    expect(answers[0]?.statusCode).toBe(404);
    for (const { headers } of answers)
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('may call once it is, without a restart, and no other may', async () => {
    origins = [page, 'https://other.acme.com'];
    const allowed = await preflight(page);
    expect(allowed.statusCode).toBe(204);
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': page,
      'access-control-allow-methods': 'GET, POST, DELETE',
      'access-control-allow-headers': 'Authorization, Content-Type, If-None-Match, X-Request-Id',
    });
    expect(allowed.headers).not.toHaveProperty('access-control-allow-credentials');
    expect((await read(page)).headers).toMatchObject({ 'access-control-allow-origin': page, vary: 'Origin, Accept' });
    const refused = await rig.app.inject({ url: '/api/v1/ships', headers: { origin: page } });
    expect([refused.statusCode, refused.headers['access-control-allow-origin']]).toEqual([401, page]);
    for (const origin of ['https://evil.example', 'https://dash.acme.com.evil.example', 'null', 'http://dash.acme.com'])
      expect((await read(origin)).headers).not.toHaveProperty('access-control-allow-origin');
    origins = [];
    expect((await read(page)).headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('the description', () => {
  test('is valid OpenAPI 3.1 that names every route, mistake and media type', async () => {
    const answer = await rig.app.inject('/api/openapi.json');
    const document: OpenApi & { openapi: string; info: object } = answer.json();
    expect(await new Validator().validate({ ...document })).toEqual({ valid: true });
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Hubwarden', version: '1.2.3' },
      components: {
        securitySchemes: { bearer: { scheme: 'bearer' } },
        schemas: { ProblemDetails: { type: 'object' } },
      },
    });
    expect(answer.body).not.toContain('nullable');
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.values(methods).map((operation): Record<string, unknown> => ({ path, ...operation })),
    );
    expect(operations.map(({ path }) => path)).toContain('/api/v1/tokens/{id}');
    for (const operation of operations)
      expect(operation).toMatchObject({ operationId: expect.any(String), tags: [expect.any(String)] });
    const list = operations.find(({ operationId }) => operationId === 'listTokens');
    expect(list).toMatchObject({
      security: [{ bearer: [] }],
      parameters: expect.arrayContaining([expect.objectContaining({ name: 'state', style: 'form', explode: false })]),
      responses: {
        200: { content: { 'application/json': {}, 'text/csv': {} } },
        401: { content: { 'application/problem+json': {} } },
        406: {},
        429: {},
        503: {},
      },
    });
  });

  test('is what is answered', async () => {
    const described = new DescribedAnswers((await rig.app.inject('/api/openapi.json')).json());
    const asked = [
      { method: 'GET', url: '/api/v1/tokens', headers: rig.as.auditor },
      { method: 'GET', url: '/api/v1/tokens?limit=x', headers: rig.as.auditor },
      { method: 'GET', url: '/api/v1/tokens' },
      { method: 'GET', url: '/api/v1/tokens', headers: rig.as.reviewer },
      { method: 'GET', url: '/api/v1/tokens', headers: { ...rig.as.admin, accept: 'text/csv' } },
      { method: 'GET', url: '/api/v1/tokens', headers: { ...rig.as.admin, accept: 'image/png' } },
      { method: 'POST', url: '/api/v1/tokens', headers: rig.as.admin, payload: { name: 'new', role: 'auditor' } },
      { method: 'POST', url: '/api/v1/tokens', headers: rig.as.admin, payload: { name: 'new', role: 'auditor' } },
      { method: 'POST', url: '/api/v1/tokens', headers: rig.as.admin, payload: { name: 'newer', role: 'king' } },
      { method: 'DELETE', url: '/api/v1/tokens/7', headers: rig.as.admin },
      { method: 'GET', url: '/api/v1/ships', headers: rig.as.admin },
    ] as const;
    for (const one of asked) {
      const { statusCode, headers, body } = await rig.app.inject(one);
      const type = String(headers['content-type'] ?? '');
      const read: unknown = type.includes('json') ? JSON.parse(body) : body;
      expect(described.mistakesIn(one.method, one.url.split('?')[0] ?? '', statusCode, type, read)).toEqual([]);
    }
  });

  test('has a page that asks nobody else for its parts', async () => {
    const page = await rig.app.inject('/api/docs');
    expect(page.headers['content-type']).toContain('text/html');
    const parts = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, part]) => String(part));
    expect(parts).toContain('./docs/swagger-ui-bundle.js');
    for (const part of parts) {
      expect(part).toMatch(/^\.\/docs\//);
      expect((await rig.app.inject(part.replace('./', '/api/'))).statusCode).toBe(200);
    }
    // Scripts in the page itself would be refused by its own policy.
    expect(page.body).not.toMatch(/<script>|<script [^>]*>[^<\s]/);
  });
});

describe('a service that stops', () => {
  const ask = (url: string, agent?: false) =>
    new Promise<{ status: number | undefined; connection: string | undefined }>((resolve, reject) => {
      get(url, { agent }, (answer) => {
        answer.resume();
        answer.on('end', () => resolve({ status: answer.statusCode, connection: answer.headers.connection }));
        answer.on('error', reject);
      }).on('error', reject);
    });

  test('ends what it is at, takes nothing new, and waits for nobody for long', async () => {
    const own = await testApp({ grace: 1_500 });
    await own.app.listen(0, '127.0.0.1');
    const url = await own.app.getUrl();
    const quick = ask(`${url}/api/v1/ships/slow/200`);
    const endless = ask(`${url}/api/v1/ships/slow/20000`).catch((error: Error) => error);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const begun = Date.now();
    const closed = own.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await ask(`${url}/api/v1/ships/open`, false)).toEqual({ status: 503, connection: 'close' });
    expect(await quick).toMatchObject({ status: 200 });
    expect(await endless).toBeInstanceOf(Error);
    await closed;
    expect(Date.now() - begun).toBeLessThan(10_000);
    await expect(ask(`${url}/api/v1/ships/open`, false)).rejects.toThrow(/ECONN/);
  });
});
