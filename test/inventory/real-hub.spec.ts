import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startHub, type HubOptions, type RunningHub } from '../../src/demo/hub.js';
import { largeSecrets, largeWorld } from '../../src/demo/large-world.js';
import { DockerHub } from '../../src/dockerhub/docker-hub.js';
import type { FaultAnswer } from '../../src/demo/faults.js';
import type { OrganizationReader } from '../../src/dockerhub/organization-reader.js';
import { HubSync, type SyncOptions, type SyncOutcome } from '../../src/inventory/hub-sync.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { contentOf, keysOf, night, readingOf, unverifiedIn, type Sealed } from './snapshots.js';

let database: TestDatabase;
let hub: RunningHub;
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(async () => {
  await hub.stop();
  await database.drop();
});

async function large(members: number, teams: number, repositories: number, options: HubOptions = {}): Promise<void> {
  hub = await startHub(largeWorld({ members, teams, repositories, seed: 1, now: night }).world, options);
}

function organizationReader(): OrganizationReader {
  return new DockerHub({
    hubUrl: hub.url,
    deadline: Date.now() + 60_000,
    fingerprintKey: Buffer.alloc(32, 7),
    patience: { tries: 5, totalMs: 5_000, attemptMs: 2_000, backoffMs: 2 },
  }).organization({
    name: 'large',
    hub: { identifier: 'large', secret: largeSecrets.reader },
    owner: { identifier: largeSecrets.owner.username, secret: largeSecrets.owner.password },
    scim: null,
  });
}

async function sync(options: Partial<SyncOptions> = {}): Promise<SyncOutcome> {
  return new HubSync(database.dataSource).sync('large', organizationReader(), {
    now: night,
    machineNow: Date.now,
    deadline: Date.now() + 60_000,
    ...options,
  });
}

async function sealed(options: Partial<SyncOptions> = {}): Promise<Sealed> {
  const outcome = await sync(options);
  if (outcome.state !== 'sealed') throw new Error(`The run is ${outcome.state}.`);
  return outcome;
}

describe('5 000 members, 200 teams, 1 000 repositories', () => {
  // Pages of 100, one request for each repository and each of the 25 tokens, one for each setting, two sign-ins.
  const floor = 50 + 1 + 2 + 10 + 1000 + 1 + 25 + 3 + 2;

  test('are read whole with as many requests as it takes', async () => {
    await large(5000, 200, 1000);
    const run = await sealed();
    expect(hub.requests.length).toBeLessThanOrEqual(floor * 1.02);
    expect(run.pages).toBe(floor - 2);
    for (const { dataset, status } of run.datasets) {
      expect([dataset, status]).toEqual([dataset, dataset === 'scim_users' ? 'not_configured' : 'complete']);
    }
    expect(readingOf(run, 'members')).toMatchObject({ received: 5000, reported: 5000 });
    const memberships = hub.world.organizations[0]?.members.reduce((sum, { groups }) => sum + groups.length, 0);
    expect(readingOf(run, 'team_members')).toMatchObject({ received: memberships, reported: memberships });
  });
});

test('a run that was stopped and the one that goes on ask for little more together, and seal the same', async () => {
  await large(1000, 40, 300);
  const floor = 10 + 1 + 1 + 3 + 300 + 1 + 25 + 3 + 2;
  const shutdown = new AbortController();
  const onProgress = ({ pages }: { pages: number }): void => {
    if (pages >= 150) shutdown.abort();
  };
  expect(await sync({ onProgress, signal: shutdown.signal })).toMatchObject({ state: 'paused' });
  const run = await sealed();
  expect(run.resumed).toBe(true);
  // Each signs in, and at most one page of each listing under way is asked for twice.
  expect(hub.requests.length).toBeLessThanOrEqual(floor + 2 + 40);
  expect(run.pages).toBe(floor - 2);
  const stopped = await contentOf(database.dataSource, run.runId);
  const again = await sealed();
  expect(again.resumed).toBe(false);
  expect(await contentOf(database.dataSource, again.runId)).toEqual(stopped);
  const [changed]: [{ rows: number }] = await database.dataSource.query(
    'select count(*)::integer as rows from observation where first_snapshot = $1 or last_snapshot is not null',
    [again.runId],
  );
  expect(changed.rows).toBe(0);
});

