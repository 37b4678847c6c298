import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IdentityConfig } from '../../src/config/configuration.js';
import type { TestDatabase } from '../support/database.js';
import { left, Nights, type Member, type PersonOnRecord } from './nights.js';

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
});
afterAll(() => database.drop());

const plus = { plusAddressing: true };
const alias = { domainAliases: { 'acme.io': 'acme.com' } };
const jane = { workEmail: 'jane@acme.com', otherEmails: ['jane@home.example'], dockerUsername: 'jdoe99' };
const joe = { workEmail: 'joe@acme.com' };

describe('an account of exactly one person', () => {
  it.each<[string, Member, Partial<IdentityConfig>, string]>([
    ['work address', { username: 'x', email: 'Jane@ACME.com' }, {}, 'work-email'],
    ['other address', { username: 'x', email: 'jane@home.example' }, {}, 'work-email'],
    ['Docker ID', { username: 'JDoe99', email: null }, {}, 'docker-username'],
    ['Docker ID, whatever the address', { username: 'jdoe99', email: 'x@gmail.com' }, {}, 'docker-username'],
    ['address and Docker ID', { username: 'jdoe99', email: 'jane@acme.com' }, {}, 'work-email'],
    ['address with a tag', { username: 'x', email: 'jane+docker@acme.com' }, plus, 'work-email'],
    ['address at an alias', { username: 'x', email: 'jane@acme.io' }, alias, 'work-email'],
    ['address with a tag at an alias', { username: 'x', email: 'jane+1@acme.io' }, { ...plus, ...alias }, 'work-email'],
  ])('is found by %s', async (_, account, config, source) => {
    await nights.employ({ 'E-1': jane, 'E-2': joe });
    await nights.observe({ u1: account });
    expect(await nights.match(config)).toEqual({ linked: 1, kept: 0, ended: 0, ambiguous: 0, unlinked: 0 });
    expect(await nights.history('u1')).toEqual([{ person: 'E-1', source, because: null }]);
    expect(await nights.nobodys()).toEqual({});
  });

  it.each<[string, PersonOnRecord]>([
    ['who has left', { ...jane, ...left }],
    ['whose row was refused', { ...jane, doubt: 'ROSTER_ROW_REFUSED' }],
    ['who vanished from the roster', { ...jane, doubt: 'LEFT_ROSTER' }],
    ['who starts next year', { ...jane, spells: [{ startsAt: '2027-01-01T00:00:00.000Z' }] }],
  ])('is found for somebody %s', async (_, person) => {
    await nights.employ({ 'E-1': person });
    await nights.observe({ u1: { username: 'x', email: 'jane@acme.com' } });
    await nights.match();
    expect(await nights.links()).toEqual({ u1: 'E-1' });
  });

  it('is found for somebody whom the roster in force does not have any more', async () => {
    await nights.employ({ 'E-1': jane });
    await nights.employ({ 'E-2': joe });
    await nights.observe({ u1: { username: 'x', email: 'jane@acme.com' } });
    await nights.match();
    expect(await nights.links()).toEqual({ u1: 'E-1' });
  });

  it('is found under either form of an international domain', async () => {
    await nights.employ({ 'E-1': { workEmail: 'jürgen@xn--mnchen-3ya.de' }, 'E-2': { workEmail: 'eva@BÜCHER.de' } });
    await nights.observe({
      u1: { username: 'x', email: 'JÜRGEN@München.DE' },
      u2: { username: 'y', email: 'eva@xn--bcher-kva.de' },
    });
    await nights.match();
    expect(await nights.links()).toEqual({ u1: 'E-1', u2: 'E-2' });
  });

  it('may be one of several accounts that the person has', async () => {
    await nights.employ({ 'E-1': jane });
    await nights.observe({ u1: { username: 'x', email: 'jane@acme.com' }, u2: { username: 'jdoe99', email: null } });
    expect(await nights.match()).toMatchObject({ linked: 2 });
    expect(await nights.links()).toEqual({ u1: 'E-1', u2: 'E-1' });
  });

  it('keeps with the link what it rests on', async () => {
    await nights.employ({ 'E-1': jane });
    await nights.observe({ u1: { username: 'JDoe99', email: 'Jane@acme.com' } });
    await nights.match();
    const [row] = await database.dataSource.query('select evidence, linked_at from link where organization_id = $1', [
      nights.organization,
    ]);
    expect(row).toEqual({
      evidence: {
        username: 'JDoe99',
        email: 'Jane@acme.com',
        keys: expect.toSatisfy(
          (keys: { matcher: string; key: string }[]) =>
            keys.length === 2 &&
            keys.some(({ matcher, key }) => matcher === 'work-email' && key === 'jane@acme.com') &&
            keys.some(({ matcher, key }) => matcher === 'docker-username' && key === 'jdoe99'),
        ),
      },
      linked_at: new Date(nights.now),
    });
  });
});

