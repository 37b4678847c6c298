import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Rosters } from '../roster/rosters.js';
import { Nights } from './nights.js';

let rosters: Rosters;
let nights: Nights;

beforeEach(async () => {
  rosters = await Rosters.open();
  nights = await Nights.begin(rosters.database, 'acme');
});
afterEach(() => rosters.close());

const header = 'employee_id,full_name,work_email,other_emails,status,start_date,end_date,docker_username\n';

async function read(now: string, ...lines: string[]): Promise<void> {
  nights.now = now;
  expect(await rosters.read(`${header}${lines.join('\n')}\n`, now)).toMatchObject({ outcome: 'accepted' });
}

describe('people as the import stores them', () => {
  it('are found by each of their keys', async () => {
    await read(
      '2026-11-20T02:00:00.000Z',
      'E-1,Jane Doe,Jane@ACME.com,jane@home.example; jd@bücher.de,active,2020-01-01,,JDoe99',
      'E-2,Joe Roe,joe@acme.com,,active,2020-01-01,,',
    );
    await nights.observe({
      u1: { username: 'a', email: 'jane@acme.com' },
      u2: { username: 'b', email: 'JANE@home.example' },
      u3: { username: 'c', email: 'jd@xn--bcher-kva.de' },
      u4: { username: 'jdoe99', email: null },
      u5: { username: 'joe', email: null },
    });
    expect(await nights.match()).toMatchObject({ linked: 4, unlinked: 1 });
    expect(await nights.links()).toEqual({ u1: 'E-1', u2: 'E-1', u3: 'E-1', u4: 'E-1' });
  });

  it('are found though their row was refused, or they vanished, or left', async () => {
    const others = ['3', '4', '5', '6', '7', '8', '9'].map(
      (id) => `E-${id},P ${id},p${id}@acme.com,,active,2020-01-01,,`,
    );
    await read(
      '2026-11-19T02:00:00.000Z',
      ...others,
      'E-1,Jane Doe,jane@acme.com,,active,2020-01-01,,',
      'E-2,Joe Roe,joe@acme.com,,active,2020-01-01,,',
      'E-20,Ann Left,ann@acme.com,,active,2020-01-01,,',
    );
    await read(
      '2026-11-20T02:00:00.000Z',
      ...others,
      'E-1,Jane Doe,jane@acme.com,,active,2020-13-45,,',
      'E-20,Ann Left,,,terminated,2020-01-01,2026-11-01,',
    );
    await nights.observe({
      u1: { username: 'a', email: 'jane@acme.com' },
      u2: { username: 'b', email: 'joe@acme.com' },
      u3: { username: 'c', email: 'ann@acme.com' },
    });
    await nights.match();
    expect(await nights.links()).toEqual({ u1: 'E-1', u2: 'E-2', u3: 'E-20' });
  });

  it('hold a key together with whoever it stands beside in a row that cannot be read', async () => {
    await read(
      '2026-11-20T02:00:00.000Z',
      'E-1,Doe, Jane,shared@acme.com,,active,2020-01-01,,',
      'E-2,Joe Roe,joe@acme.com,shared@acme.com,active,2020-01-01,,',
    );
    await nights.observe({ u1: { username: 'a', email: 'shared@acme.com' } });
    expect(await nights.match()).toMatchObject({ linked: 0, ambiguous: 1 });
    expect(await nights.nobodys()).toEqual({ u1: ['E-1', 'E-2'] });
  });

  it('hold a key together with whoever had it before them and works on, and nobody else does', async () => {
    await read(
      '2026-11-19T02:00:00.000Z',
      'E-1,Jane Doe,jane@acme.com,,active,2020-01-01,,',
      'E-3,Ann Poe,ann.poe@acme.com,,active,2020-01-01,,annp',
    );
    await read(
      '2026-11-20T02:00:00.000Z',
      'E-1,Jane Roe,jane.roe@acme.com,,active,2020-01-01,,',
      'E-2,Max New,jane@acme.com,,active,2026-11-20,,',
      'E-3,Ann Poe,ann@acme.com,,active,2020-01-01,,annp',
    );
    await nights.observe({
      u1: { username: 'a', email: 'jane@acme.com' },
      u2: { username: 'b', email: 'ann.poe@acme.com' },
      u3: { username: 'annp', email: 'ann.poe@acme.com' },
    });
    expect(await nights.match()).toMatchObject({ linked: 1, ambiguous: 1, unlinked: 1 });
    expect(await nights.nobodys()).toEqual({ u1: ['E-1', 'E-2'], u2: [] });
    expect(await nights.links()).toEqual({ u3: 'E-3' });
  });

  it('are one person when they come back under a new id, and two when they overlap', async () => {
    await read(
      '2026-11-19T02:00:00.000Z',
      'E-1,Jane Doe,jane@acme.com,,terminated,2020-01-01,2024-12-31,oldjane',
      'E-9,Jane Doe,jane@acme.com,,active,2026-01-01,,newjane',
      'E-2,Joe Roe,joe@acme.com,,active,2020-01-01,,',
      'E-3,Joe Roe,joe@acme.com,,active,2021-01-01,,',
    );
    await nights.observe({
      u1: { username: 'oldjane', email: 'jane@acme.com' },
      u2: { username: 'newjane', email: null },
      u3: { username: 'joe', email: 'joe@acme.com' },
    });
    expect(await nights.match()).toMatchObject({ linked: 2, ambiguous: 1 });
    expect(await nights.links()).toEqual({ u1: 'E-9', u2: 'E-9' });
  });

  it('keep their link when the new id appears later', async () => {
    await read('2026-11-18T02:00:00.000Z', 'E-1,Jane Doe,jane@acme.com,,terminated,2020-01-01,2024-12-31,');
    await nights.observe({ u1: { username: 'a', email: 'jane@acme.com' } });
    await nights.match();
    await read(
      '2026-11-19T02:00:00.000Z',
      'E-1,Jane Doe,jane@acme.com,,terminated,2020-01-01,2024-12-31,',
      'E-9,Jane Doe,jane@acme.com,,active,2026-01-01,,',
    );
    await nights.observe({
      u1: { username: 'a', email: 'jane@acme.com' },
      u2: { username: 'b', email: 'jane@acme.com' },
    });
    expect(await nights.match({ links: [{ username: 'a', person: 'E-9' }] })).toMatchObject({ kept: 1, linked: 1 });
    expect(await nights.links()).toEqual({ u1: 'E-1', u2: 'E-9' });
  });

  it.each([
    ['jac\u212A@acme.com', 'jack@acme.com', ''],
    ['jack@\u212Aay.com', 'jack@kay.com', ''],
    ['jack@ａｃｍｅ.com', 'jack@acme.com', ''],
    ['jасk@acme.com', 'jасk@acme.com', ''],
    ['other@acme.com', null, 'jac\u212Ak'],
    ['jack@acm%65.com', 'jack@acme.com', ''],
  ])('are not found through %s by %s (%s)', async (onRecord, shown, username) => {
    nights.now = '2026-11-20T02:00:00.000Z';
    await rosters.read(
      `${header}E-1,Jack Kay,"${onRecord}",,active,2020-01-01,,${username}\nE-2,Joe,joe@acme.com,,active,,,\n`,
      nights.now,
    );
    await nights.observe({ u1: { username: 'jackk', email: shown } });
    await nights.match();
    expect(await nights.links()).toEqual({});
  });
});
