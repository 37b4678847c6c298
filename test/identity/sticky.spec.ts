import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../support/database.js';
import { left, Nights, type Member } from './nights.js';

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
  await nights.employ({ 'E-1': { workEmail: 'jane@acme.com' }, 'E-2': { workEmail: 'joe@acme.com' } });
  await nights.observe({ u1: { username: 'jdoe', email: 'jane@acme.com' } });
  await nights.match();
});
afterAll(() => database.drop());

const kept = { linked: 0, kept: 1, ended: 0, ambiguous: 0, unlinked: 0 };

describe('a link', () => {
  it.each<[string, Member]>([
    ['changes to one that nobody has', { username: 'jdoe', email: 'jane@gmail.com' }],
    ['changes to somebody else’s', { username: 'jdoe', email: 'joe@acme.com' }],
    ['is hidden', { username: 'jdoe', email: null }],
    ['is not said', { username: 'jdoe' }],
    ['and everything else is not said', {}],
    ['stays, and the username changes', { username: 'jane', email: 'jane@acme.com' }],
  ])('stays when the address %s', async (_, account) => {
    await nights.observe({ u1: account });
    expect(await nights.match()).toEqual(kept);
    expect(await nights.history('u1')).toEqual([{ person: 'E-1', source: 'work-email', because: null }]);
  });

  it('stays when the person leaves, which is what catches leavers', async () => {
    await nights.employ({ 'E-1': { workEmail: null, ...left } });
    expect(await nights.match()).toEqual(kept);
    expect(await nights.links()).toEqual({ u1: 'E-1' });
  });

  it('stays when the mailbox goes to somebody else', async () => {
    await nights.employ({ 'E-1': { ...left }, 'E-2': { workEmail: 'jane@acme.com' } });
    expect(await nights.match()).toEqual(kept);
    expect(await nights.links()).toEqual({ u1: 'E-1' });
  });

  it('stays when a second person turns up with the address', async () => {
    await nights.employ({ 'E-1': { workEmail: 'jane@acme.com' }, 'E-3': { workEmail: 'jane@acme.com' } });
    expect(await nights.match()).toEqual(kept);
    await nights.observe({
      u1: { username: 'jdoe', email: 'jane@acme.com' },
      u2: { username: 'new', email: 'jane@acme.com' },
    });
    expect(await nights.match()).toEqual({ linked: 0, kept: 1, ended: 0, ambiguous: 1, unlinked: 0 });
    expect(await nights.links()).toEqual({ u1: 'E-1' });
  });

  it('stays while an incomplete listing does not show the account', async () => {
    await nights.observe({ u2: { username: 'other', email: 'joe@acme.com' } }, {}, true);
    expect(await nights.match()).toEqual({ ...kept, linked: 1 });
    expect(await nights.links()).toEqual({ u1: 'E-1', u2: 'E-2' });
  });

  it('stays when the account is gone, also through a night on which the policy changes', async () => {
    await nights.observe({});
    expect(await nights.match({ links: [{ username: 'jdoe', person: 'E-2' }] })).toEqual({ ...kept, kept: 0 });
    expect(await nights.links()).toEqual({ u1: 'E-1' });
  });

  it('is still there when the account comes back with another address', async () => {
    await nights.observe({});
    await nights.match();
    await nights.observe({ u1: { username: 'jdoe', email: 'joe@acme.com' } });
    expect(await nights.match()).toEqual(kept);
    expect(await nights.links()).toEqual({ u1: 'E-1' });
  });

  it('is not inherited by another user id of the same name', async () => {
    await nights.observe({ u2: { username: 'jdoe', email: null } });
    expect(await nights.match()).toMatchObject({ linked: 0, unlinked: 1 });
  });

  it('belongs to one organization', async () => {
    const other = await Nights.begin(database, `other-${count}`);
    await other.observe({ u1: { username: 'jdoe', email: 'joe@acme.com' } });
    expect(await other.match()).toMatchObject({ linked: 1 });
    expect(await other.links()).toEqual({ u1: 'E-2' });
    expect(await nights.links()).toEqual({ u1: 'E-1' });
  });
});

