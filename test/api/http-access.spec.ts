import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { FailedAttempts } from '../../src/http/failed-attempts.js';
import { roles } from '../../src/http/roles.js';
import { testApp, type TestApp } from './http-app.js';

let rig: TestApp;
beforeAll(async () => {
  rig = await testApp({ attempts: new FailedAttempts({ most: 1_000, seconds: 60 }) });
});
afterAll(() => rig.close());

type Headers = Readonly<Record<string, string>>;
const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });
const unknown = bearer(`hw_${'A'.repeat(43)}`);

async function ask(url: string, headers: Headers = {}, remoteAddress = '127.0.0.1', app = rig.app) {
  return app.inject({ url, headers, remoteAddress });
}

async function deadToken(how: 'expired' | 'revoked'): Promise<Headers> {
  const made = await rig.tokens.create(
    { name: `${how} ${Math.random()}`, role: 'admin', expiresAt: new Date(Date.now() + 60_000) },
    'a test',
  );
  if (made.outcome !== 'created') throw new Error(made.outcome);
  if (how === 'revoked') await rig.tokens.revoke(made.stored.id, 'a test');
  else
    await rig.database.dataSource.query(`update api_token set expires_at = now() - interval '1 second' where id = $1`, [
      made.stored.id,
    ]);
  return bearer(made.token);
}

describe('a route', () => {
  test('that forgot to say who may call it is closed to everybody', async () => {
    for (const role of roles) expect((await ask('/api/v1/ships/forgotten', rig.as[role])).statusCode).toBe(403);
    const stranger = await ask('/api/v1/ships/forgotten');
    expect(stranger.statusCode).toBe(403);
    expect(stranger.body).not.toContain('secret');
  });

  test('is open to the roles that it names, and tells the others which they are', async () => {
    const build = (headers: Headers) =>
      rig.app.inject({ method: 'POST', url: '/api/v1/ships', headers, payload: { name: 'Argo' } });
    for (const role of ['admin', 'operator'] as const) expect((await build(rig.as[role])).statusCode).toBe(201);
    for (const role of ['auditor', 'reviewer'] as const) {
      const refused = await build(rig.as[role]);
      expect(refused.json()).toMatchObject({
        status: 403,
        detail: `The role ${role} does not allow this; it takes admin or operator.`,
      });
    }
  });

  test('for anybody asks for nothing, not even a good token', async () => {
    expect((await ask('/api/v1/ships/open')).statusCode).toBe(200);
    expect((await ask('/api/v1/ships/open', unknown)).statusCode).toBe(200);
  });

  test('answers HEAD to those who may GET it alone', async () => {
    expect((await rig.app.inject({ method: 'HEAD', url: '/api/v1/ships' })).statusCode).toBe(401);
    const answer = await rig.app.inject({ method: 'HEAD', url: '/api/v1/ships', headers: rig.as.auditor });
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
  });
});

