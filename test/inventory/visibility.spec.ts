import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CredentialIdentity } from '../../src/dockerhub/credential.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { ArrayHub, notPermitted, refusing, smallWorld, unreachable, type ArrayWorld } from './array-hub.js';
import { keysOf, readingOf, sealedSync, unverifiedIn } from './snapshots.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

/** What a credential that may see public repositories only is shown. */
function publicOnly(): ArrayWorld {
  const world = smallWorld();
  world.repositories = world.repositories.filter(({ isPrivate }) => !isPrivate);
  return world;
}

interface Case {
  readonly what: string;
  readonly reader: CredentialIdentity;
  readonly world?: ArrayWorld;
  /** Under which credential the tokens are listed; null: under none. */
  readonly tokensBy?: string | null;
  readonly members?: 'unreadable';
  readonly proven: boolean;
}

const owner: CredentialIdentity = { kind: 'password', username: 'ada', tokenId: null };
const member: CredentialIdentity = { kind: 'password', username: 'user1', tokenId: null };
const token: CredentialIdentity = { kind: 'organization_token', username: null, tokenId: 't-2' };
const withoutScope = publicOnly();
withoutScope.tokens = withoutScope.tokens.map((one) => ({ ...one, scopes: ['scope-member-read'] }));

const cases: readonly Case[] = [
  { what: 'a private repository in the listing', reader: token, tokensBy: null, world: smallWorld(), proven: true },
  { what: "an owner's password, an owner according to the members", reader: owner, tokensBy: null, proven: true },
  { what: 'the same in other letters', reader: { ...owner, username: 'Ada' }, tokensBy: null, proven: true },
  {
    what: "an owner's password that lists the tokens",
    reader: owner,
    tokensBy: 'reader',
    members: 'unreadable',
    proven: true,
  },
  {
    what: 'a password of whom nothing shows an owner',
    reader: owner,
    tokensBy: null,
    members: 'unreadable',
    proven: false,
  },
  { what: 'a password, the tokens listed by another login', reader: member, tokensBy: 'login-1', proven: false },
  { what: "a member's password", reader: member, tokensBy: null, proven: false },
  {
    what: "an owner's personal token, which can be narrower",
    reader: { ...owner, kind: 'personal_token' },
    tokensBy: null,
    proven: false,
  },
  { what: 'a token whose own scopes hold scope-repository-list', reader: token, tokensBy: 'login-1', proven: true },
  { what: 'a token without the scope', reader: token, tokensBy: 'login-1', world: withoutScope, proven: false },
  {
    what: "the scope on somebody else's token",
    reader: { ...token, tokenId: 't-1' },
    tokensBy: 'login-1',
    proven: false,
  },
  {
    what: 'a token that does not say which one it is',
    reader: { ...token, tokenId: null },
    tokensBy: 'login-1',
    proven: false,
  },
  { what: 'a token whose scopes nobody can read', reader: token, tokensBy: null, proven: false },
  {
    what: 'no repository at all',
    reader: member,
    tokensBy: null,
    world: { ...smallWorld(), repositories: [] },
    proven: false,
  },
  {
    what: 'no repository at all, said by an owner',
    reader: owner,
    tokensBy: null,
    world: { ...smallWorld(), repositories: [] },
    proven: true,
  },
];

describe('repositories are complete only where the private ones are shown to be seen', () => {
  test.each(cases)('$what: $proven', async ({ what, reader, world, tokensBy, members, proven }) => {
    const hub = new ArrayHub(world ?? publicOnly());
    hub.credentials = ['login-1', 'reader'];
    hub.identities = { 'login-1': owner, reader };
    hub.readBy = { repositories: 'reader', ...(tokensBy == null ? {} : { tokens: tokensBy }) };
    hub.faults = [
      ...(tokensBy === null ? [refusing('tokens', notPermitted)] : []),
      ...(members === 'unreadable' ? [refusing('members', unreachable)] : []),
    ];
    const run = await sealedSync(database.dataSource, hub, {}, what);
    const expected = proven
      ? { status: 'complete', reason: null }
      : { status: 'partial', reason: 'VISIBILITY_NOT_PROVEN' };
    expect(readingOf(run, 'repositories')).toMatchObject(expected);
    expect(readingOf(run, 'repository_teams')).toMatchObject(expected);
  });

  test('and what a narrower credential does not show stays open', async () => {
    await sealedSync(database.dataSource, new ArrayHub(smallWorld()), {}, 'narrowed');
    const hub = new ArrayHub(publicOnly());
    hub.credentials = ['reader'];
    hub.identities = { reader: token };
    hub.readBy = Object.fromEntries(['members', 'teams', 'repositories', 'invites'].map((name) => [name, 'reader']));
    hub.faults = [refusing('tokens', notPermitted)];
    const run = await sealedSync(database.dataSource, hub, {}, 'narrowed');
    expect(await keysOf(database.dataSource, run.runId, 'repositories')).toEqual(['api', 'docs', 'site', 'tools']);
    expect(await unverifiedIn(database.dataSource, run.runId)).toEqual([
      'repositories api',
      'repositories tools',
      'repository_teams api/2',
      'repository_teams tools/3',
      'tokens t-1',
      'tokens t-2',
    ]);
  });
});

