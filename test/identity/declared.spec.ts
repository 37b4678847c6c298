import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../support/database.js';
import { Nights, serviceAccounts } from './nights.js';

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
});
afterAll(() => database.drop());

const toJoe = { links: [{ username: 'JDoe', person: 'E-2' }] };
const toJane = { links: [{ username: 'jdoe', person: 'E-1' }] };

describe('a declared link', () => {
  it('comes before the keys', async () => {
    expect(await nights.match(toJoe)).toEqual({ linked: 1, kept: 0, ended: 0, ambiguous: 0, unlinked: 0 });
    expect(await nights.history('u1')).toEqual([{ person: 'E-2', source: 'declared', because: null }]);
    expect(await nights.match(toJoe)).toMatchObject({ linked: 0, kept: 1 });
  });

  it('that names another person ends the kept one', async () => {
    await nights.match();
    expect(await nights.match(toJoe)).toEqual({ linked: 1, kept: 0, ended: 1, ambiguous: 0, unlinked: 0 });
    expect(await nights.history('u1')).toEqual([
      { person: 'E-1', source: 'work-email', because: 'DECLARED_OTHERWISE' },
      { person: 'E-2', source: 'declared', because: null },
    ]);
  });

  it('that names the same person leaves the kept one, also when it is removed again', async () => {
    await nights.match();
    expect(await nights.match(toJane)).toMatchObject({ kept: 1, ended: 0 });
    await nights.observe({ u1: { username: 'jdoe', email: null } });
    expect(await nights.match()).toMatchObject({ kept: 1, ended: 0 });
    expect(await nights.history('u1')).toHaveLength(1);
  });

  it('that changes its mind ends the declared one', async () => {
    await nights.match(toJoe);
    await nights.match(toJane);
    expect(await nights.history('u1')).toEqual([
      { person: 'E-2', source: 'declared', because: 'DECLARED_OTHERWISE' },
      { person: 'E-1', source: 'declared', because: null },
    ]);
  });

  it('that is removed lets the keys decide again', async () => {
    await nights.match(toJoe);
    expect(await nights.match()).toMatchObject({ linked: 1, ended: 1 });
    expect(await nights.history('u1')).toEqual([
      { person: 'E-2', source: 'declared', because: 'DECLARATION_REMOVED' },
      { person: 'E-1', source: 'work-email', because: null },
    ]);
  });

  it('that is removed may leave the account to nobody', async () => {
    await nights.observe({ u1: { username: 'jdoe', email: null } });
    await nights.match(toJoe);
    expect(await nights.match()).toEqual({ linked: 0, kept: 0, ended: 1, ambiguous: 0, unlinked: 1 });
    expect(await nights.links()).toEqual({});
    expect(await nights.nobodys()).toEqual({ u1: [] });
  });

  it('stands while Docker Hub does not say the username', async () => {
    await nights.match(toJoe);
    await nights.observe({ u1: { email: 'jane@acme.com' } });
    expect(await nights.match(toJoe)).toMatchObject({ kept: 1, ended: 0 });
    expect(await nights.links()).toEqual({ u1: 'E-2' });
  });

  it('may name somebody whom no roster ever had', async () => {
    expect(await nights.match({ links: [{ username: 'jdoe', person: 'E-404' }] })).toMatchObject({ linked: 1 });
    expect(await nights.links()).toEqual({ u1: 'E-404' });
  });

  it('settles what two people hold', async () => {
    await nights.employ({ 'E-3': { otherEmails: ['jane@acme.com'] } });
    expect(await nights.match()).toMatchObject({ ambiguous: 1 });
    expect(await nights.match(toJane)).toMatchObject({ linked: 1, ambiguous: 0 });
    expect(await nights.nobodys()).toEqual({});
  });

  it('holds for an invite to that Docker ID, and for no address', async () => {
    await nights.observe({}, { i1: 'JDOE', i2: 'jdoe@gmail.com' });
    await nights.match(toJoe);
    expect(await nights.links()).toEqual({ i1: 'E-2' });
  });

  it('holds in every organization', async () => {
    const other = await Nights.begin(database, `other-${count}`);
    await other.observe({ u9: { username: 'jdoe', email: 'jane@acme.com' } });
    await other.match(toJoe);
    expect(await other.links()).toEqual({ u9: 'E-2' });
  });

  it('ends, and the next one begins, at the same time', async () => {
    await nights.match();
    nights.now = '2026-11-22T02:00:00.000Z';
    await nights.match(toJoe);
    const rows = await database.dataSource.query(
      'select linked_at, ended_at from link where organization_id = $1 order by id',
      [nights.organization],
    );
    expect(rows).toEqual([
      { linked_at: new Date('2026-11-21T02:00:00.000Z'), ended_at: new Date('2026-11-22T02:00:00.000Z') },
      { linked_at: new Date('2026-11-22T02:00:00.000Z'), ended_at: null },
    ]);
  });
});

