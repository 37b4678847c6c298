import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ApiTokens } from '../../src/http/api-tokens.js';
import { dataSourceFor } from '../../src/database/data-source.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { testApp, type TestApp } from './http-app.js';

interface Made {
  readonly id: string;
  readonly token: string;
}

describe('over REST', () => {
  let rig: TestApp;
  beforeAll(async () => {
    rig = await testApp();
  });
  afterAll(() => rig.close());

  const make = (payload: object, headers = rig.as.admin) =>
    rig.app.inject({ method: 'POST', url: '/api/v1/tokens', headers, payload });
  const revoke = (id: string, headers = rig.as.admin) =>
    rig.app.inject({ method: 'DELETE', url: `/api/v1/tokens/${id}`, headers });

  test('a token is made, shown once, kept as a hash, used and revoked', async () => {
    const answer = await make({ name: 'grafana', role: 'auditor', expiresAt: '2999-01-01T01:00:00+01:00' });
    expect(answer.statusCode).toBe(201);
    const { id, token } = answer.json<Made>();
    expect(token).toMatch(/^hw_[\w-]{43}$/);
    expect(answer.json()).toMatchObject({
      name: 'grafana',
      role: 'auditor',
      state: 'usable',
      createdBy: 'the admin',
      expiresAt: '2999-01-01T00:00:00.000Z',
      lastUsedAt: null,
    });
    const [row] = await rig.database.dataSource.query<{ hash: Buffer }[]>('select hash from api_token where id = $1', [
      id,
    ]);
    expect(row?.hash).toEqual(createHash('sha256').update(token).digest());

    const list = await rig.app.inject({ url: '/api/v1/tokens?limit=1', headers: { authorization: `Bearer ${token}` } });
    expect(list.json()).toMatchObject({ items: [{ id, name: 'grafana' }], nextCursor: expect.any(String) });
    expect(list.body).not.toMatch(/hw_|hash/);

    expect((await revoke(id)).statusCode).toBe(204);
    expect((await revoke(id)).statusCode).toBe(204);
    expect(
      (await rig.app.inject({ url: '/api/v1/tokens', headers: { authorization: `Bearer ${token}` } })).statusCode,
    ).toBe(401);
    const gone = await rig.app.inject({ url: '/api/v1/tokens?state=revoked', headers: rig.as.auditor });
    expect(gone.json()).toMatchObject({ items: [{ id, state: 'revoked', revokedBy: 'the admin' }], nextCursor: null });
  });

  test('pages hold every token once, newest first, and a cursor belongs to its filter', async () => {
    const page = (query: string) => rig.app.inject({ url: `/api/v1/tokens?limit=2${query}`, headers: rig.as.admin });
    const names: string[] = [];
    const cursors: string[] = [];
    for (let query: string | null = ''; query !== null;) {
      const body: { items: { name: string }[]; nextCursor: string | null } = (
        await page(`&state=usable,expired${query}`)
      ).json();
      names.push(...body.items.map(({ name }) => name));
      if (body.nextCursor !== null) cursors.push(body.nextCursor);
      query = body.nextCursor === null ? null : `&cursor=${body.nextCursor}`;
    }
    expect(cursors).toHaveLength(1);
    expect((await page(`&state=revoked&cursor=${cursors[0]}`)).statusCode).toBe(400);
    expect((await page(`&state=expired,usable&cursor=${cursors[0]}`)).statusCode).toBe(200);
    expect(names.toSorted()).toEqual(['the admin', 'the auditor', 'the operator', 'the reviewer']);
  });

  test('two tokens in force have two names', async () => {
    const first = (await make({ name: 'twin', role: 'reviewer' })).json<Made>();
    expect((await make({ name: 'twin', role: 'admin' })).json()).toMatchObject({ status: 409 });
    await revoke(first.id);
    const second = await make({ name: 'twin', role: 'reviewer', expiresAt: null });
    expect(second.statusCode).toBe(201);
    await revoke(second.json<Made>().id);
  });

  test.each([
    [{}, ['name', 'role']],
    [{ name: '', role: 'admin' }, ['name']],
    [{ name: ' x', role: 'admin' }, ['name']],
    [{ name: 'x'.repeat(101), role: 'admin' }, ['name']],
    [{ name: 'a\nb', role: 'admin' }, ['name']],
    [{ name: 'HUBWARDEN_ADMIN_TOKEN', role: 'admin' }, ['name']],
    [{ name: 'Hubwarden', role: 'admin' }, ['name']],
    [{ name: 'configuration.', role: 'admin' }, ['name']],
    [{ name: 'Terminal: jane', role: 'operator' }, ['name']],
    [{ name: 7, role: ['admin'] }, ['name', 'role']],
    [{ name: 'x', role: 'root' }, ['role']],
    [{ name: 'x', role: 'admin', expiresAt: '2020-01-01T00:00:00Z' }, ['expiresAt']],
    [{ name: 'x', role: 'admin', expiresAt: '2999-02-30T00:00:00Z' }, ['expiresAt']],
    [{ name: 'x', role: 'admin', expiresAt: '2999-01-01' }, ['expiresAt']],
    [{ name: 'x', role: 'admin', expires: '2999-01-01T00:00:00Z' }, ['expires']],
    [{ name: 'x', role: 'admin', hash: 'x' }, ['hash']],
  ])('%j is refused', async (wanted, fields) => {
    const answer = await make(wanted);
    expect(answer.statusCode).toBe(422);
    expect(answer.json<{ errors: { field: string }[] }>().errors.map(({ field }) => field)).toEqual(fields);
  });

  test('only admins make and revoke, and auditors look', async () => {
    const { id } = (await make({ name: 'somebody', role: 'reviewer' })).json<Made>();
    for (const role of ['operator', 'auditor', 'reviewer'] as const) {
      expect((await make({ name: 'mine', role: 'admin' }, rig.as[role])).statusCode).toBe(403);
      expect((await revoke(id, rig.as[role])).statusCode).toBe(403);
      const list = await rig.app.inject({ url: '/api/v1/tokens', headers: rig.as[role] });
      expect(list.statusCode).toBe(role === 'auditor' ? 200 : 403);
    }
  });

  test.each(['1', 'x', '00000000-0000-4000-8000-000000000000', "'--"])('%s is no token', async (id) => {
    expect((await revoke(encodeURIComponent(id))).statusCode).toBe(404);
  });

  test('the last admin stays, also when all are revoked at once', async () => {
    const made = await Promise.all(
      ['one', 'two', 'three'].map(async (name) => (await make({ name, role: 'admin' })).json<Made>()),
    );
    const short = (await make({ name: 'short', role: 'admin', expiresAt: '2999-01-01T00:00:00Z' })).json<Made>();
    await rig.database.dataSource.query('update api_token set expires_at = now() where id = $1', [short.id]);
    const own = await rig.tokens.find('the admin');
    expect(await rig.tokens.revoke(String(own?.id), 'a test')).toBe('revoked');
    const outcomes = await Promise.all(made.map(({ id }) => rig.tokens.revoke(id, 'a test')));
    expect(outcomes.toSorted()).toEqual(['last admin', 'revoked', 'revoked']);
    const left = made[outcomes.indexOf('last admin')];
    const answer = await revoke(String(left?.id), { authorization: `Bearer ${left?.token}` });
    expect(answer.json()).toMatchObject({ status: 409, detail: expect.stringContaining('last usable token') });
    // What has expired is no admin, and can go.
    expect(await rig.tokens.revoke(short.id, 'a test')).toBe('revoked');
  });
});

