import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { ArrayHub, notPermitted, refusing, smallWorld, unreachable, type ArrayWorld } from './array-hub.js';
import { contentOf, keysOf, night, readingOf, sealedSync, unverifiedIn, type Sealed } from './snapshots.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

let organizations = 0;
async function read(hub: ArrayHub, organization = `org-${(organizations += 1)}`): Promise<Sealed> {
  return sealedSync(database.dataSource, hub, {}, organization);
}

function teamNamed(world: ArrayWorld, name: string): ArrayWorld['teams'][number] {
  const team = world.teams.find((one) => one.name === name);
  if (team === undefined) throw new Error(`There is no team ${name}.`);
  return team;
}

function teamsAsked(hub: ArrayHub): string[] {
  return [...new Set(hub.asked.filter(({ dataset }) => dataset === 'team_members').map(({ scope }) => scope))];
}

const wholeTeams = [
  '1/u-0',
  '2/u-0',
  '2/u-1',
  '2/u-2',
  '2/u-3',
  '2/u-4',
  '2/u-5',
  '2/u-6',
  '2/u-7',
  '3/u-1',
  '3/u-3',
  '3/u-5',
  '3/u-7',
];

test.each([
  ['counts otherwise', 5],
  ['does not say its count', undefined],
  ['has null for a count', null],
])('a team that %s is read by itself, it alone, and once it agrees it is whole', async (_, memberCount) => {
  const world = smallWorld();
  teamNamed(world, 'frontend').memberCount = memberCount;
  const hub = new ArrayHub(world);
  const run = await read(hub);
  expect(teamsAsked(hub)).toEqual(['frontend']);
  expect(hub.count('team_members')).toBe(2);
  expect(readingOf(run, 'team_members')).toMatchObject({ status: 'complete', received: 13, reported: 13 });
  expect(await keysOf(database.dataSource, run.runId, 'team_members')).toEqual(wholeTeams);
});

test('the night on which a team had to be read by itself changes no membership', async () => {
  await read(new ArrayHub(smallWorld()), 'stable');
  const world = smallWorld();
  teamNamed(world, 'frontend').memberCount = 5;
  const run = await read(new ArrayHub(world), 'stable');
  const started: unknown[] = await database.dataSource.query(
    'select dataset, key from observation where organization_id = $1 and first_snapshot = $2',
    [run.organizationId, run.runId],
  );
  expect(started).toEqual([{ dataset: 'teams', key: '3' }]);
});

test('where the team and the groups still differ, whoever is in either counts, and nothing is closed', async () => {
  const world = smallWorld();
  const before = await read(new ArrayHub(world), 'differ');
  teamNamed(world, 'frontend').members = ['user1', 'user3', 'user2'];
  const run = await read(new ArrayHub(world), 'differ');
  const reading = readingOf(run, 'team_members');
  expect(reading).toMatchObject({ status: 'partial', reason: 'TEAM_DISAGREES', received: 14 });
  expect(reading.message).toBe(
    "One team could not be settled, frontend among them: the team's own listing has 1 whose groups don't name it, and lacks 2 " +
      'whose groups do. Everybody who is in either is counted as in it.',
  );
  expect(await keysOf(database.dataSource, run.runId, 'team_members')).toEqual([...wholeTeams, '3/u-2'].sort());
  expect(await contentOf(database.dataSource, before.runId, 'team_members')).toHaveLength(13);
  expect(readingOf(run, 'teams').status).toBe('complete');
});

test('a team that has somebody who is no member does not agree', async () => {
  const world = smallWorld();
  teamNamed(world, 'empty').memberCount = 1;
  const hub = new ArrayHub(world);
  hub.faults = [
    (asked, honest) =>
      asked.scope === 'empty'
        ? { ...honest, rows: [{ key: 'u-77', data: { username: 'x' } }], received: 1, reported: 1 }
        : undefined,
  ];
  const run = await read(hub);
  expect(readingOf(run, 'team_members')).toMatchObject({ status: 'partial', reason: 'TEAM_DISAGREES' });
  expect(await contentOf(database.dataSource, run.runId, 'team_members')).toContain(
    'team_members 4/u-77 {"team": "empty", "member": "u-77", "username": "x"}',
  );
});

test('where a member has no groups field, every team is read by itself and decides about that member', async () => {
  const world = smallWorld();
  for (const team of world.teams) {
    team.members = world.members.filter(({ groups }) => groups?.includes(team.name)).map(({ username }) => username);
  }
  world.members = world.members.map((member, place) => {
    if (place !== 3) return member;
    const { groups: _groups, ...silent } = member;
    return silent;
  });
  const hub = new ArrayHub(world);
  const run = await read(hub);
  expect(teamsAsked(hub).sort()).toEqual(['backend', 'empty', 'frontend', 'owners']);
  expect(readingOf(run, 'team_members')).toMatchObject({ status: 'complete', received: 13, reported: 13 });
  expect(await keysOf(database.dataSource, run.runId, 'team_members')).toEqual(wholeTeams);
});

test('null for groups means that there are none', async () => {
  const world = smallWorld();
  world.members.push({ id: 'u-8', username: 'loner', role: 'Member', groups: null });
  const hub = new ArrayHub(world);
  const run = await read(hub);
  expect(teamsAsked(hub)).toEqual([]);
  expect(readingOf(run, 'team_members')).toMatchObject({ status: 'complete', received: 13 });
});

