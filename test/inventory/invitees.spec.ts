import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { ArrayHub, refusing, smallWorld, unreachable, type ArrayMember, type Fault } from './array-hub.js';
import { contentOf, keysOf, readingOf, sealedSync, unverifiedIn, type Sealed } from './snapshots.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const dave: ArrayMember = { id: 'u-d', username: 'Dave', email: '', role: 'Invitee', groups: [], invitee: true };

interface Night {
  /** Beside the eight of the small world, and its one pending invitee. */
  readonly members?: readonly ArrayMember[];
  /** Beside the one of the small world. */
  readonly invited?: string;
  readonly faults?: Fault[];
}

async function read(organization: string, { members = [], invited, faults = [] }: Night = {}): Promise<Sealed> {
  const world = smallWorld();
  world.members.push(...members);
  for (const team of world.teams) if (team.name === 'empty') team.memberCount = 0;
  if (invited !== undefined) world.invites.push({ id: 'i-2', invitee: invited, hidden: true });
  const hub = new ArrayHub(world);
  hub.faults = faults;
  return sealedSync(database.dataSource, hub, {}, organization);
}

test.each([
  ['the username', dave, 'dave'],
  ['the address', { ...dave, username: '', email: 'Dave@Acme.example ' }, 'dave@acme.EXAMPLE'],
])('one whose invite is listed, told by %s, is left out of the members and counts', async (what, invitee, invited) => {
  const run = await read(what, { members: [invitee], invited });
  expect(readingOf(run, 'members')).toMatchObject({ status: 'complete', received: 8, reported: 8 });
  expect(await keysOf(database.dataSource, run.runId, 'members')).not.toContain('u-d');
  expect(readingOf(run, 'team_members').status).toBe('complete');
});

test('one whose invite is not listed is kept as a member, and the members are not called whole', async () => {
  const run = await read('not listed', { members: [dave] });
  expect(readingOf(run, 'members')).toMatchObject({
    status: 'partial',
    reason: 'INVITEE_NOT_LISTED',
    message:
      'The members show 1 invitee who may be a member with a custom role of that name: no invite is listed for it, or it was a ' +
      'member before.',
    received: 9,
    reported: 9,
  });
  expect(await contentOf(database.dataSource, run.runId, 'members')).toContain(
    'members u-d {"role": "Invitee", "email": "", "groups": [], "invitee": true, "username": "Dave"}',
  );
  expect(readingOf(run, 'team_members')).toMatchObject({ status: 'partial', reason: 'INVITEE_NOT_LISTED' });
});

test('a blank name is no invite of somebody without a name', async () => {
  const run = await read('blank', { members: [dave], invited: ' ' });
  expect(readingOf(run, 'members')).toMatchObject({ status: 'partial', reason: 'INVITEE_NOT_LISTED' });
});

test('without the invites none of them is known to be pending', async () => {
  const run = await read('no invites', { faults: [refusing('invites', unreachable)] });
  expect(readingOf(run, 'members')).toMatchObject({ status: 'partial', reason: 'INVITEE_NOT_LISTED', received: 9 });
  const next = await read('no invites');
  expect(readingOf(next, 'members')).toMatchObject({ status: 'complete', received: 8 });
  expect(await keysOf(database.dataSource, next.runId, 'members')).not.toContain('i-1');
});

test('one who was a member stays one whatever the invites say, on every night', async () => {
  const { invitee: _mark, ...member } = { ...dave, role: 'Member' };
  await read('was a member', { members: [member] });
  for (const invited of ['dave', 'dave', undefined]) {
    const run = await read('was a member', { members: [dave], ...(invited === undefined ? {} : { invited }) });
    expect(readingOf(run, 'members')).toMatchObject({ status: 'partial', reason: 'INVITEE_NOT_LISTED', received: 9 });
    expect(await contentOf(database.dataSource, run.runId, 'members')).toContain(
      'members u-d {"role": "Invitee", "email": "", "groups": [], "username": "Dave"}',
    );
    expect(await unverifiedIn(database.dataSource, run.runId)).toEqual([]);
  }
  const gone = await read('was a member');
  expect(readingOf(gone, 'members').status).toBe('complete');
  expect(await keysOf(database.dataSource, gone.runId, 'members')).not.toContain('u-d');
});

test('a team that has one who may be a member is read by itself, and one who is pending is in no team', async () => {
  const run = await read('teams', { members: [{ ...dave, groups: ['empty'] }], invited: 'dave' });
  expect(readingOf(run, 'team_members')).toMatchObject({ status: 'complete', received: 13, reported: 13 });
  const unlisted = await read('teams', { members: [{ ...dave, groups: ['empty'] }] });
  expect(await keysOf(database.dataSource, unlisted.runId, 'team_members')).toContain('4/u-d');
});
