import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PeopleController } from '../../src/dashboards/people.controller.js';
import { demoCompany } from '../../src/demo/company.js';
import { AskedApi, statementsOf } from '../support/asked-api.js';
import { JudgedCompany } from '../support/company.js';

const night = '2026-11-21T02:00:00.000Z';
const odd = 'E/10 %2F?#é:"1';

describe('the people of one night', () => {
  let company: JudgedCompany;
  let api: AskedApi;
  const ids = async (query: string): Promise<string[]> =>
    (await api.items(`/api/v1/people?limit=1000&${query}`)).map(({ id }) => String(id));

  beforeAll(async () => {
    company = await JudgedCompany.start(demoCompany(night));
    const roster = await readFile(company.files.roster, 'utf8');
    await company.writeRoster(roster.replace('E-1003', `"${odd.replaceAll('"', '""')}"`), night);
    await company.night(night);
    api = await AskedApi.start(company.database.dataSource, [PeopleController]);
  });
  afterAll(async () => {
    await api.stop();
    await company.stop();
  });

  it('are the people of the roster, once each over all pages, by name or by id', async () => {
    const [roster]: { people: number }[] = await company.database.dataSource.query('select people from roster');
    const people = await api.every('/api/v1/people', 7);
    expect(people).toHaveLength(roster?.people ?? 0);
    expect(new Set(people.map(({ id }) => id)).size).toBe(people.length);
    const names = people.map(({ name }) => String(name).toLowerCase());
    expect(names).toEqual([...names].sort());
    const byId = (await api.every('/api/v1/people?sort=id', 7)).map(({ id }) => String(id));
    expect(byId).toEqual([...byId].sort());
  });

  it('say who works there, and who has access', async () => {
    const [nina] = await api.items('/api/v1/people?q=nina%20kraus');
    expect(nina).toMatchObject({
      id: 'E-1001',
      name: 'Nina Kraus',
      employment: { state: 'employed', lastDay: null, inferred: false, reason: null },
      department: 'Platform',
      jobTitle: 'Head of Platform',
    });
    expect(nina?.['accountCount']).toBeGreaterThan(0);
    const [jonas] = await api.items('/api/v1/people?q=jonas.reuter');
    expect(jonas).toMatchObject({
      employment: { state: 'ended', lastDay: '2026-11-09' },
      accountCount: 1,
      verdict: 'fail',
    });
    const [clara] = await api.items('/api/v1/people?q=Clara%20Weiss');
    expect(clara).toMatchObject({ employment: { state: 'ended' }, accountCount: 0, verdict: null });
  });

  it('are found by every filter', async () => {
    const all = await ids('');
    const states = await Promise.all(
      ['employed', 'ended', 'not_started', 'unknown'].map((state) => ids(`employment=${state}`)),
    );
    expect(states.flat().sort()).toEqual([...all].sort());
    const [employed = [], ended = []] = states;
    expect((await ids('employment=employed,ended')).sort()).toEqual([...employed, ...ended].sort());
    expect([...(await ids('hasAccess=true')), ...(await ids('hasAccess=false'))].sort()).toEqual([...all].sort());
    expect(await ids('hasAccess=true&employment=ended')).toContain('E-1017');
    expect(await ids('hasAccess=false')).toContain('E-1029');
    expect(await ids('department=PLATFORM')).toEqual(expect.arrayContaining(['E-1001', 'E-1002', odd]));
    expect(await ids('department=nothing')).toEqual([]);
    expect(await ids('q=100%25')).toEqual([]);
  });

  it('tell everything about one', async () => {
    const { status, body } = await api.get('/api/v1/people/E-1017');
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: 'E-1017', name: 'Jonas Reuter', formerIds: [] });
    expect(body['spells']).toEqual([
      expect.objectContaining({ endDate: '2026-11-09', status: 'terminated', department: 'Release' }),
    ]);
    expect(body['accounts']).toEqual([
      expect.objectContaining({ username: 'jonasreuter', teams: ['release'], verdict: 'fail' }),
    ]);
    expect(body['links']).toEqual([expect.objectContaining({ source: 'work-email', username: 'jonasreuter' })]);
    expect((body['findings'] as unknown[]).length).toBeGreaterThan(0);
  });

  it('may have any id', async () => {
    const { status, body } = await api.get(`/api/v1/people/${encodeURIComponent(odd)}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: odd, name: 'Amara Okafor' });
    const long = 'é/'.repeat(100);
    await company.database.dataSource.query(
      `insert into person (employee_id, data, first_roster) select $1, '{"fullName": "Long", "otherEmails": [], "spells": []}', min(id) from roster`,
      [long],
    );
    expect((await api.get(`/api/v1/people/${encodeURIComponent(long)}`)).body).toMatchObject({ id: long });
    await company.database.dataSource.query('delete from person where employee_id = $1', [long]);
  });

  it('are found under a former id', async () => {
    const former = `insert into person (employee_id, data, first_roster)
      select 'OLD-1', '{"sameAs": "E-1017", "otherEmails": [], "spells": []}', min(id) from roster`;
    await company.database.dataSource.query(former);
    await company.database.dataSource.query(`update link set employee_id = 'OLD-1' where employee_id = 'E-1017'`);
    expect(await ids('q=OLD-1')).toEqual([]);
    const { body } = await api.get('/api/v1/people/OLD-1');
    expect(body).toMatchObject({ id: 'E-1017', accountCount: 1 });
    expect(body['accounts']).toHaveLength(1);
    expect(body['links']).toHaveLength(1);
    expect(await ids('hasAccess=true&employment=ended')).toContain('E-1017');
  });

  it.each(['E-404', 'nobody/there', '%00', '..%2f', "'"])('are not %j', async (id) => {
    expect((await api.get(`/api/v1/people/${id.includes('%') ? id : encodeURIComponent(id)}`)).status).toBe(404);
  });

  it('come as a sheet, and in a handful of statements', async () => {
    const { text } = await api.get('/api/v1/people', { accept: 'text/csv' });
    expect(text).toContain('Nina Kraus');
    const work = (): Promise<unknown> => ids('employment=employed&hasAccess=true&q=a');
    expect(await statementsOf(company.database.dataSource, work)).toBeLessThanOrEqual(5);
  });
});
