import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IdentityConfig } from '../../src/config/configuration.js';
import type { TestDatabase } from '../support/database.js';
import { left, Nights, serviceAccounts, type Member, type PersonOnRecord } from './nights.js';

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

const lenient = { plusAddressing: true, domainAliases: { 'acme.io': 'acme.com' } };
const jack: PersonOnRecord = { fullName: 'Jack Kay', workEmail: 'jack@acme.com', dockerUsername: 'jackk' };

describe('nobody is taken for somebody who looks like it', () => {
  it.each<[string, Member, PersonOnRecord, Partial<IdentityConfig>?]>([
    ['Kelvin sign in the mailbox', { username: 'x', email: 'jac\u212A@acme.com' }, jack],
    ['Kelvin sign in the domain', { username: 'x', email: 'kay@kay.com' }, { workEmail: 'kay@\u212Aay.com' }],
    ['Kelvin sign in the username', { username: 'jack\u212A', email: null }, jack],
    ['Cyrillic letter in the mailbox', { username: 'x', email: 'jасk@acme.com' }, jack],
    ['Cyrillic letter in the domain', { username: 'x', email: 'jack@aсme.com' }, jack],
    ['Cyrillic letter in the ASCII form of the domain', { username: 'x', email: 'jack@xn--ame-4ed.com' }, jack],
    ['Cyrillic letter in the username', { username: 'jасkk', email: null }, jack],
    ['the same Cyrillic letter in the roster', { username: 'x', email: 'jасk@b.com' }, { workEmail: 'jасk@b.com' }],
    ['Turkish I', { username: 'x', email: 'K\u0130M@acme.com' }, { workEmail: 'kim@acme.com' }],
    ['dotless i', { username: 'x', email: 'k\u0131m@acme.com' }, { workEmail: 'kim@acme.com' }],
    ['long s', { username: 'x', email: 'ro\u017Fe@acme.com' }, { workEmail: 'rose@acme.com' }],
    ['sharp s', { username: 'x', email: 'gross@acme.com' }, { workEmail: 'groß@acme.com' }],
    ['full-width letters', { username: 'x', email: 'ｊａｃｋ@acme.com' }, jack],
    ['full-width domain', { username: 'x', email: 'jack@ａｃｍｅ.com' }, jack],
    ['mathematical letters', { username: '𝐣𝐚𝐜𝐤𝐤', email: '𝐣𝐚𝐜𝐤@acme.com' }, jack],
    ['accent', { username: 'x', email: 'jáck@acme.com' }, jack],
    ['zero-width space', { username: 'x', email: 'ja\u200Bck@acme.com' }, jack],
    ['soft hyphen in the domain', { username: 'x', email: 'jack@ac\u00ADme.com' }, jack],
    ['ideographic full stop', { username: 'x', email: 'jack@acme。com' }, jack],
    ['percent sign', { username: 'x', email: 'jack@acm%65.com' }, jack],
    ['path', { username: 'x', email: 'jack@acme.com/@evil.com' }, jack],
    ['display name', { username: 'x', email: '"jack@acme.com" <evil@evil.com>' }, jack],
    ['second address', { username: 'x', email: 'jack@acme.com,evil@evil.com' }, jack],
    ['second @', { username: 'x', email: 'jack@acme.com@evil.com' }, jack],
    ['dots', { username: 'x', email: 'j.ack@acme.com' }, jack],
    ['subdomain', { username: 'x', email: 'jack@acme.com.evil.com' }, jack],
    ['username that is the mailbox', { username: 'jack', email: null }, { workEmail: 'jack@acme.com' }],
    ['username that is the address', { username: 'jack@acme.com', email: null }, jack],
    ['Docker ID that is the mailbox', { username: 'x', email: 'jackk@acme.com' }, jack],
    ['name', { username: 'x', email: 'x@evil.com', fullName: 'Jack Kay' }, jack],
    ['name that is the address', { username: 'x', email: null, fullName: 'jack@acme.com' }, jack],
    ['employee id', { username: 'e-1', email: 'e-1@acme.com' }, jack],
    ['username for an empty cell', { username: 'none', email: null }, { dockerUsername: 'none' }],
    ['empty address', { username: 'x', email: '' }, { workEmail: '' }],
    ['blank username', { username: ' ', email: null }, { dockerUsername: ' ' }],
    ['placeholder address', { username: 'x', email: 'n/a' }, { workEmail: 'n/a' }],
    ['nothing but a tag', { username: 'x', email: '+jack@acme.com' }, { workEmail: '@acme.com' }],
    ['LIKE pattern', { username: '%', email: '%@acme.com' }, jack],
    ['alias the wrong way round', { username: 'x', email: 'jack@acme.com' }, { workEmail: 'jack@acme.io' }],
    ['no username, so it may be a service account', { email: 'jack@acme.com' }, jack, serviceAccounts('acme-ci')],
  ])('%s', async (_, account, person, config = {}) => {
    await nights.employ({ 'E-1': person, 'E-2': { workEmail: 'other@acme.com' } });
    await nights.observe({ u1: account });
    expect(await nights.match({ ...lenient, ...config })).toMatchObject({ linked: 0, unlinked: 1 });
    expect(await nights.links()).toEqual({});
  });

  it.each([['jасk@acme.com'], ['jac\u212A@acme.com'], ['ｊａｃｋ@acme.com'], ['jасkk'], ['jack\u212A']])(
    'an invite to %s',
    async (invitee) => {
      await nights.employ({ 'E-1': jack });
      await nights.observe({}, { i1: invitee });
      expect(await nights.match(lenient)).toMatchObject({ linked: 0, unlinked: 1 });
    },
  );

  it('a look-alike of a declared username, or of a service account', async () => {
    await nights.observe({ u1: { username: 'jасkk' }, u2: { username: 'jack\u212A' }, u3: { username: 'jackk' } });
    await nights.match({ links: [{ username: 'jackk', person: 'E-1' }], ...serviceAccounts('jack\u212A') });
    expect(await nights.links()).toEqual({ u3: 'E-1' });
  });
});

