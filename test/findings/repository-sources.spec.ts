import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type {
  CriticalRepositoryFacts,
  CriticalWriteFacts,
  RepositoryFacts,
} from '../../src/checks/repository-facts.js';
import type { Configuration } from '../../src/config/configuration.js';
import type { OrganizationSnapshot } from '../../src/findings/access-scope.query.js';
import { criticalRepositorySource } from '../../src/findings/critical-repositories.query.js';
import { criticalWriterSource } from '../../src/findings/critical-writers.query.js';
import { lookUpPolicy } from '../../src/findings/policy.js';
import { repositorySource } from '../../src/findings/repository-facts.query.js';
import type { SubjectSource } from '../../src/findings/subject-source.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { AccessWorld, type ShownOrganization } from './access-world.js';

const now = '2026-11-21T02:00:00.000Z';
let database: TestDatabase;
let world: AccessWorld;

beforeAll(async () => {
  database = await testDatabase();
  world = new AccessWorld(database.dataSource);
});
afterEach(() => database.dataSource.query(`update organization set name = 'old-' || id`));
afterAll(() => database.drop());

interface Policy {
  readonly systems?: readonly { readonly name: string; readonly repositories: readonly string[] | null }[];
  readonly serviceAccounts?: readonly object[];
}

/** Facts by subject. */
async function factsOf<Facts>(
  source: SubjectSource,
  snapshot: OrganizationSnapshot,
  { systems = [], serviceAccounts = [] }: Policy = {},
): Promise<Readonly<Record<string, Facts>>> {
  const configuration: Configuration = JSON.parse(
    JSON.stringify({
      identity: { corporateDomains: [], domainAliases: {}, plusAddressing: false, links: [], serviceAccounts },
      criticalSystems: systems.map((system) => ({
        ...system,
        organization: 'acme',
        owner: null,
        approvedOn: null,
        access: null,
      })),
      roles: { 'build-lead': 'editor' },
      roster: { timeZone: 'UTC' },
      checks: [],
    }),
  );
  const { manager } = database.dataSource;
  const policy = await lookUpPolicy(manager, configuration, now);
  const runner = database.dataSource.createQueryRunner();
  const found: [string, Facts][] = [];
  for await (const { subject, facts } of source.subjects(runner, { ...snapshot, now, policy, exceptions: [] })) {
    expect(subject).toMatchObject({ kind: 'repository', key: subject.name, system: null });
    found.push([subject.name, facts as Facts]);
  }
  await runner.release();
  return Object.fromEntries(found);
}

const repositories = (...shown: ShownOrganization['repositories']): ShownOrganization => ({
  name: 'acme',
  members: [{ id: 'a', username: 'anna', role: 'Owner' }],
  repositories: shown,
});

