import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccessController } from '../../src/dashboards/access.controller.js';
import { demoCompany } from '../../src/demo/company.js';
import { AskedApi, statementsOf } from '../support/asked-api.js';
import { JudgedCompany } from '../support/company.js';
import { testDatabase } from '../support/database.js';

const nights = ['2026-11-21T02:00:00.000Z', '2026-11-22T02:00:00.000Z'] as const;

interface Item {
  readonly repository: string;
  readonly account: string;
  readonly permission: string;
  readonly paths: readonly object[];
  readonly person: { readonly id: string } | null;
}

let company: JudgedCompany;
let api: AskedApi;

beforeAll(async () => {
  company = await JudgedCompany.start(demoCompany(nights[0]));
  await company.night(nights[0]);
  api = await AskedApi.start(company.database.dataSource, [AccessController]);
});
afterAll(async () => {
  await api.stop();
  await company.stop();
});

async function asked(query: string) {
  const { status, body, text } = await api.get(`/api/v1/access?${query}`);
  expect(text).not.toContain('undefined');
  const items = body['items'];
  return { status, body, items: (Array.isArray(items) ? items : []) as Item[] };
}

const world = () => company.hub.world.organizations[0];
const memberNamed = (username: string) => {
  const member = world()?.members.find((one) => one.username === username);
  if (member === undefined) throw new Error(username);
  return member;
};