describe('a mailbox that changes hands', () => {
  it('goes to neither, if the leaver’s row still has it', async () => {
    await nights.employ({ 'E-1': { ...jack, ...left }, 'E-2': { workEmail: 'jack@acme.com' } });
    await nights.observe({ u1: { username: 'x', email: 'jack@acme.com' } });
    expect(await nights.match()).toMatchObject({ linked: 0, ambiguous: 1 });
  });

  it('goes to neither, though HR blanked it in the leaver’s row', async () => {
    await nights.employ({ 'E-1': jack });
    await nights.employ({ 'E-1': { fullName: 'Jack Kay', ...left }, 'E-2': { workEmail: 'jack@acme.com' } });
    await nights.observe({ u1: { username: 'x', email: 'jack@acme.com' } });
    expect(await nights.match()).toMatchObject({ linked: 0, ambiguous: 1 });
    expect(await nights.nobodys()).toEqual({ u1: ['E-1', 'E-2'] });
  });

  it('catches the leaver whose address and Docker ID HR blanked, while nobody else has them', async () => {
    await nights.employ({ 'E-1': jack, 'E-2': { workEmail: 'mia@acme.com' } });
    await nights.employ({ 'E-1': left, 'E-2': left });
    await nights.observe({ u1: { username: 'jackk', email: null }, u2: { username: 'y', email: 'mia@acme.com' } });
    await nights.match();
    expect(await nights.links()).toEqual({ u1: 'E-1', u2: 'E-2' });
  });

  it('is nobody’s for certain where the former owner is still employed: the account may be theirs', async () => {
    await nights.employ({ 'E-1': jack });
    await nights.employ({ 'E-1': { workEmail: 'jack.kay@acme.com' }, 'E-2': { workEmail: 'jack@acme.com' } });
    await nights.observe({ u1: { username: 'x', email: 'jack@acme.com' } });
    await nights.match();
    expect(await nights.nobodys()).toEqual({ u1: ['E-1', 'E-2'] });
    await nights.match({ links: [{ username: 'x', person: 'E-2' }] });
    expect(await nights.links()).toEqual({ u1: 'E-2' });
  });
});

describe('an address that many share', () => {
  it('links nobody, however many they are', async () => {
    const everyone = Array.from({ length: 3000 }, (_, index) => [
      `E-${index}`,
      { workEmail: `p${index}@acme.com`, otherEmails: ['info@acme.com'], dockerUsername: 'acme' },
    ]);
    await nights.employ(Object.fromEntries(everyone));
    const accounts = Array.from({ length: 300 }, (_, index) => [
      `u${index}`,
      { username: `user${index}`, email: `info+${index}@acme.com` },
    ]);
    await nights.observe({ ...Object.fromEntries(accounts), own: { username: 'acme', email: 'p7@acme.com' } });
    expect(await nights.match(lenient)).toEqual({ linked: 0, kept: 0, ended: 0, ambiguous: 301, unlinked: 0 });
    const candidates = Object.values(await nights.nobodys());
    expect(Math.max(...candidates.map((each) => each.length))).toBeLessThanOrEqual(21);
  });
});

