import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TrailController } from '../../src/dashboards/trail.controller.js';
import { demoCompany } from '../../src/demo/company.js';
import { ApiTokens } from '../../src/http/api-tokens.js';
import { hashEntry, type TrailEntry } from '../../src/trail/hash-entry.js';
import { verifyTrail } from '../../src/trail/verify-trail.query.js';
import { AskedApi } from '../support/asked-api.js';
import { JudgedCompany } from '../support/company.js';
import { runCommand } from '../support/recorded-session.js';

describe('what goes into the trail', () => {
  let company: JudgedCompany;
  let api: AskedApi;

  beforeAll(async () => {
    company = await JudgedCompany.start(demoCompany('2026-11-21T02:00:00.000Z'));
    api = await AskedApi.start(company.database.dataSource, [TrailController]);
  });
  afterAll(async () => {
    await api.stop();
    await company.stop();
  });

  const entries = async (query = ''): Promise<TrailEntry[]> =>
    // What the API says of an entry is the entry.
    JSON.parse(JSON.stringify(await api.every(`/api/v1/trail${query}`, 3)));

  it('is the tokens, without the tokens', async () => {
    const env = { DATABASE_URL: company.database.url };
    const { out } = await runCommand(['token', 'create', '--name', 'ci', '--role', 'operator'], env);
    await runCommand(['token', 'revoke', 'ci'], env);
    await runCommand(['token', 'revoke', 'ci'], env);
    const made = await api.ask('POST', '/api/v1/tokens', { body: { name: 'grafana', role: 'auditor' } });
    await api.ask('DELETE', `/api/v1/tokens/${String(made.body['id'])}`, {});
    await api.ask('DELETE', `/api/v1/tokens/${String(made.body['id'])}`, {});
    const all = await entries();
    expect(
      all.slice(0, 4).map(({ actor, actorToken, action, before, after }) => ({
        actor,
        by: actorToken !== null,
        action,
        before,
        after,
      })),
    ).toMatchObject([
      {
        actor: 'the admin',
        by: true,
        action: 'token.revoked',
        before: { name: 'grafana', role: 'auditor' },
        after: null,
      },
      {
        actor: 'the admin',
        by: true,
        action: 'token.created',
        after: { name: 'grafana', role: 'auditor', expiresAt: null },
      },
      { actor: expect.stringMatching(/^terminal: \w+/), by: false, action: 'token.revoked' },
      { actor: expect.stringMatching(/^terminal: \w+/), by: false, action: 'token.created', after: { name: 'ci' } },
    ]);
    const text = JSON.stringify(all);
    for (const secret of [out.trim(), String(made.body['token'])]) {
      expect(secret.length).toBeGreaterThan(20);
      expect(text).not.toContain(secret);
    }
  });

  it('is the token of the environment, as done by the configuration', async () => {
    const tokens = new ApiTokens(company.database.dataSource);
    await tokens.ensureAdminToken({ adminToken: 'a-secret-of-the-deployment-1' });
    await tokens.ensureAdminToken({ adminToken: 'a-secret-of-the-deployment-2' });
    await tokens.ensureAdminToken({ adminToken: 'a-secret-of-the-deployment-2' });
    const mine = await entries('?actor=configuration');
    expect(mine.map(({ action, actorToken }) => [action, actorToken])).toEqual([
      ['token.created', null],
      ['token.revoked', null],
      ['token.created', null],
    ]);
    expect(JSON.stringify(await entries())).not.toContain('a-secret-of-the-deployment');
  });

  it('is a change of policy, with what differs and no more', async () => {
    await company.night('2026-11-21T02:00:00.000Z');
    await company.night('2026-11-22T02:00:00.000Z');
    expect(await entries('?action=policy.changed')).toEqual([]);
    await company.night('2026-11-23T02:00:00.000Z', (text) => `${text}\nchecks: { user-identified: { sla: 9d } }\n`);
    const [change, ...more] = await entries('?action=policy.changed');
    expect(more).toEqual([]);
    expect(change).toMatchObject({ actor: 'configuration', actorToken: null, subject: 'policy', reason: null });
    expect(JSON.stringify([change?.before, change?.after])).toMatch(
      /^\[\{"checks":\{"user-identified":\{"sla.*9d.*\}\}\}\]$/,
    );
    expect(JSON.stringify(change).length).toBeLessThan(1_000);
  });

  it('is filtered, paged, and a table for spreadsheets', async () => {
    const all = await entries();
    expect(all.map(({ number }) => Number(number))).toEqual(all.map((_, place) => all.length - place));
    const middle = all[3]?.at ?? '';
    expect((await entries(`?since=${middle}`)).every(({ at }) => at >= middle)).toBe(true);
    expect((await entries(`?until=${middle}`)).every(({ at }) => at <= middle)).toBe(true);
    expect((await entries('?action=token.created,token.revoked&actor=the admin')).length).toBe(2);
    expect(await entries('?subject=nothing/1')).toEqual([]);
    expect((await api.get('/api/v1/trail?since=yesterday')).status).toBe(422);
    const csv = await api.get('/api/v1/trail', { accept: 'text/csv', as: 'auditor' });
    expect(csv.text.split('\r\n')[0]).toBe(
      'number,at,actor,actorToken,action,subject,before,after,reason,previousHash,hash',
    );
    expect(csv.text.split('\r\n').length).toBe(all.length + 2);
  });

  it('is what a stranger can check by the API alone', async () => {
    const all = await entries();
    for (const [place, { hash, ...entry }] of all.entries()) {
      expect(hashEntry(entry)).toBe(hash);
      expect(entry.previousHash).toBe(all[place + 1]?.hash ?? '0'.repeat(64));
    }
    expect(await verifyTrail(company.database.dataSource)).toMatchObject({ outcome: 'whole', entries: all.length });
  });
});
