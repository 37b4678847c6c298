import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccountsController } from '../../src/dashboards/accounts.controller.js';
import { LinksController } from '../../src/dashboards/links.controller.js';
import { PeopleController } from '../../src/dashboards/people.controller.js';
import { changeWorld, type WorldChange } from '../../src/demo/change-world.js';
import { demoCompany } from '../../src/demo/company.js';
import { LinkDecisions } from '../../src/identity/link-decisions.js';
import { LinkDecisionsController } from '../../src/identity/link-decisions.controller.js';
import { AskedApi } from '../support/asked-api.js';
import { JudgedCompany } from '../support/company.js';

const first = '2026-11-19T02:00:00.000Z';
const second = '2026-11-20T02:00:00.000Z';
const identity = {
  corporateDomains: [],
  domainAliases: {},
  plusAddressing: false,
  links: [{ username: 'nightowl77', person: 'E-1011' }],
  serviceAccounts: [],
};

describe('links, and what they were', () => {
  let company: JudgedCompany;
  let api: AskedApi;
  let then: Record<string, Record<string, unknown>[]>;
  const change = (op: WorldChange): void => {
    const mistake = changeWorld(company.hub.world, op);
    if (mistake !== null) throw new Error(mistake);
  };
  const everything = async (moment: string): Promise<typeof then> => ({
    accounts: await api.every(`/api/v1/accounts?presence=present,unverified,gone${moment}`, 20),
    people: await api.every(`/api/v1/people?sort=id${moment}`, 20),
    links: await api.every(`/api/v1/links?standing=any${moment}`, 20),
  });
  const linkOf = async (username: string): Promise<Record<string, unknown> | undefined> =>
    (await api.items('/api/v1/links?limit=1000&organization=acme')).find((link) => link['username'] === username);

  beforeAll(async () => {
    company = await JudgedCompany.start(demoCompany(first));
    await company.night(first);
    const { dataSource } = company.database;
    api = await AskedApi.start(
      dataSource,
      [AccountsController, LinkDecisionsController, LinksController, PeopleController],
      [{ provide: LinkDecisions, useValue: new LinkDecisions(dataSource) }],
      { identity },
    );
    then = await everything('');
  });
  afterAll(async () => {
    await api.stop();
    await company.stop();
  });

  it('are those that stand, newest first, and found by every filter', async () => {
    const links = await api.every('/api/v1/links', 6);
    const ids = links.map(({ id }) => Number(id));
    expect(ids).toEqual([...ids].sort((one, other) => other - one));
    const [row]: { count: string }[] = await company.database.dataSource.query(
      'select count(*) from link where ended_at is null',
    );
    expect(links).toHaveLength(Number(row?.count));
    expect(await api.items('/api/v1/links?person=E-1017')).toEqual([
      expect.objectContaining({ username: 'jonasreuter', personName: 'Jonas Reuter', since: first, endedAt: null }),
    ]);
    const sources = await Promise.all(
      ['work-email', 'docker-username', 'declared'].map((source) =>
        api.items(`/api/v1/links?limit=1000&source=${source}`),
      ),
    );
    expect(sources.flat()).toHaveLength(links.length);
    expect(await api.items('/api/v1/links?standing=false')).toEqual([]);
    expect((await api.get('/api/v1/links', { accept: 'text/csv' })).text).toContain('jonasreuter');
  });

  it('are made and taken back by those who may', async () => {
    const { id } = (await linkOf('jonasreuter')) ?? {};
    const wanted = { organization: 'acme', account: 'jonasreuter', person: 'E-1002', reason: 'he told us' };
    for (const as of ['auditor', 'reviewer'] as const) {
      expect((await api.ask('POST', '/api/v1/links', { as, body: wanted })).status).toBe(403);
      expect((await api.ask('DELETE', `/api/v1/links/${String(id)}?reason=x`, { as })).status).toBe(403);
    }
    expect(await linkOf('jonasreuter')).toMatchObject({ id, person: 'E-1017' });

    const made = await api.ask('POST', '/api/v1/links', { as: 'operator', body: wanted });
    expect(made.status).toBe(200);
    expect(made.body).toMatchObject({ person: 'E-1002', source: 'manual', endedAt: null });
    expect(await linkOf('jonasreuter')).toMatchObject({
      id: made.body['id'],
      evidence: { by: 'the operator', reason: 'he told us', keys: [] },
    });
    const [ended] = await api.items('/api/v1/links?standing=false');
    expect(ended).toMatchObject({ id, endedBecause: 'TAKEN_BACK', endedBy: 'the operator', endedReason: 'he told us' });

    const gone = await api.ask('DELETE', `/api/v1/links/${String(made.body['id'])}?reason=no`);
    expect(gone.body).toMatchObject({ endedBecause: 'TAKEN_BACK' });
    expect((await api.ask('DELETE', `/api/v1/links/${String(made.body['id'])}?reason=no`)).status).toBe(409);
    expect(api.logged.join('\n')).toContain('Link decided');
    expect(api.logged.join('\n')).not.toMatch(/jonasreuter|he told us|E-1002/);
  });

  it.each<[string, object, number, string[]]>([
    ['nothing', {}, 422, ['account', 'organization', 'person', 'reason']],
    ['an unknown account', { account: 'nobody' }, 422, ['account']],
    ['an unknown person', { person: 'E-404' }, 422, ['person']],
    ['an unknown organization', { organization: 'nowhere' }, 422, ['organization']],
    ['an empty reason', { reason: '  ' }, 422, ['reason']],
    ['another field', { colour: 'red' }, 422, ['colour']],
    ['a wrong kind', { kind: 'team' }, 422, ['kind']],
    ['a number', { account: 7 }, 422, ['account']],
    ['what the file declares', { account: 'nightowl77' }, 409, []],
  ])('are refused with %s', async (name, part, status, fields) => {
    const whole = { organization: 'acme', account: 'jonasreuter', person: 'E-1002', reason: 'x' };
    const answer = await api.ask('POST', '/api/v1/links', { body: name === 'nothing' ? {} : { ...whole, ...part } });
    expect(answer.status).toBe(status);
    const errors = (answer.body['errors'] ?? []) as { field: string }[];
    expect(errors.map(({ field }) => field).sort()).toEqual(fields);
    expect(String(answer.body['detail']).includes('hubwarden.yaml')).toBe(status === 409);
  });

  it.each(['0', 'abc', '99999999999999999999', '%00'])('are not %j', async (id) => {
    expect((await api.ask('DELETE', `/api/v1/links/${id}?reason=x`)).status).toBe(404);
  });

  it('need a reason to end', async () => {
    const { id } = (await linkOf('ninakraus')) ?? {};
    const { status, body } = await api.ask('DELETE', `/api/v1/links/${String(id)}`);
    expect([status, body['errors']]).toEqual([422, [expect.objectContaining({ field: 'reason' })]]);
  });

  it('are, as of an earlier night, what they were, with everything around them', async () => {
    change({ op: 'remove member', organization: 'acme', username: 'dpetrov' });
    const henrik = company.hub.world.organizations[0]?.members.find(({ username }) => username === 'hdahl');
    if (henrik === undefined) throw new Error('no hdahl');
    Object.assign(henrik, { role: 'Owner', username: 'henrikdahl' });
    await company.night(second);

    const now = await everything('');
    expect(now).not.toEqual(then);
    expect(now['accounts']).toContainEqual(expect.objectContaining({ username: 'dpetrov', presence: 'gone' }));
    expect(now['accounts']).toContainEqual(expect.objectContaining({ username: 'henrikdahl', role: 'Owner' }));
    const stranger = now['accounts']?.find(({ username }) => username === 'jonasreuter');
    expect(stranger).toMatchObject({ identity: 'unlinked', link: null });
    expect(await everything(`&asOf=${first}`)).toEqual(then);

    for (const list of ['accounts', 'people', 'links']) {
      const early = await api.get(`/api/v1/${list}?asOf=2026-11-18T00:00:00Z`);
      expect([early.status, early.body['detail']]).toEqual([422, expect.stringContaining('before the first snapshot')]);
    }
    const { id } = stranger ?? {};
    const before = (await api.get(`/api/v1/accounts/${String(id)}?asOf=${first}`)).body;
    const after = (await api.get(`/api/v1/accounts/${String(id)}`)).body;
    expect(before).toMatchObject({ link: { person: 'E-1017' }, links: [{ endedAt: null }], lastSeen: { at: first } });
    expect(after).toMatchObject({ link: null, firstSeen: { at: first }, lastSeen: { at: second } });
    expect((after['links'] as { person: string }[]).map(({ person }) => person)).toEqual(['E-1002', 'E-1017']);
    const dpetrov = now['accounts']?.find(({ username }) => username === 'dpetrov');
    expect((await api.get(`/api/v1/accounts/${String(dpetrov?.['id'])}`)).body).toMatchObject({
      presence: 'gone',
      lastSeen: { at: first },
    });
    expect((await api.get(`/api/v1/people/E-1017?asOf=${first}`)).body).toMatchObject({ accountCount: 1 });
    expect((await api.get('/api/v1/people/E-1017')).body).toMatchObject({ accountCount: 0, accounts: [] });
  });

  it('keep to one evaluation over the pages of a list', async () => {
    let nights = 0;
    const before = await api.items('/api/v1/accounts?limit=1000');
    const accounts = await api.every('/api/v1/accounts', 15, async () => {
      nights += 1;
      if (nights > 1) return;
      change({ op: 'remove member', organization: 'acme', username: 'henrikdahl' });
      await company.night('2026-11-20T03:00:00.000Z');
    });
    expect(accounts.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  });
});