describe('faults of the second page of the members', () => {
  const cases: readonly [FaultAnswer, string, string][] = [
    [500, 'partial', 'SOURCE_UNREACHABLE'],
    ['reset', 'partial', 'SOURCE_UNREACHABLE'],
    ['cut body', 'partial', 'SOURCE_UNREACHABLE'],
    ['html', 'partial', 'SOURCE_UNREACHABLE'],
    ['empty', 'partial', 'SOURCE_UNREACHABLE'],
    [403, 'partial', 'CAPABILITY_MISSING'],
    [404, 'partial', 'SOURCE_INCOMPLETE'],
    ['shrink', 'partial', 'SOURCE_INCOMPLETE'],
    ['repeat ids', 'partial', 'SOURCE_INCOMPLETE'],
    ['next elsewhere', 'partial', 'SOURCE_INCOMPLETE'],
    ['next loop', 'partial', 'SOURCE_INCOMPLETE'],
  ];

  test.each(cases)(
    '%s: %s (%s), nothing is closed, and what is not seen is unverified',
    async (answer, status, reason) => {
      await large(250, 4, 3);
      const before = await sealed();
      hub.faults.push({ on: /\/members\?page=2&/, answer });
      const run = await sealed();
      const reading = readingOf(run, 'members');
      expect(reading).toMatchObject({ status, reason });
      expect(reading.received).toBeGreaterThanOrEqual(100);
      expect(reading.received).toBeLessThan(250);
      expect(await contentOf(database.dataSource, run.runId)).toEqual(
        await contentOf(database.dataSource, before.runId),
      );
      const unverified = (await unverifiedIn(database.dataSource, run.runId)).filter((line) =>
        line.startsWith('members'),
      );
      expect(unverified).toHaveLength(250 - reading.received);
      expect(readingOf(run, 'team_members').status).toBe('partial');
      expect(readingOf(run, 'repositories').status).toBe('complete');
    },
  );

  test('once only, and the night is complete', async () => {
    await large(250, 4, 3);
    hub.faults.push({ on: /\/members\?page=2&/, answer: 'shrink', times: 1 });
    expect(readingOf(await sealed(), 'members')).toMatchObject({ status: 'complete', received: 250 });
    expect(hub.count(/\/v2\/orgs\/large\/members\?/)).toBe(6);
  });
});

test('a credential that is refused ends its listings at once, and the run is sealed all the same', async () => {
  await large(250, 4, 3);
  await sealed();
  const before = hub.requests.length;
  hub.world.organizations[0]?.credentials.splice(0);
  const run = await sealed();
  // Each of the two signs in once.
  expect(hub.requests.length - before).toBe(2);
  for (const { dataset, status, reason } of run.datasets) {
    const expected = dataset === 'scim_users' ? ['not_configured', 'NOT_CONFIGURED'] : ['failed', 'CREDENTIAL_REFUSED'];
    expect([dataset, status, reason]).toEqual([dataset, ...expected]);
  }
  expect(
    (await unverifiedIn(database.dataSource, run.runId)).filter((line) => line.startsWith('members')),
  ).toHaveLength(250);
  const ended: unknown[] = await database.dataSource.query(
    'select id from observation where last_snapshot is not null',
  );
  expect(ended).toEqual([]);
});

test('a host that is gone fails every dataset', async () => {
  await large(250, 4, 3);
  await hub.stop();
  const run = await sealed();
  expect(
    new Set(run.datasets.map(({ dataset, status, reason }) => (dataset === 'scim_users' ? '' : `${status} ${reason}`))),
  ).toEqual(new Set(['', 'failed SOURCE_UNREACHABLE']));
});

test('without scope-repository-list nothing private is seen, and nothing is closed', async () => {
  await large(10, 3, 30);
  const before = await sealed();
  const organization = hub.world.organizations[0];
  if (organization === undefined) throw new Error('There is no organization.');
  for (const token of organization.tokens) {
    for (const resource of token.resources) {
      resource.scopes = resource.scopes.filter((scope) => scope !== 'scope-repository-list');
    }
  }
  hub.faults.push({ on: '/v2/namespaces/large/repositories?', answer: 403, times: 1 });
  const run = await sealed();
  expect(readingOf(run, 'repositories')).toMatchObject({
    status: 'partial',
    reason: 'VISIBILITY_NOT_PROVEN',
    received: 3,
  });
  expect(readingOf(run, 'repository_teams')).toMatchObject({ status: 'partial', reason: 'VISIBILITY_NOT_PROVEN' });
  expect(await keysOf(database.dataSource, run.runId, 'repositories')).toHaveLength(30);
  expect(await contentOf(database.dataSource, run.runId, 'repositories')).toEqual(
    await contentOf(database.dataSource, before.runId, 'repositories'),
  );
});