describe('the first token', () => {
  let database: TestDatabase;
  let tokens: ApiTokens;
  beforeEach(async () => {
    database = await testDatabase();
    tokens = new ApiTokens(database.dataSource);
    return () => database.drop();
  });
  const usable = async () =>
    (await tokens.list({ states: ['usable'], after: null, limit: 100 })).map(({ name, role }) => `${name}: ${role}`);

  test('is made once, and again when there is no usable admin any more', async () => {
    const first = await tokens.ensureAdminToken({ adminToken: null });
    expect(await tokens.authenticate(String(first))).toMatchObject({ name: 'admin', role: 'admin' });
    expect(await tokens.ensureAdminToken({ adminToken: null })).toBeNull();
    await database.dataSource.query('update api_token set expires_at = now()');
    const second = await tokens.ensureAdminToken({ adminToken: null });
    expect(await tokens.authenticate(String(second))).toMatchObject({ name: 'admin 2', role: 'admin' });
    expect(await tokens.authenticate(String(first))).toBeNull();
  });

  test('is made once by processes that start at once', async () => {
    const others = await Promise.all(Array.from({ length: 4 }, () => dataSourceFor(database.url, []).initialize()));
    const made = await Promise.all(others.map((other) => new ApiTokens(other).ensureAdminToken({ adminToken: null })));
    expect(made.filter((token) => token !== null)).toHaveLength(1);
    await Promise.all(others.map((other) => other.destroy()));
  });

  test('is the one of the environment, until another takes its place, and comes back with it', async () => {
    expect(await tokens.ensureAdminToken({ adminToken: 'Zoë’s first' })).toBeNull();
    // As a header brings it: bytes, one a character.
    const sent = Buffer.from('Zoë’s first').toString('latin1');
    expect(await tokens.authenticate(sent)).toMatchObject({ name: 'HUBWARDEN_ADMIN_TOKEN', role: 'admin' });
    expect(await tokens.ensureAdminToken({ adminToken: 'Zoë’s first' })).toBeNull();
    expect(await tokens.ensureAdminToken({ adminToken: 'second' })).toBeNull();
    expect([await tokens.authenticate(sent), (await tokens.authenticate('second'))?.role]).toEqual([null, 'admin']);
    expect(await tokens.ensureAdminToken({ adminToken: 'Zoë’s first' })).toBeNull();
    expect([(await tokens.authenticate(sent))?.role, await tokens.authenticate('second')]).toEqual(['admin', null]);
    expect(await tokens.ensureAdminToken({ adminToken: null })).toBeNull();
    expect(await usable()).toEqual(['HUBWARDEN_ADMIN_TOKEN: admin']);
  });

  test('of the environment stays revoked once somebody revoked it', async () => {
    await tokens.ensureAdminToken({ adminToken: 'leaked' });
    const leaked = await tokens.authenticate('leaked');
    await tokens.create({ name: 'mine', role: 'admin', expiresAt: null }, 'a test');
    expect(await tokens.revoke(String(leaked?.tokenId), 'a test')).toBe('revoked');
    expect(await tokens.ensureAdminToken({ adminToken: 'leaked' })).toBeNull();
    expect(await tokens.authenticate('leaked')).toBeNull();
    expect(await usable()).toEqual(['mine: admin']);
  });

  test('is a new one where the environment has a token of another role', async () => {
    const made = await tokens.create({ name: 'reader', role: 'auditor', expiresAt: null }, 'a test');
    if (made.outcome !== 'created') throw new Error(made.outcome);
    expect(await tokens.ensureAdminToken({ adminToken: made.token })).toMatch(/^hw_/);
    expect(await tokens.authenticate(made.token)).toMatchObject({ role: 'auditor' });
  });
});
