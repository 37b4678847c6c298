import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { LinkEntity } from '../../src/identity/link.entity.js';
import { UnmatchedEntity } from '../../src/identity/unmatched.entity.js';
import type { TestDatabase } from '../support/database.js';
import { Nights } from './nights.js';

let database: TestDatabase;
let nights: Nights;
let count = 0;

beforeAll(async () => {
  database = await Nights.openDatabase();
});
beforeEach(async () => {
  await database.dataSource.query('truncate person, roster cascade');
  count += 1;
  nights = await Nights.begin(database, `acme-${count}`);
  await nights.employ({
    'E-1': { fullName: 'Jane Doe', workEmail: 'jane@acme.com' },
    'E-2': { fullName: 'Max Power', workEmail: 'max@acme.com' },
    'E-3': { fullName: 'Jane Doe', workEmail: 'jane.d@acme.com', sameAs: 'E-1' },
  });
});
afterAll(() => database.drop());

function unmatched(): Promise<UnmatchedEntity[]> {
  return database.dataSource
    .getRepository(UnmatchedEntity)
    .find({ where: { organizationId: nights.organization }, order: { subjectKey: 'asc' } });
}

it('are stored with whom they resemble and why, and link nobody', async () => {
  await nights.observe({
    u1: { username: 'x', email: 'jаne@acme.com', fullName: null },
    u2: { username: 'mpower', email: null, fullName: 'Power, Max' },
    u3: { username: 'stranger', email: 'stranger@evil.com', fullName: 'Somebody Else' },
  });
  expect(await nights.match()).toEqual({ linked: 0, kept: 0, ended: 0, ambiguous: 0, unlinked: 3 });
  expect(await unmatched()).toMatchObject([
    {
      organizationId: nights.organization,
      subjectKind: 'account',
      subjectKey: 'u1',
      candidates: [],
      suggestions: [{ person: 'E-1', name: 'Jane Doe', because: expect.stringContaining('another alphabet') }],
    },
    expect.objectContaining({
      subjectKey: 'u2',
      suggestions: [
        {
          person: 'E-2',
          name: 'Max Power',
          because: 'Both have the same name. Its username resembles their name.',
        },
      ],
    }),
    expect.objectContaining({ subjectKey: 'u3', suggestions: [] }),
  ]);
  expect(await nights.links()).toEqual({});
});

it('are made for invites too', async () => {
  await nights.observe({}, { i1: 'jane@acme.org', i2: 'maxpower', i3: 'jane-doe' });
  await nights.match();
  const found = await unmatched();
  expect(found.map(({ subjectKind }) => subjectKind)).toEqual(['invite', 'invite', 'invite']);
  expect(found.map(({ suggestions }) => suggestions.map(({ person }) => person))).toEqual([['E-1'], ['E-2'], ['E-1']]);
});

it('follow the roster, and go when the account is linked or gone', async () => {
  await nights.observe({
    u1: { username: 'x', email: null, fullName: 'Zoe Fast' },
    u2: { username: 'y', email: null },
  });
  await nights.match();
  expect((await unmatched()).map(({ suggestions }) => suggestions)).toEqual([[], []]);
  const untouched = JSON.stringify(
    await database.dataSource.query(`select xmin from unmatched where subject_key = 'u2'`),
  );
  await nights.employ({ 'E-4': { fullName: 'Zoë Fast' } });
  await nights.match();
  expect((await unmatched()).map(({ suggestions }) => suggestions[0]?.person)).toEqual(['E-4', undefined]);
  expect(JSON.stringify(await database.dataSource.query(`select xmin from unmatched where subject_key = 'u2'`))).toBe(
    untouched,
  );
  await nights.match({ links: [{ username: 'x', person: 'E-4' }] });
  expect((await unmatched()).map(({ subjectKey }) => subjectKey)).toEqual(['u2']);
  await nights.observe({});
  await nights.match();
  expect(await unmatched()).toEqual([]);
});

it('leave other organizations alone', async () => {
  const other = await Nights.begin(database, `other-${count}`);
  await other.observe({ u9: { username: 'x' } });
  await other.match();
  await nights.observe({});
  await nights.match();
  expect(await other.nobodys()).toEqual({ u9: [] });
});

it('stand in tables that the entities describe', async () => {
  await nights.observe({ u1: { username: 'x', email: 'max@acme.com' } });
  await nights.match();
  const [link] = await database.dataSource
    .getRepository(LinkEntity)
    .find({ where: { organizationId: nights.organization } });
  expect(link).toMatchObject({
    subjectKind: 'account',
    subjectKey: 'u1',
    employeeId: 'E-2',
    source: 'work-email',
    evidence: { username: 'x', email: 'max@acme.com', keys: [{ matcher: 'work-email', key: 'max@acme.com' }] },
    linkedAt: new Date(nights.now),
    endedAt: null,
    endedBecause: null,
  });
});