describe('somebody who came back under a new employee id', () => {
  const spells = [{ endsAt: '2025-01-01T00:00:00.000Z', status: 'terminated' }, { status: 'active' }];
  const rehired = {
    'E-1': { fullName: 'Jack Kay', spells, sameAs: 'E-9' },
    'E-9': { ...jack, otherUsernames: ['oldjack'], spells, aliases: ['E-1'] },
  };

  it('is one person, found under the new id', async () => {
    await nights.employ(rehired);
    await nights.observe({
      u1: { username: 'x', email: 'jack@acme.com' },
      u2: { username: 'oldjack', email: null },
      u3: { username: 'jackk', email: 'jack@acme.com' },
    });
    await nights.match();
    expect(await nights.links()).toEqual({ u1: 'E-9', u2: 'E-9', u3: 'E-9' });
  });

  it('is one person also where the rows of both ids hold keys', async () => {
    await nights.employ({ ...rehired, 'E-1': { ...rehired['E-1'], workEmail: 'jack@acme.com', dockerUsername: 'j1' } });
    await nights.observe({ u1: { username: 'j1', email: 'jack@acme.com' } });
    expect(await nights.match()).toMatchObject({ linked: 1, ambiguous: 0 });
    expect(await nights.links()).toEqual({ u1: 'E-9' });
  });

  it('keeps a link to the former id, also where the new one is declared', async () => {
    await nights.employ({ 'E-1': { ...jack, ...left } });
    await nights.observe({ u1: { username: 'x', email: 'jack@acme.com' } });
    await nights.match();
    await nights.employ(rehired);
    expect(await nights.match({ links: [{ username: 'x', person: 'E-9' }] })).toMatchObject({ kept: 1, ended: 0 });
    expect(await nights.links()).toEqual({ u1: 'E-1' });
  });

  it('is found through what the first row had, once gone for good', async () => {
    await nights.employ({ 'E-1': { workEmail: 'first@acme.com', ...left } });
    await nights.employ({
      'E-1': { sameAs: 'E-9', ...left },
      'E-9': { workEmail: 'jack@acme.com', aliases: ['E-1'], ...left },
    });
    await nights.observe({ u1: { username: 'x', email: 'first@acme.com' } });
    await nights.match();
    expect(await nights.links()).toEqual({ u1: 'E-9' });
  });

  it('is declared under either id', async () => {
    await nights.employ(rehired);
    await nights.observe({ u1: { username: 'one' }, u2: { username: 'two' } });
    const links = [
      { username: 'one', person: 'E-1' },
      { username: 'two', person: 'E-9' },
    ];
    await nights.match({ links });
    expect(await nights.links()).toEqual({ u1: 'E-9', u2: 'E-9' });
    expect(await nights.match({ links })).toMatchObject({ kept: 2, ended: 0 });
  });

  it('is two people where the roster does not say that they are one', async () => {
    await nights.employ({ 'E-1': { ...jack, ...left }, 'E-9': jack });
    await nights.observe({ u1: { username: 'x', email: 'jack@acme.com' } });
    expect(await nights.match()).toMatchObject({ linked: 0, ambiguous: 1 });
  });

  it('is neither of two who are both said to have had the former id', async () => {
    await nights.employ({
      'E-1': jack,
      'E-8': { workEmail: 'eight@acme.com', aliases: ['E-1'] },
      'E-9': { workEmail: 'nine@acme.com', aliases: ['E-1'] },
    });
    await nights.observe({ u1: { username: 'x', email: 'jack@acme.com' } });
    await nights.match();
    expect(await nights.links()).toEqual({ u1: 'E-1' });
  });

  it('does not hang where two rows each call the other the former one', async () => {
    await nights.employ({
      'E-1': { ...jack, aliases: ['E-9'] },
      'E-9': { workEmail: 'x@acme.com', aliases: ['E-1'] },
    });
    await nights.observe({ u1: { username: 'x', email: 'jack@acme.com' } });
    expect(await nights.match()).toMatchObject({ linked: 1 });
  });
});