describe('repositories', () => {
  const read = (snapshot: OrganizationSnapshot) => factsOf<RepositoryFacts>(repositorySource, snapshot);

  it('have nothing to be compared with on the first night', async () => {
    const first = await world.show(
      repositories({ name: 'api', isPrivate: true }, { name: 'odd' }, { name: 'none', isPrivate: null }),
    );
    expect(await read(first)).toEqual({
      api: { organization: 'acme', name: 'api', isPrivate: true, watchedSince: null, flips: [] },
      odd: { organization: 'acme', name: 'odd', watchedSince: null, flips: [] },
      none: { organization: 'acme', name: 'none', isPrivate: null, watchedSince: null, flips: [] },
    });
    const second = await world.show(repositories({ name: 'new', isPrivate: false }));
    expect(await read(second)).toMatchObject({ new: { watchedSince: now, flips: [] } });
  });

  it('have flipped where a reading had them private before, whatever was unsaid in between', async () => {
    await world.show(repositories({ name: 'api', isPrivate: true }, { name: 'site', isPrivate: false }));
    await world.show(repositories({ name: 'api' }, { name: 'site', isPrivate: false }));
    const open = await world.show(repositories({ name: 'api', isPrivate: false }, { name: 'site' }));
    expect(await read(open)).toMatchObject({ api: { flips: [{ publicAt: now, backAt: null }] }, site: { flips: [] } });
    const busy = await world.show(repositories({ name: 'api', isPrivate: false }, { name: 'site', isPrivate: false }));
    expect(await read(busy)).toMatchObject({ api: { flips: [{ publicAt: now, backAt: null }] }, site: { flips: [] } });
    const back = await world.show(repositories({ name: 'api', isPrivate: true }));
    expect(await read(back)).toMatchObject({ api: { isPrivate: true, flips: [{ publicAt: now, backAt: now }] } });
    // What came later changes nothing of what was true then.
    expect(await read(open)).toMatchObject({ api: { flips: [{ publicAt: now, backAt: null }] } });
  });

  it('carry what the audit log says of their visibility', async () => {
    const snapshot = await world.show(repositories({ name: 'api', isPrivate: true }, { name: 'web', isPrivate: true }));
    expect((await read(snapshot))['api']?.privacyEvents).toBeUndefined();
    const { organizationId, snapshot: run } = snapshot;
    await database.dataSource.query(
      `insert into audit_window (organization_id, run_id, from_at, to_at, covered_from, events) values ($1, $2, $3, $3, $3, 6)`,
      [organizationId, run, now],
    );
    const said = [
      { is_private: 'false' },
      { is_private: 'true' },
      { old_privacy: 'private', new_privacy: 'Public' },
      { description: 'changed the privacy of acme/api to private' },
      { description: 'changed the privacy from public to something else' },
      {},
    ];
    await database.dataSource.query(
      `insert into audit_event (organization_id, key, digest, at, action, actor, name, data, run_id)
       select $1, 'e' || place, '', $3::timestamptz - interval '1 day' + place * interval '1 minute', 'repo.change_privacy', 'Mallory',
              'acme/api', data, $2
         from jsonb_array_elements($4::jsonb) with ordinality as row(data, place)`,
      [organizationId, run, now, JSON.stringify(said)],
    );
    const facts = await read(snapshot);
    expect(facts['api']?.privacyEvents?.map(({ became }) => became)).toEqual([
      'public',
      'private',
      'public',
      'private',
      null,
      null,
    ]);
    expect(facts['api']?.privacyEvents?.[0]).toEqual({
      at: '2026-11-20T02:01:00.000Z',
      became: 'public',
      actor: 'mallory',
    });
    expect(facts['web']?.privacyEvents).toEqual([]);
  });
});

describe('critical repositories', () => {
  const systems = [{ name: 'Production', repositories: ['prod-*', 'base_image', 'lost'] }];

  it('are those that systems name, gone ones too; all of them where no system names any', async () => {
    await world.show(
      repositories(
        { name: 'prod-api' },
        { name: 'prod-old' },
        { name: 'box' },
        { name: 'base_image' },
        { name: 'baseXimage' },
      ),
    );
    await world.show({ ...repositories({ name: 'prod-api' }, { name: 'base_image' }), incomplete: ['repositories'] });
    const snapshot = await world.show(repositories({ name: 'prod-api' }, { name: 'base_image' }));
    const read = (policy: Policy) => factsOf<CriticalRepositoryFacts>(criticalRepositorySource, snapshot, policy);
    const about = { organization: 'acme', systems: ['Production'] };
    expect(await read({ systems })).toEqual({
      'prod-api': { ...about, name: 'prod-api', presence: 'present' },
      base_image: { ...about, name: 'base_image', presence: 'present' },
      // The second reading was not whole, and proves nothing.
      'prod-old': { ...about, name: 'prod-old', presence: 'gone', goneAt: now, missedBy: 1 },
      lost: { ...about, name: 'lost', presence: 'never' },
    });
    expect(Object.keys(await read({ systems: [{ name: 'All', repositories: null }] })).sort()).toEqual(
      ['baseXimage', 'base_image', 'box', 'prod-api', 'prod-old'].sort(),
    );
    expect(Object.keys(await read({ systems: [...systems, { name: 'All', repositories: null }] }))).not.toContain(
      'box',
    );
    expect(await read({})).toEqual({});
  });

  it('say when they were gone before, and not where one listing only lacked them', async () => {
    const all = repositories({ name: 'prod-api' }, { name: 'prod-old' }, { name: 'prod-web' });
    await world.show(all);
    await world.show(repositories({ name: 'prod-web' }));
    await world.show(repositories({ name: 'prod-api' }));
    await world.show(all);
    const snapshot = await world.show(repositories());
    const facts = await factsOf<CriticalRepositoryFacts>(criticalRepositorySource, snapshot, { systems });
    expect(facts['prod-old']).toMatchObject({ presence: 'gone', goneBeforeAt: now, missedBy: 1 });
    expect(facts['prod-api']).not.toHaveProperty('goneBeforeAt');
    expect(facts['prod-web']).not.toHaveProperty('goneBeforeAt');
  });

  it('that an incomplete listing left out are nobody’s subject tonight', async () => {
    const snapshot = await world.show({
      ...repositories({ name: 'prod-api' }, { name: 'prod-web' }),
      incomplete: ['repositories'],
      unverified: ['prod-web'],
    });
    expect(Object.keys(await factsOf(criticalRepositorySource, snapshot, { systems }))).toEqual([
      'prod-api',
      'base_image',
      'lost',
    ]);
    expect(Object.keys(await factsOf(criticalWriterSource, snapshot, { systems }))).toEqual(['prod-api']);
  });
});

