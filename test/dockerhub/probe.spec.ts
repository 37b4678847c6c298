import { afterEach, expect, it } from 'vitest';
import type { OrganizationConfig } from '../../src/config/configuration.js';
import { hubMember } from '../../src/demo/build-world.js';
import { probe } from '../../src/dockerhub/probe.js';
import { acmeHub, everyDataset } from './acme-hub.js';
import { login, oat, pat } from './reading-rig.js';

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

async function acme(options: Parameters<typeof acmeHub>[0] = {}) {
  const started = await acmeHub(options);
  running.push(started.hub);
  return started;
}

const scopeless = [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0].map(Boolean);

it.each<[string, Partial<OrganizationConfig>, readonly boolean[]]>([
  ['all credentials', { hub: oat, owner: login }, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1].map(Boolean)],
  ['an organization token', { hub: oat }, [1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1].map(Boolean)],
  ['a personal token', { hub: pat }, [0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1].map(Boolean)],
])('says of every dataset whether %s can read it, and what to do', async (_, parts, readable) => {
  const { hub, reader, scim } = await acme({ members: 350 });
  const lines = await probe(reader({ ...parts, scim }));
  expect(lines.map((one) => one.dataset)).toEqual(everyDataset);
  expect(lines.map((one) => one.readable)).toEqual(readable);
  for (const line of lines) {
    if (line.readable) continue;
    expect(line).toMatchObject({ by: null, reason: 'CAPABILITY_MISSING' });
    expect(line.message.length).toBeGreaterThan(20);
  }
  expect(lines.at(-1)).toMatchObject({ by: 'scim', reason: null, message: 'Readable: 1 in all.' });
  // The first page is enough.
  expect(hub.count('page=2')).toBe(0);
});

it('says where private repositories may be left out, and that what is read is no proof', async () => {
  const { hub, organization, reader } = await acme({ scopes: ['scope-group-read'] });
  const repositories = async (parts: Partial<OrganizationConfig>) =>
    (await probe(reader(parts))).find((one) => one.dataset === 'repositories');
  const proven = { readable: true, reason: null, message: 'Readable: 5 in all.' };
  const blind = { readable: true, reason: 'VISIBILITY_NOT_PROVEN' };
  expect(await repositories({ hub: oat })).toMatchObject({ ...blind, by: 'hub' });
  expect((await repositories({ hub: oat }))?.message).toContain('scope-repository-list');
  expect(await repositories({ hub: oat, owner: login })).toMatchObject(proven);
  for (const one of organization.repositories) one.isPrivate = false;
  expect((await repositories({ hub: oat }))?.message).toContain('5 in all. None of them is private');
  expect(await repositories({ owner: login })).toMatchObject({ ...proven, by: 'owner' });
  expect(await repositories({ hub: login })).toMatchObject({ ...proven, by: 'hub' });
  // A personal token can be narrower than its user, and a login under "owner" need not be one's.
  expect(await repositories({ owner: pat })).toMatchObject({ ...blind, by: 'owner' });
  organization.members = organization.members.filter((one) => one.username !== login.identifier);
  organization.members.push(hubMember(login.identifier, { role: 'Member', groups: [] }));
  expect(await repositories({ owner: login })).toMatchObject({ ...blind, by: 'owner' });
  expect(hub.requests.length).toBeGreaterThan(0);
});

it('does not claim of more than one page what the first one shows', async () => {
  const { organization, reader } = await acme({ repositories: 150 });
  for (const [place, one] of organization.repositories.entries()) one.isPrivate = place === 149;
  const line = (await probe(reader({ hub: oat }))).find((one) => one.dataset === 'repositories');
  expect(line).toMatchObject({ readable: true, reason: 'VISIBILITY_NOT_PROVEN' });
  expect(line?.message).toContain('150 in all. On its first page none is private');
});

it('does not try what there is nothing to try with', async () => {
  const { organization, reader } = await acme();
  organization.repositories.splice(0);
  const lines = await probe(reader({ hub: oat }));
  expect(lines.find((one) => one.dataset === 'repository_teams')).toEqual({
    dataset: 'repository_teams',
    readable: null,
    by: null,
    reason: null,
    message: 'Not tried: there is no repository that this credential sees.',
  });
});

it('tells what stands in the way of what lies inside', async () => {
  const { reader } = await acme({ scopes: [] });
  const lines = await probe(reader({ hub: oat }));
  expect(lines.map((one) => one.readable)).toEqual(scopeless);
  expect(lines.find((one) => one.dataset === 'team_members')).toMatchObject({
    reason: 'CAPABILITY_MISSING',
    message: 'Not tried: needs the teams, which could not be read.',
  });
});

it('names a refused credential for each dataset that no other reads, and signs in once', async () => {
  const { hub, reader } = await acme();
  const lines = await probe(reader({ hub: oat, owner: { ...login, secret: 'wrong' } }));
  expect(lines.map((one) => one.reason ?? one.by)).toEqual([
    ...Array<string>(6).fill('hub'),
    'CREDENTIAL_REFUSED',
    'CREDENTIAL_REFUSED',
    'hub',
    'hub',
    'NOT_CONFIGURED',
  ]);
  for (const line of lines.slice(6, 8)) expect(line.message).toContain('(organizations: acme, owner)');
  expect(hub.count('/v2/auth/token')).toBe(2);
});