test.each([
  [
    'an owner is not in the team owners',
    (world: ArrayWorld) =>
      (world.members[1] = { id: 'u-1', username: 'user1', role: 'Owner', groups: ['backend', 'frontend'] }),
  ],
  [
    'somebody in the team owners is not an owner',
    (world: ArrayWorld) =>
      (world.members[2] = { id: 'u-2', username: 'user2', role: 'Editor', groups: ['backend', 'owners'] }),
  ],
])('where %s, the team owners is read by itself', async (_, change) => {
  const world = smallWorld();
  change(world);
  const hub = new ArrayHub(world);
  const run = await read(hub);
  expect(teamsAsked(hub)).toEqual(['owners']);
  expect(readingOf(run, 'team_members')).toMatchObject({ status: 'complete' });
});

test('names of teams are compared without regard to case', async () => {
  const world = smallWorld();
  world.members = world.members.map((member) => ({
    ...member,
    groups: member.groups?.map((name) => name.toUpperCase()) ?? null,
  }));
  for (const team of world.teams) team.memberCount = { owners: 1, backend: 8, frontend: 4 }[team.name] ?? 0;
  const hub = new ArrayHub(world);
  const run = await read(hub);
  expect(teamsAsked(hub)).toEqual([]);
  expect(readingOf(run, 'teams').status).toBe('complete');
  expect(await contentOf(database.dataSource, run.runId, 'team_members')).toContain(
    'team_members 3/u-1 {"team": "frontend", "member": "u-1", "username": "user1"}',
  );
});

test('a group that the listing of teams lacks makes it partial, and its members stay witnesses', async () => {
  const world = smallWorld();
  world.members[1] = { id: 'u-1', username: 'user1', role: 'Member', groups: ['backend', 'frontend', 'secret'] };
  const run = await read(new ArrayHub(world));
  expect(readingOf(run, 'teams')).toMatchObject({
    status: 'partial',
    reason: 'TEAM_NOT_LISTED',
    message: 'Members are in teams that the listing of teams does not have: secret.',
  });
  expect(readingOf(run, 'team_members')).toMatchObject({ status: 'partial', reason: 'TEAM_NOT_LISTED' });
  expect(await contentOf(database.dataSource, run.runId, 'team_members')).toContain(
    'team_members ~secret/u-1 {"team": "secret", "member": "u-1", "username": "user1"}',
  );
});

test('a team that cannot be read by itself leaves what the groups say, and what stood before unverified', async () => {
  const world = smallWorld();
  await read(new ArrayHub(world), 'unreadable');
  const changed = smallWorld();
  changed.members[7] = { id: 'u-7', username: 'user7', role: 'Member', groups: ['backend'] };
  teamNamed(changed, 'frontend').memberCount = 4;
  const hub = new ArrayHub(changed);
  hub.faults = [refusing('team_members', unreachable)];
  const run = await read(hub, 'unreadable');
  expect(readingOf(run, 'team_members')).toMatchObject({
    status: 'partial',
    reason: 'SOURCE_UNREACHABLE',
    received: 12,
    reported: 13,
    message: 'One team could not be settled, frontend among them: Docker Hub answered 500 five times.',
  });
  expect(await unverifiedIn(database.dataSource, run.runId)).toEqual(['team_members 3/u-7']);
});

test('an empty listing of teams is not believed', async () => {
  const world = smallWorld();
  await read(new ArrayHub(world), 'no-teams');
  const hub = new ArrayHub(world);
  hub.faults = [
    (asked, honest) =>
      asked.dataset === 'teams' ? { ...honest, rows: [], received: 0, reported: 0, next: null } : undefined,
  ];
  const run = await read(hub, 'no-teams');
  expect(hub.count('teams')).toBe(2);
  expect(readingOf(run, 'teams')).toMatchObject({
    status: 'partial',
    reason: 'NO_TEAMS',
    message: 'Read twice, and odd both times: it is empty, and every organization has the team owners.',
  });
  expect(readingOf(run, 'team_members')).toMatchObject({ status: 'partial', reason: 'NO_TEAMS' });
  expect((await unverifiedIn(database.dataSource, run.runId)).filter((line) => line.startsWith('teams'))).toHaveLength(
    4,
  );
});

test('without the members the teams are read by themselves, and the memberships are still not called complete', async () => {
  const hub = new ArrayHub(smallWorld());
  hub.faults = [refusing('members', notPermitted)];
  const run = await read(hub);
  expect(teamsAsked(hub).sort()).toEqual(['backend', 'frontend', 'owners']);
  expect(readingOf(run, 'team_members')).toMatchObject({
    status: 'partial',
    reason: 'CAPABILITY_MISSING',
    received: 13,
    fetchedAt: night,
  });
  expect(await keysOf(database.dataSource, run.runId, 'team_members')).toEqual(wholeTeams);
});

test.each([
  ['teams', notPermitted, 'partial', 13],
  ['teams', unreachable, 'partial', 13],
] as const)('without the %s (%s) the groups are what there is', async (dataset, refusal, status, received) => {
  const hub = new ArrayHub(smallWorld());
  hub.faults = [refusing(dataset, refusal)];
  const run = await read(hub);
  expect(hub.count('team_members')).toBe(0);
  expect(readingOf(run, 'team_members')).toMatchObject({ status, reason: refusal.reason, received, reported: null });
  // Nobody can say that a team is missing from a listing that there is not.
  expect(readingOf(run, 'teams')).toMatchObject({ status: refusal.status, reason: refusal.reason });
});

test('with neither, nothing is known about teams', async () => {
  const hub = new ArrayHub(smallWorld());
  hub.faults = [refusing('members', unreachable), refusing('teams', unreachable)];
  const run = await read(hub);
  expect(readingOf(run, 'team_members')).toMatchObject({
    status: 'failed',
    reason: 'SOURCE_UNREACHABLE',
    received: 0,
    fetchedAt: null,
    message: 'It rests on the listing of members. Docker Hub answered 500 five times.',
  });
});