describe('a token', () => {
  test('is refused in the same words, whatever is wrong with it', async () => {
    const cases: Headers[] = [
      unknown,
      bearer('hw_'),
      bearer('x'),
      bearer("' or 1=1 --"),
      bearer('Zoë'),
      bearer('x'.repeat(10_000)),
      await deadToken('expired'),
      await deadToken('revoked'),
    ];
    const answers = await Promise.all(cases.map((headers) => ask('/api/v1/ships', headers)));
    const shown = answers.map(({ statusCode, headers, body }) => ({
      statusCode,
      challenge: headers['www-authenticate'],
      body: body.replace(/request:[\w-]+/, ''),
    }));
    expect(shown[0]).toMatchObject({ statusCode: 401, challenge: 'Bearer realm="hubwarden", error="invalid_token"' });
    expect(new Set(shown.map((one) => JSON.stringify(one))).size).toBe(1);
  });

  test.each<Headers>([
    {},
    { authorization: '' },
    { authorization: 'Basic eDp5' },
    { authorization: 'Bearer' },
    { authorization: 'Bearer  ' },
  ])('that was not sent as %j is asked for', async (headers) => {
    const answer = await ask('/api/v1/ships', headers);
    expect([answer.statusCode, answer.headers['www-authenticate']]).toEqual([401, 'Bearer realm="hubwarden"']);
  });

  test('takes the same single query whether there is such a token or not', async () => {
    const asked = vi.spyOn(rig.database.dataSource, 'query');
    const queriesOf = async (headers: Headers) => {
      asked.mockClear();
      await ask('/api/v1/ships', headers);
      return asked.mock.calls.map(([sql]) => sql).filter((sql) => !sql.trim().startsWith('update'));
    };
    const good = await queriesOf(rig.as.admin);
    expect(good).toHaveLength(1);
    for (const headers of [unknown, bearer('x'), await deadToken('expired'), await deadToken('revoked')])
      expect(await queriesOf(headers)).toEqual(good);
    asked.mockRestore();
  });

  test('is noted as used once a minute, and the request does not wait for it', async () => {
    const made = await rig.tokens.create({ name: 'used', role: 'auditor', expiresAt: null }, 'a test');
    if (made.outcome !== 'created') throw new Error(made.outcome);
    const lastUse = async () => {
      await rig.tokens.onApplicationShutdown();
      return (await rig.tokens.find('used'))?.lastUsedAt?.getTime() ?? null;
    };
    expect(await lastUse()).toBeNull();
    await Promise.all(Array.from({ length: 20 }, () => ask('/api/v1/ships', bearer(made.token))));
    const first = await lastUse();
    expect(Math.abs(Number(first) - Date.now())).toBeLessThan(10_000);
    await ask('/api/v1/ships', bearer(made.token));
    expect(await lastUse()).toBe(first);
    await rig.database.dataSource.query(
      `update api_token set last_used_at = now() - interval '61 seconds' where id = $1`,
      [made.stored.id],
    );
    await ask('/api/v1/ships', bearer(made.token));
    expect(await lastUse()).toBeGreaterThanOrEqual(Number(first));
  });

  test('is read at once, however it is spaced', async () => {
    const spaced = bearer(`x${' '.repeat(15_000)}y`);
    const begun = performance.now();
    for (let times = 0; times < 20; times += 1) expect((await ask('/api/v1/ships', spaced)).statusCode).toBe(401);
    expect(performance.now() - begun).toBeLessThan(3_000);
  });

  test('is in no log', () => {
    expect(rig.logged.join('\n')).not.toMatch(/hw_|Bearer/);
  });
});

describe('failed attempts', () => {
  let strict: TestApp;
  beforeAll(async () => {
    strict = await testApp({ attempts: new FailedAttempts({ most: 3, seconds: 2 }), trustedProxies: ['10.0.0.0/8'] });
  });
  afterAll(() => strict.close());
  let address: string;
  let number = 0;
  beforeEach(() => {
    address = `192.0.2.${(number += 1)}`;
  });
  const askStrict = (headers: Headers, from = address) => ask('/api/v1/ships', headers, from, strict.app);

  test('make an address wait, also with a good token, and only that one', async () => {
    for (let times = 0; times < 3; times += 1) expect((await askStrict(unknown)).statusCode).toBe(401);
    for (const headers of [unknown, strict.as.admin, {}]) {
      const refused = await askStrict(headers);
      expect(refused.statusCode).toBe(429);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
      expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(2);
    }
    expect((await askStrict(strict.as.admin, '198.51.100.7')).statusCode).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    expect((await askStrict(strict.as.admin)).statusCode).toBe(200);
  });

  test('make an address wait whose guesses all come at once, the right one among them', async () => {
    const guesses = Array.from({ length: 60 }, () => askStrict(unknown));
    const right = askStrict(strict.as.admin);
    expect((await right).statusCode).toBe(429);
    for (const { statusCode } of await Promise.all(guesses)) expect([401, 429]).toContain(statusCode);
  });

  test('are attempts with a token: whoever sends none, or a good one, waits for nothing', async () => {
    for (let times = 0; times < 6; times += 1) {
      expect((await askStrict({})).statusCode).toBe(401);
      expect((await askStrict(strict.as.auditor)).statusCode).toBe(200);
    }
  });

  test('count for the address behind a proxy that is trusted, and for the sender otherwise', async () => {
    const from = (client: string): Headers => ({ ...unknown, 'x-forwarded-for': client });
    for (let times = 0; times < 3; times += 1) await askStrict(from('203.0.113.1'), '10.1.2.3');
    expect((await askStrict(from('203.0.113.1'), '10.1.2.3')).statusCode).toBe(429);
    expect((await askStrict(from('203.0.113.2'), '10.1.2.3')).statusCode).toBe(401);
    for (let times = 0; times < 3; times += 1) await askStrict(from(`203.0.113.${10 + times}`));
    expect((await askStrict(from('203.0.113.99'))).statusCode).toBe(429);
  });
});
