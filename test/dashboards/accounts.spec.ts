import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccountsController } from '../../src/dashboards/accounts.controller.js';
import { demoCompany } from '../../src/demo/company.js';
import type { Report } from '../../src/findings/report.js';
import { AskedApi, statementsOf } from '../support/asked-api.js';
import { JudgedCompany, resultOf } from '../support/company.js';

const night = '2026-11-21T02:00:00.000Z';
const worstFirst = ['fail', 'error', 'unknown', 'pass', 'not_applicable'];

describe('the accounts of one night', () => {
  let company: JudgedCompany;
  let report: Report;
  let api: AskedApi;
  const names = async (query: string): Promise<string[]> =>
    (await api.items(`/api/v1/accounts?${query}`)).map(({ username, email }) => String(username ?? email));

  beforeAll(async () => {
    company = await JudgedCompany.start(demoCompany(night));
    report = await company.night(night);
    api = await AskedApi.start(company.database.dataSource, [AccountsController]);
  });
  afterAll(async () => {
    await api.stop();
    await company.stop();
  });

  it('are the accounts and invites that the report judges, each with its verdicts counted', async () => {
    const judged = report.results.filter(({ check }) => check === 'user-identified');
    const accounts = await api.every('/api/v1/accounts', 9);
    expect(accounts.map(({ organization, kind, key }) => [organization, kind, key].join('/')).sort()).toEqual(
      judged.map(({ organization, subject }) => `${organization}/${subject.kind}/${subject.id}`).sort(),
    );
    for (const account of accounts) {
      const about = report.results.filter(
        ({ organization, subject }) =>
          organization === account['organization'] &&
          (subject.id === account['key'] || subject.id === [subject.system, account['key']].join('/')),
      );
      const verdicts = about.map(({ verdict }) => verdict);
      expect(account['verdict']).toBe(worstFirst.find((verdict) => verdicts.some((one) => one === verdict)));
      expect(account['counts']).toEqual(
        Object.fromEntries(worstFirst.map((one) => [one, verdicts.filter((verdict) => verdict === one).length])),
      );
    }
  });

  it('say which role each account really has, of leavers and strangers too', async () => {
    const accounts = await api.every('/api/v1/accounts?kind=account', 100);
    const nameless = accounts.filter(
      ({ effectiveRoles }) => !Array.isArray(effectiveRoles) || effectiveRoles.length === 0,
    );
    expect(accounts.length).toBeGreaterThan(50);
    expect(nameless.map(({ username }) => username)).toEqual([]);
  });

  it('say who somebody is, in which teams and in what role', async () => {
    const [account] = await api.items('/api/v1/accounts?q=ninakraus&organization=acme');
    expect(account).toMatchObject({
      organization: 'acme',
      kind: 'account',
      presence: 'present',
      role: 'Owner',
      effectiveRoles: ['owner'],
      teams: ['owners', 'platform'],
      teamsKnown: true,
      identity: 'linked',
      link: { person: 'E-1001', name: 'Nina Kraus', source: 'work-email', since: night },
      candidates: [],
      hidden: [],
    });
    expect(account?.['id']).toBe(`acme:${String(account?.['key'])}`);
  });

  it('are found by every filter', async () => {
    const all = await names('limit=1000');
    const linked = await names('limit=1000&linked=true');
    const services = await names('limit=1000&linked=service_account');
    const others = await names('limit=1000&linked=false');
    expect([...linked, ...services, ...others].sort()).toEqual([...all].sort());
    expect(services.length).toBeGreaterThan(0);
    expect(await names('person=E-1001&organization=acme')).toEqual(['ninakraus']);
    expect(await names('q=KRAUS&kind=account&organization=acme')).toEqual(['ninakraus']);
    expect(await names('team=Owners&role=OWNER')).toEqual(expect.arrayContaining(['ninakraus', 'isolberg']));
    expect(await names('team=owners,nobody')).toEqual(await names('team=owners'));
    expect(await names('organization=nowhere')).toEqual([]);
    expect(await names('presence=gone')).toEqual([]);
    const failing = (check: string): string[] =>
      report.results
        .filter((result) => result.check === check && result.verdict === 'fail')
        .map(({ subject }) => subject.name)
        .sort();
    for (const check of ['user-identified', 'offboarded-access-removed', 'critical-system-access-valid']) {
      expect((await names(`check=${check}&verdict=fail&limit=1000`)).sort(), check).toEqual([
        ...new Set(failing(check)),
      ]);
    }
    expect((await names('kind=invite')).length).toBe(
      report.results.filter(({ check, subject }) => check === 'user-identified' && subject.kind === 'invite').length,
    );
  });

  it('come with the worst first, and each once over all pages', async () => {
    const accounts = await api.every('/api/v1/accounts?sort=verdict', 4);
    const ranks = accounts.map(({ verdict }) => worstFirst.indexOf(String(verdict)));
    expect(ranks).toEqual(ranks.toSorted((one, other) => one - other));
    expect(new Set(accounts.map(({ id }) => id)).size).toBe(accounts.length);
    const { body } = await api.get('/api/v1/accounts?limit=2');
    const cursor = encodeURIComponent(String(body['nextCursor']));
    expect((await api.get(`/api/v1/accounts?limit=2&sort=verdict&cursor=${cursor}`)).status).toBe(400);
  });

  it('show the candidates of an ambiguous one, now and at that time', async () => {
    const [ambiguous] = report.results.filter(({ reason }) => reason === 'IDENTITY_AMBIGUOUS');
    for (const moment of ['', `&asOf=${night}`]) {
      const [account] = await api.items(
        `/api/v1/accounts?kind=${ambiguous?.subject.kind}&q=${ambiguous?.subject.id}${moment}`,
      );
      expect(account).toMatchObject({ identity: 'ambiguous', candidates: ambiguous?.facts['candidates'], link: null });
    }
  });

  it('say what Docker Hub did not show', async () => {
    await company.database.dataSource.query(
      `update observation set data = data - 'email' || '{"fullName": null}' where data->>'username' = 'hdahl'`,
    );
    const [account] = await api.items('/api/v1/accounts?q=hdahl');
    expect(account).toMatchObject({ email: null, fullName: null, hidden: ['email'] });
  });

  it('tell everything about one', async () => {
    const [item] = await api.items('/api/v1/accounts?q=jonasreuter');
    const { status, body } = await api.get(`/api/v1/accounts/${encodeURIComponent(String(item?.['id']))}`);
    expect(status).toBe(200);
    expect(body).toMatchObject(item ?? {});
    const said = resultOf(report, 'offboarded-access-removed', 'jonasreuter');
    expect(body['verdicts']).toContainEqual(
      expect.objectContaining({
        check: 'offboarded-access-removed',
        verdict: 'fail',
        reason: said.reason,
        message: said.message,
        facts: said.facts,
      }),
    );
    expect(body['links']).toEqual([
      expect.objectContaining({
        person: 'E-1017',
        personName: 'Jonas Reuter',
        endedAt: null,
        evidence: expect.objectContaining({
          username: 'jonasreuter',
          keys: [expect.objectContaining({ matcher: 'work-email' })],
        }),
      }),
    ]);
    expect(body['teamRoles']).toEqual([expect.objectContaining({ team: 'release' })]);
    expect(body['findings']).toHaveLength(
      report.results.filter(({ subject, dueAt }) => dueAt !== null && subject.name === 'jonasreuter').length,
    );
    expect(body['firstSeen']).toEqual(body['lastSeen']);
    expect(body['firstSeen']).toMatchObject({ at: night });
    expect(body['scim']).toMatchObject({ status: expect.any(String) });
  });

  it('tell about an invite by its own id', async () => {
    const [invite] = await api.items('/api/v1/accounts?kind=invite');
    expect(String(invite?.['id'])).toContain(':invite:');
    const { status, body } = await api.get(`/api/v1/accounts/${encodeURIComponent(String(invite?.['id']))}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ kind: 'invite', scim: null });
  });

  it.each([
    'acme',
    'acme:',
    ':x',
    'acme:nobody',
    'nowhere:0ab7',
    'acme:invite:nobody',
    `acme:${'x'.repeat(400)}`,
    "acme:'",
    'acme:%00',
  ])('are not %j', async (id) => {
    expect((await api.get(`/api/v1/accounts/${id.includes('%') ? id : encodeURIComponent(id)}`)).status).toBe(404);
  });

  it.each(['limit=0', 'verdict=bad', 'linked=maybe', 'sort=email', 'unknown=1', 'asOf=yesterday', 'q=%00'])(
    'cannot be asked for with %s',
    async (query) => {
      const { status, body } = await api.get(`/api/v1/accounts?${query}`);
      expect(status).toBe(422);
      expect(body['errors']).toHaveLength(1);
    },
  );

  it('come as a sheet, and in a handful of statements however they are filtered', async () => {
    const { text } = await api.get('/api/v1/accounts?limit=1000', { accept: 'text/csv' });
    const all = await api.items('/api/v1/accounts?limit=1000');
    expect(text.trim().split('\r\n')).toHaveLength(all.length + 1);
    const { dataSource } = company.database;
    for (const query of ['limit=1', 'limit=1000', 'limit=1000&sort=verdict&verdict=fail&role=owner&team=owners&q=a']) {
      const work = (): Promise<unknown> => api.items(`/api/v1/accounts?${query}`);
      const statements = await statementsOf(dataSource, work);
      expect(statements).toBeGreaterThan(1);
      expect(statements).toBeLessThanOrEqual(5);
    }
  });
});