describe('who can push to critical repositories', () => {
  const systems = [{ name: 'Production', repositories: ['prod-*'] }];
  const acme: ShownOrganization = {
    name: 'acme',
    members: [
      { id: 'a', username: 'anna', role: 'Owner' },
      { id: 'b', username: 'ben', role: 'Build-Lead' },
      { id: 'c', username: 'carl', role: 'Member' },
      { id: 'd', username: 'dora', role: 'Member' },
      { id: 'e', username: 'acme-ci', role: 'Member' },
    ],
    teams: [
      { name: 'Ops', role: null, members: ['c', 'e'] },
      { name: 'readers', role: null, members: ['d'] },
      { name: 'box', role: null, members: ['d'] },
    ],
    repositories: [
      { name: 'prod-api', teams: { ops: 'write', readers: 'read' } },
      { name: 'prod-web', teams: { ops: 'admin' } },
      { name: 'box', teams: { box: 'admin' } },
    ],
  };
  const read = async (change: Partial<ShownOrganization> = {}, policy: Policy = {}) =>
    factsOf<CriticalWriteFacts>(criticalWriterSource, await world.show({ ...acme, ...change }), { systems, ...policy });

  it('are owners, editors and the members of teams that can', async () => {
    const facts = await read();
    expect(Object.keys(facts)).toEqual(['prod-api', 'prod-web']);
    expect(facts['prod-api']).toMatchObject({
      systems: ['Production'],
      teams: [{ name: 'ops', permission: 'write' }],
      doubts: [],
    });
    expect(facts['prod-api']?.writers.map(({ account, byRole, teams }) => [account, byRole, teams])).toEqual([
      ['acme-ci', false, ['ops']],
      ['anna', true, []],
      ['ben', true, []],
      ['carl', false, ['ops']],
    ]);
  });

  it('are known by their links, declarations and what Docker Hub sent', async () => {
    const declaration = { username: 'acme-ci', owner: null, reviewBy: null, roles: null, reason: null };
    const snapshot = await world.show(acme);
    await database.dataSource.query(
      `insert into link (organization_id, subject_kind, subject_key, employee_id, source, evidence, linked_at)
       values ($1, 'account', 'c', 'E-1', 'manual', '{}', $2)`,
      [snapshot.organizationId, now],
    );
    const facts = await factsOf<CriticalWriteFacts>(criticalWriterSource, snapshot, {
      systems,
      serviceAccounts: [declaration],
    });
    const identities = Object.fromEntries(
      (facts['prod-web']?.writers ?? []).map(({ account, identity }) => [account, identity]),
    );
    expect(identities).toMatchObject({
      carl: { state: 'linked', person: { id: 'E-1', person: null }, source: 'manual', since: now },
      'acme-ci': { state: 'service_account' },
      anna: { state: 'unlinked', hidden: ['email'] },
    });
  });

  it('may be more where a role cannot be ranked or a permission was not said', async () => {
    const doubts = async (change: Partial<ShownOrganization>, name = 'prod-api') =>
      (await read(change))[name]?.doubts?.map(({ reason }) => reason);
    expect(await doubts({ members: [...acme.members, { id: 'f', username: 'fay', role: 'wizard' }] })).toEqual([
      'ROLE_UNKNOWN',
    ]);
    expect(await doubts({ members: [...acme.members, { id: 'f', username: 'fay' }] })).toEqual(['FIELD_NOT_EXPOSED']);
    const odd = {
      repositories: [{ name: 'prod-api', teams: { ops: 'deploy', readers: undefined } }, { name: 'prod-web' }],
    };
    expect(await doubts(odd)).toEqual(['FIELD_NOT_EXPOSED', 'UNRECOGNISED_VALUE']);
    expect(await doubts(odd, 'prod-web')).toEqual([]);
  });

  it('are not those whom an incomplete listing left out', async () => {
    const facts = await read({ incomplete: ['members', 'team_members'], unverified: ['a', '100/c'] });
    expect(facts['prod-api']?.writers.map(({ account }) => account)).toEqual(['acme-ci', 'ben']);
  });
});