describe('an invite', () => {
  it('is found by its address or its Docker ID, like an account', async () => {
    await nights.employ({ 'E-1': jane, 'E-2': joe });
    await nights.observe(
      {},
      { i1: 'JDoe99', i2: ' Joe+new@acme.io', i3: 'stranger', i4: 'stranger@acme.com', i5: 'jane', i6: 'joe' },
    );
    expect(await nights.match({ ...plus, ...alias })).toMatchObject({ linked: 2, unlinked: 4 });
    expect(await nights.links()).toEqual({ i1: 'E-1', i2: 'E-2' });
    expect(Object.keys(await nights.nobodys())).toEqual(['i3', 'i4', 'i5', 'i6']);
  });

  it('with the id of an account is another subject', async () => {
    await nights.employ({ 'E-1': jane, 'E-2': joe });
    await nights.observe({ '7': { username: 'x', email: 'jane@acme.com' } }, { '7': 'joe@acme.com' });
    await nights.match();
    const rows = await database.dataSource.query(
      'select subject_kind, employee_id from link where organization_id = $1 order by 1',
      [nights.organization],
    );
    expect(rows).toEqual([
      { subject_kind: 'account', employee_id: 'E-1' },
      { subject_kind: 'invite', employee_id: 'E-2' },
    ]);
  });
});

describe('an account of nobody, or of two', () => {
  it.each<[string, Member, Partial<IdentityConfig>]>([
    ['has a tag that the policy does not overlook', { username: 'x', email: 'jane+docker@acme.com' }, {}],
    ['is at a domain that is no alias', { username: 'x', email: 'jane@acme.io' }, {}],
    ['has only the name in common', { username: 'jane', email: 'jane@gmail.com', fullName: 'Jane Doe' }, plus],
    ['hides everything', { username: 'x', email: null }, plus],
    ['shows no username', { email: 'jane@acme.com' }, plus],
  ])('%s', async (_, account, config) => {
    await nights.employ({ 'E-1': { ...jane, fullName: 'Jane Doe' } });
    await nights.observe({ u1: account });
    expect(await nights.match(config)).toEqual({ linked: 0, kept: 0, ended: 0, ambiguous: 0, unlinked: 1 });
    expect(await nights.nobodys()).toEqual({ u1: [] });
  });

  it.each<[string, Record<string, PersonOnRecord>, Member]>([
    [
      'share its address',
      { 'E-1': jane, 'E-2': { ...joe, otherEmails: ['JANE@acme.com'] } },
      { username: 'x', email: 'jane@acme.com' },
    ],
    [
      'share it, one of whom has left',
      { 'E-1': { ...jane, ...left }, 'E-2': jane },
      { username: 'x', email: 'jane@acme.com' },
    ],
    [
      'share its Docker ID',
      { 'E-1': { dockerUsername: 'jdoe' }, 'E-2': { dockerUsername: 'JDOE' } },
      { username: 'jdoe', email: null },
    ],
    [
      'hold one key each',
      { 'E-1': jane, 'E-2': { dockerUsername: 'joe' } },
      { username: 'joe', email: 'jane@acme.com' },
    ],
    [
      'hold its address with and without the tag',
      { 'E-1': jane, 'E-2': { workEmail: 'jane+docker@acme.com' } },
      { username: 'x', email: 'jane+docker@acme.com' },
    ],
    [
      'hold its address here and at the alias',
      { 'E-1': jane, 'E-2': { workEmail: 'jane@acme.io' } },
      { username: 'x', email: 'jane@acme.io' },
    ],
  ])('goes to neither of two who %s', async (_, people, account) => {
    await nights.employ(people);
    await nights.observe({ u1: account });
    expect(await nights.match({ ...plus, ...alias })).toMatchObject({ linked: 0, ambiguous: 1, unlinked: 0 });
    expect(await nights.links()).toEqual({});
    expect(await nights.nobodys()).toEqual({ u1: ['E-1', 'E-2'] });
  });

  it('stays nobody’s when HR takes the key from one of two: the account may be theirs', async () => {
    await nights.employ({ 'E-1': jane, 'E-2': { ...joe, otherEmails: ['jane@acme.com'] } });
    await nights.observe({ u1: { username: 'x', email: 'jane@acme.com' } });
    await nights.match();
    expect(await nights.links()).toEqual({});
    await nights.employ({ 'E-1': jane, 'E-2': joe });
    await nights.match();
    expect(await nights.links()).toEqual({});
    expect(await nights.nobodys()).toEqual({ u1: ['E-1', 'E-2'] });
  });

  it('goes to nobody while no roster was ever accepted', async () => {
    await nights.observe({ u1: { username: 'jdoe99', email: 'jane@acme.com' } });
    expect(await nights.match()).toMatchObject({ unlinked: 1 });
  });
});