describe('GET /api/v1/access', () => {
  it('answers for a repository with every account, every path, its tokens and whether it is public', async () => {
    const { status, body, items } = await asked('repository=acme/prod-api');
    expect(status).toBe(200);
    const nina = items.find(({ account }) => account === 'ninakraus');
    expect(nina).toEqual({
      repository: 'acme/prod-api',
      account: 'ninakraus',
      accountId: `acme:${memberNamed('ninakraus').id}`,
      person: { id: 'E-1001', name: 'Nina Kraus' },
      permission: 'admin',
      paths: [
        { via: 'owner', permission: 'admin' },
        { via: 'team', team: 'platform', permission: 'admin' },
      ],
    });
    // The team release carries the role editor and may push besides.
    expect(items.find(({ account }) => account === 'jonasreuter')).toMatchObject({
      permission: 'admin',
      paths: [
        { via: 'editor', team: 'release', permission: 'admin' },
        { via: 'team', team: 'release', permission: 'write' },
      ],
    });
    expect(items.find(({ account }) => account === 'hdahl')).toBeDefined();
    expect(items.find(({ account }) => account === 'lfontaine')).toBeUndefined();
    const tokens = body['tokens'] as { token: string; permission: string }[];
    expect(tokens.map(({ token, permission }) => [token, permission])).toEqual([
      ['ci-push', 'write'],
      ['hubwarden', 'read'],
      ['release-bot', 'admin'],
    ]);
    expect(body).toMatchObject({
      public: false,
      nextCursor: null,
      complete: true,
      missing: [],
      evaluatedAt: nights[0],
    });
  });

  it('agrees with what Docker Hub says, of every repository', async () => {
    const items = (await api.every('/api/v1/access?organization=acme', 500)) as unknown as Item[];
    const teamOf = (name: string) => world()?.teams.find((team) => team.name === name);
    const expected = (world()?.repositories ?? []).flatMap((repository) =>
      (world()?.members ?? []).flatMap((member) => {
        const everywhere =
          ['Owner', 'Editor'].includes(member.role) || member.groups.some((team) => teamOf(team)?.role === 'editor');
        const held = repository.teams
          .filter(({ team }) => member.groups.includes(team))
          .map(({ permission }) => permission);
        const best = everywhere
          ? 'admin'
          : ['admin', 'write', 'read'].find((permission) => held.some((one) => one === permission));
        return best === undefined ? [] : [`acme/${repository.name} ${member.username} ${best}`];
      }),
    );
    expect(expected.length).toBeGreaterThan(300);
    expect(items.map(({ repository, account, permission }) => `${repository} ${account} ${permission}`).sort()).toEqual(
      expected.sort(),
    );
  });

  it('answers for a person over all organizations, and for an account', async () => {
    const person = await asked('person=E-1001&limit=1000');
    const organizations = new Set(person.items.map(({ repository }) => repository.split('/')[0]));
    expect([...organizations]).toEqual(['acme', 'acme-labs']);
    expect(person.items.every(({ person: who }) => who?.id === 'E-1001')).toBe(true);
    expect(person.body).toMatchObject({ public: null });
    const account = await asked('account=NinaKraus&limit=1000');
    expect(account.items).toEqual(person.items);
    const one = await asked('account=ninakraus&organization=acme-labs');
    expect(new Set(one.items.map(({ repository }) => repository.split('/')[0]))).toEqual(new Set(['acme-labs']));
    const both = await asked('account=jonasreuter&repository=acme/prod-api');
    expect(both.items.map(({ account: name }) => name)).toEqual(['jonasreuter']);
    expect(both.body['tokens']).toMatchObject([{ token: 'release-bot', createdBy: 'jonasreuter' }]);
  });

  it('says that it does not see the tokens of an organization without an owner’s login', async () => {
    const { body } = await asked('repository=acme-labs/datasets-public');
    expect(body).toMatchObject({ public: true, complete: false, tokens: [] });
    expect(body['missing']).toEqual([
      expect.objectContaining({ organization: 'acme-labs', dataset: 'tokens', reason: 'CAPABILITY_MISSING' }),
    ]);
  });

  it('comes in pages that stay the same whatever is recorded meanwhile', async () => {
    const whole = (await api.every('/api/v1/access', 1_000)).map((item) => JSON.stringify(item));
    expect(new Set(whole).size).toBe(whole.length);
    const paged = await api.every('/api/v1/access', 97);
    expect(paged.map((item) => JSON.stringify(item))).toEqual(whole);
    const { body } = await api.get('/api/v1/access?limit=2&organization=acme');
    const cursor = encodeURIComponent(String(body['nextCursor']));
    expect((await api.get(`/api/v1/access?limit=2&organization=acme-labs&cursor=${cursor}`)).status).toBe(400);
    const count = (limit: number) =>
      statementsOf(company.database.dataSource, () => api.get(`/api/v1/access?limit=${limit}`));
    expect(await count(1_000)).toBeLessThanOrEqual(await count(1));
  });

  it.each([
    ['repository=acme/nothing', 404, 'There is no repository acme/nothing.'],
    ['repository=other/api', 404, 'There is no repository other/api: no organization other was evaluated.'],
    ['repository=api', 422, 'is not the name of a repository; expected its organization and name, such as acme/api'],
    ['repository=acme/a/b', 422, 'is not the name of a repository'],
    ['repository=acme/prod-api&organization=acme-labs', 422, 'organization does not have the repository acme/prod-api'],
    ['person=E-9', 404, 'There is no person E-9 in the roster of this evaluation.'],
    ['account=nobody', 404, 'There is no account nobody in acme, acme-labs.'],
    ['account=lfontaine&organization=acme-labs', 404, 'There is no account lfontaine in acme-labs.'],
    ['organization=other', 404, 'There is no organization other in this evaluation.'],
    ['repository=', 422, 'repository'],
    ['team=x', 422, 'team'],
  ])('%s: %d', async (query, status, sentence) => {
    const { status: answered, body } = await api.get(`/api/v1/access?${query}`);
    expect(answered).toBe(status);
    expect(String(body['detail'])).toContain(sentence);
  });

  it('is CSV with tokens and gaps in it, where that is asked for', async () => {
    const { text } = await api.get('/api/v1/access?repository=acme-labs/datasets-public', { accept: 'text/csv' });
    const lines = text.split('\r\n');
    expect(lines[0]).toBe('kind,organization,repository,name,permission,through,person,personName,detail');
    expect(lines[1]).toBe('everybody,acme-labs,acme-labs/datasets-public,,read,public,,,');
    expect(lines[2]).toMatch(/^unknown,acme-labs,,,,CAPABILITY_MISSING,,,"?The listing tokens is /);
    expect(text).toContain('account,acme-labs,acme-labs/datasets-public,ninakraus,admin,owner,E-1001,Nina Kraus,');
    const { text: withTokens } = await api.get('/api/v1/access?repository=acme/prod-api', { accept: 'text/csv' });
    expect(withTokens).toContain(
      'token,acme,acme/prod-api,ci-push,write,scope-image-push; scope-tag-read,,,made by pzawadzki',
    );
    expect(withTokens).toContain(
      'jonasreuter,admin,editor (of the team release); team release (write),E-1017,Jonas Reuter,',
    );
  });
});

describe('GET /api/v1/access over time', () => {
  it('never says “nobody” of a night that saw nothing, and remembers what was before', async () => {
    const before = await asked('repository=acme/prod-api');
    const release = world()?.repositories.find(({ name }) => name === 'prod-api');
    if (release !== undefined) release.teams = [];
    company.hub.faults.push({ on: '/orgs/acme/members', answer: 500 });
    await company.night(nights[1]);

    const night = await asked('repository=acme/prod-api');
    expect(night.body).toMatchObject({ complete: false, evaluatedAt: nights[1] });
    expect(JSON.stringify(night.body['missing'])).toContain('"dataset":"members"');
    const acmeci = night.items.find(({ account }) => account === 'acmeci');
    expect(acmeci?.paths).toContainEqual({ via: 'editor', permission: 'admin', unverified: true });

    const then = await asked(`repository=acme/prod-api&asOf=${nights[0]}`);
    expect(then.items).toEqual(before.items);
    expect(then.body).toMatchObject({ complete: true, evaluatedAt: nights[0] });
    const { status, body } = await api.get('/api/v1/access?repository=acme/prod-api&asOf=2020-01-01T00:00:00Z');
    expect({ status, detail: body['detail'] }).toEqual({
      status: 422,
      detail: expect.stringContaining('before the first snapshot'),
    });
  });

  it('says of a repository that is gone since when', async () => {
    company.hub.faults.length = 0;
    const organization = world();
    if (organization !== undefined) {
      organization.repositories = organization.repositories.filter(({ name }) => name !== 'sandbox');
    }
    await company.night('2026-11-23T02:00:00.000Z');
    const { status, body } = await asked('repository=acme/sandbox');
    expect({ status, detail: body['detail'] }).toEqual({
      status: 404,
      detail: 'There is no repository acme/sandbox any more: the reading of 2026-11-23 02:00 UTC no longer had it.',
    });
    expect((await asked(`repository=acme/sandbox&asOf=${nights[0]}`)).status).toBe(200);
  });

  it('says nothing of an empty database but that nothing was evaluated', async () => {
    const database = await testDatabase();
    const other = await AskedApi.start(database.dataSource, [AccessController]);
    const { status, body } = await other.get('/api/v1/access?repository=acme/api');
    const csv = await other.get('/api/v1/access', { accept: 'text/csv' });
    await other.stop();
    await database.drop();
    expect({ status, ...body }).toMatchObject({ status: 200, items: [], tokens: [], public: null, complete: false });
    expect(csv.text).toContain('unknown,,,,,NOT_EVALUATED');
  });
});