describe('an account that was not shown but never linked', () => {
  it('is still a subject', async () => {
    await nights.observe({ u1: { username: 'jdoe' }, u2: { username: 'x', email: 'later@acme.com' } });
    await nights.match();
    await nights.observe({}, {}, true);
    await nights.employ({ 'E-3': { workEmail: 'later@acme.com' } });
    expect(await nights.match()).toMatchObject({ linked: 1, kept: 1 });
    expect(await nights.links()).toEqual({ u1: 'E-1', u2: 'E-3' });
  });
});

describe('matching', () => {
  const strangers = {
    u1: { username: 'jdoe', email: 'jane@acme.com' },
    u2: { username: 'stranger', email: 'jone@acme.com', fullName: 'Jane Doe' },
    u3: { username: 'ci', email: null },
  };

  it('changes nothing when it is repeated', async () => {
    await nights.employ({ 'E-3': { fullName: 'Jane Doe', workEmail: 'j.one@acme.com' } });
    await nights.observe(strangers, { i1: 'joe@acme.com', i2: 'nobody@acme.com' });
    const config = { links: [{ username: 'ci', person: 'E-2' }] };
    expect(await nights.match(config)).toMatchObject({ linked: 2, kept: 1, unlinked: 2 });
    const before = await nights.versions();
    expect(await nights.match(config)).toEqual({ linked: 0, kept: 3, ended: 0, ambiguous: 0, unlinked: 2 });
    expect(await nights.versions()).toEqual(before);
  });

  it('of two at the same time does the work once', async () => {
    await nights.observe(strangers, { i1: 'joe@acme.com' });
    const both = await Promise.all([nights.match(), nights.match()]);
    expect(both.map(({ linked }) => linked).sort((one, other) => one - other)).toEqual([0, 1]);
    expect(await nights.links()).toEqual({ u1: 'E-1', i1: 'E-2' });
  });

  it('leaves everything as it was when it fails half-way', async () => {
    await nights.observe(strangers, { i1: 'joe@acme.com' });
    await database.dataSource.query(`
      create function refuse() returns trigger language plpgsql as $$ begin raise exception 'the disk is full'; end $$;
      create trigger refuse before insert on unmatched execute function refuse()`);
    const before = await nights.versions();
    await expect(nights.match({ links: [{ username: 'jdoe', person: 'E-2' }] })).rejects.toThrow('the disk is full');
    expect(await nights.versions()).toEqual(before);
    await database.dataSource.query('drop function refuse cascade');
    expect(await nights.match()).toMatchObject({ linked: 1, kept: 1, unlinked: 2 });
  });

  it('of an earlier snapshot sees what was there then', async () => {
    const earlier = nights.snapshot;
    await nights.observe({ u2: { username: 'new', email: 'joe@acme.com' } });
    nights.snapshot = earlier;
    expect(await nights.match()).toEqual(kept);
    expect(await nights.links()).toEqual({ u1: 'E-1' });
  });

  it('of a snapshot does not see what was there before', async () => {
    await nights.observe({ u1: { username: 'jdoe' }, u3: { username: 'former', email: 'joe@acme.com' } });
    await nights.observe({ u1: { username: 'jdoe' } });
    expect(await nights.match()).toEqual(kept);
    expect(await nights.links()).toEqual({ u1: 'E-1' });
  });

  it('of a snapshot that is not sealed, or not this organization’s, is refused', async () => {
    const other = await Nights.begin(database, `foreign-${count}`);
    await other.observe({});
    nights.snapshot = other.snapshot;
    await expect(nights.match()).rejects.toThrow(/no sealed snapshot/);
    await database.dataSource.query(`update sync_run set state = 'running' where id = $1`, [other.snapshot]);
    await expect(other.match()).rejects.toThrow(/no sealed snapshot/);
  });

  it('leaves no connection behind', async () => {
    for (let time = 0; time < 15; time += 1) await nights.match();
    nights.snapshot = '0';
    for (let time = 0; time < 15; time += 1) await expect(nights.match()).rejects.toThrow(/no sealed snapshot/);
  });
});