describe('a link that has ended', () => {
  it('stays as it ended, and does not stand again by itself', async () => {
    await nights.match();
    nights.now = '2026-11-22T02:00:00.000Z';
    await nights.match(serviceAccounts('jdoe'));
    nights.now = '2026-11-23T02:00:00.000Z';
    expect(await nights.match(serviceAccounts('jdoe'))).toMatchObject({ ended: 0 });
    await nights.observe({ u1: { username: 'jdoe', email: null } });
    expect(await nights.match()).toMatchObject({ linked: 0, kept: 0, unlinked: 1 });
    await nights.match(toJoe);
    await nights.match(serviceAccounts('jdoe'));
    const rows = await database.dataSource.query(
      'select employee_id, ended_at from link where organization_id = $1 order by id',
      [nights.organization],
    );
    expect(rows).toEqual([
      { employee_id: 'E-1', ended_at: new Date('2026-11-22T02:00:00.000Z') },
      { employee_id: 'E-2', ended_at: new Date('2026-11-23T02:00:00.000Z') },
    ]);
  });
});

describe('a declared service account', () => {
  it('has no link, whatever its keys say, and is not unlinked either', async () => {
    expect(await nights.match(serviceAccounts('JDoe'))).toEqual({
      linked: 0,
      kept: 0,
      ended: 0,
      ambiguous: 0,
      unlinked: 0,
    });
    expect(await nights.links()).toEqual({});
    expect(await nights.nobodys()).toEqual({});
  });

  it('that is declared later loses the link that its keys had made', async () => {
    await nights.match();
    expect(await nights.match(serviceAccounts('jdoe'))).toMatchObject({ ended: 1, kept: 0 });
    expect(await nights.history('u1')).toEqual([
      { person: 'E-1', source: 'work-email', because: 'DECLARED_SERVICE_ACCOUNT' },
    ]);
  });

  it('that was declared a person before loses that link', async () => {
    await nights.match(toJoe);
    await nights.match(serviceAccounts('jdoe'));
    expect(await nights.history('u1')).toEqual([
      { person: 'E-2', source: 'declared', because: 'DECLARED_SERVICE_ACCOUNT' },
    ]);
  });

  it('that is no more declared goes by its keys', async () => {
    await nights.match(serviceAccounts('jdoe'));
    await nights.match();
    expect(await nights.links()).toEqual({ u1: 'E-1' });
  });

  it('gets no link on a night on which Docker Hub does not say its name', async () => {
    await nights.observe({ u1: { email: 'jane@acme.com' } });
    await nights.match(serviceAccounts('jdoe'));
    expect(await nights.links()).toEqual({});
  });

  it('may be invited', async () => {
    await nights.employ({ 'E-3': { dockerUsername: 'acme-ci' } });
    await nights.observe({}, { i1: 'acme-ci' });
    expect(await nights.match(serviceAccounts('ACME-ci'))).toMatchObject({ linked: 0, unlinked: 0 });
  });

  it('stands behind a declared link', async () => {
    await nights.match({ ...toJoe, ...serviceAccounts('jdoe') });
    expect(await nights.links()).toEqual({ u1: 'E-2' });
  });
});