describe('permissions of repositories', () => {
  test('one that cannot be read makes them partial, and says how many', async () => {
    const hub = new ArrayHub(smallWorld());
    hub.faults = [refusing('repository_teams', unreachable, 1, 'site')];
    const run = await sealedSync(database.dataSource, hub, {}, 'one');
    expect(readingOf(run, 'repository_teams')).toMatchObject({
      status: 'partial',
      reason: 'SOURCE_UNREACHABLE',
      received: 2,
      reported: null,
      message: '1 of 4 repositories could not be read whole, site among them: Docker Hub answered 500 five times.',
    });
    expect(readingOf(run, 'repositories').status).toBe('complete');
  });

  test('that no credential may read are not permitted', async () => {
    const hub = new ArrayHub(smallWorld());
    hub.faults = [refusing('repository_teams', notPermitted)];
    const run = await sealedSync(database.dataSource, hub, {}, 'none');
    expect(readingOf(run, 'repository_teams')).toMatchObject({
      status: 'not_permitted',
      reason: 'CAPABILITY_MISSING',
      received: 0,
    });
  });

  test('are as bad as the listing of repositories where that cannot be read', async () => {
    const hub = new ArrayHub(smallWorld());
    hub.faults = [refusing('repositories', unreachable)];
    const run = await sealedSync(database.dataSource, hub, {}, 'no listing');
    expect(readingOf(run, 'repository_teams')).toMatchObject({
      status: 'failed',
      reason: 'SOURCE_UNREACHABLE',
      received: 0,
      fetchedAt: null,
      message: 'It rests on the listing of repositories. Docker Hub answered 500 five times.',
    });
  });

  test('with one unreadable under a narrow credential say both', async () => {
    const hub = new ArrayHub(publicOnly());
    hub.identities = { 'login-1': member };
    hub.faults = [refusing('tokens', notPermitted), refusing('repository_teams', unreachable, 1, 'site')];
    const run = await sealedSync(database.dataSource, hub, {}, 'both');
    const reading = readingOf(run, 'repository_teams');
    expect(reading).toMatchObject({ status: 'partial', reason: 'VISIBILITY_NOT_PROVEN' });
    expect(reading.message).toMatch(
      /^1 of 2 repositories could not be read whole, site among them: .* It rests on the listing of/,
    );
  });
});

test('a token whose details cannot be read makes the tokens partial and keeps what the listing said', async () => {
  const hub = new ArrayHub(smallWorld());
  hub.faults = [refusing('tokens', unreachable, 1, 't-1')];
  const run = await sealedSync(database.dataSource, hub, {}, 'token');
  expect(readingOf(run, 'tokens')).toMatchObject({
    status: 'partial',
    reason: 'SOURCE_UNREACHABLE',
    received: 2,
    message: '1 of 2 tokens could not be read whole, t-1 among them: Docker Hub answered 500 five times.',
  });
});

test('a token whose details are empty is not believed', async () => {
  const hub = new ArrayHub(smallWorld());
  hub.faults = [(asked, honest) => (asked.scope === 't-1' ? { ...honest, rows: [], received: 0 } : undefined)];
  const run = await sealedSync(database.dataSource, hub, {}, 'empty token');
  expect(readingOf(run, 'tokens')).toMatchObject({ status: 'partial', reason: 'SOURCE_INCOMPLETE' });
});
