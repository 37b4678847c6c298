import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Rosters, company } from './rosters.js';

const night = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`;
const former = 'J1,Jane Doe,jane@acme.com,terminated,2019-01-01,2021-12-31';
const later = 'J2,Jane Doe,jane@acme.com,active,2026-10-01,';
const roster = (...lines: string[]): string => `${company(20)}${lines.join('\n')}\n`;

describe('somebody who came back', () => {
  let rosters: Rosters;
  beforeEach(async () => {
    rosters = await Rosters.open();
  });
  afterEach(() => rosters.close());

  it('under the same id has spells, and works there', async () => {
    await rosters.read(roster(former, later.replace('J2', 'J1')), night(2));
    expect(await rosters.employment('J1', night(2))).toMatchObject({ state: 'employed' });
    expect(await rosters.state('J1', '2022-06-01T00:00:00.000Z')).toBe('not_started');
    expect(await rosters.state('J1', '2021-06-01T00:00:00.000Z')).toBe('employed');
  });

  it('under another id is found by either, and holds keys under the later one only', async () => {
    await rosters.read(roster(former, later), night(2));
    expect(await rosters.state('J1', night(2))).toBe('employed');
    expect(await rosters.state('J2', night(2))).toBe('employed');
    expect(await rosters.person('J1')).toMatchObject({ sameAs: 'J2', otherEmails: [] });
    expect(await rosters.person('J1')).not.toHaveProperty('workEmail');
    expect(await rosters.person('J2')).toMatchObject({ aliases: ['J1'], workEmail: 'jane@acme.com' });
    expect(await rosters.query('select people, employed from roster')).toEqual([{ people: 21, employed: 21 }]);
  });

  it('leaves under both ids', async () => {
    await rosters.read(roster(former, later), night(2));
    await rosters.read(roster(former, `${later}2026-11-03`), night(3));
    expect(await rosters.state('J1', night(3))).toBe('employed');
    expect(await rosters.employment('J1', night(5))).toMatchObject({ state: 'ended', lastDay: '2026-11-03' });
    expect(await rosters.employment('J2', night(5))).toMatchObject({ state: 'ended', lastDay: '2026-11-03' });
  });

  it('goes on being found by an id that HR has dropped', async () => {
    await rosters.read(roster(former, later), night(2));
    for (const day of [3, 4, 5]) {
      await rosters.read(company(20 + day, (_, line) => line) + `${later}\n`, night(day));
      expect(await rosters.state('J1', night(day))).toBe('employed');
      expect(await rosters.person('J2')).toMatchObject({ aliases: ['J1'] });
    }
    await rosters.read(`${company(26)}${later}2026-11-05\n`, night(7));
    expect(await rosters.state('J1', night(7))).toBe('ended');
  });

  it('is joined to an id that is gone from the roster already', async () => {
    await rosters.read(roster(former), night(2));
    await rosters.read(company(20), night(3));
    await rosters.read(`${company(20)}${later}\n`, night(4));
    expect(await rosters.state('J1', night(4))).toBe('employed');
    expect(await rosters.person('J1')).toMatchObject({ sameAs: 'J2' });
    expect(await rosters.person('J2')).toMatchObject({ aliases: ['J1'] });
  });

  it('stays one person through a new name, and through a third id', async () => {
    await rosters.read(roster(former, later), night(2));
    await rosters.read(roster(former, later.replace('Jane Doe', 'Jane Smith')), night(3));
    expect(await rosters.person('J1')).toMatchObject({ sameAs: 'J2' });
    await rosters.read(roster(`${later.replace('Jane Doe', 'Jane Smith')}2026-10-31`), night(4));
    await rosters.read(roster('J3,Jane Smith,jane@acme.com,active,2026-11-05,'), night(6));
    for (const id of ['J1', 'J2', 'J3']) expect(await rosters.state(id, night(6))).toBe('employed');
    expect(await rosters.person('J3')).toMatchObject({ aliases: ['J1', 'J2'] });
    expect(await rosters.person('J1')).toMatchObject({ sameAs: 'J3' });
  });

  it.each([
    ['the dates overlap', 'J1,Jane Doe,jane@acme.com,active,2019-01-01,2026-10-01'],
    ['the former has no end', 'J1,Jane Doe,jane@acme.com,active,2019-01-01,'],
    ['the names differ', 'J1,Jane Smith,jane@acme.com,terminated,2019-01-01,2021-12-31'],
    ['the addresses differ', 'J1,Jane Doe,j.doe@acme.com,terminated,2019-01-01,2021-12-31'],
    ['a row was refused', 'J1,Jane Doe,jane@acme.com,asleep,2019-01-01,2021-12-31'],
  ])('is two people if %s', async (_, line) => {
    await rosters.read(roster(line, later), night(2));
    expect(await rosters.person('J1')).not.toHaveProperty('sameAs');
    expect(await rosters.person('J2')).not.toHaveProperty('aliases');
    expect(await rosters.state('J2', night(2))).toBe('employed');
  });

  it('is joined where the former was terminated without a date', async () => {
    await rosters.read(roster('J1,Jane Doe,jane@acme.com,terminated,2019-01-01,', later), night(2));
    expect(await rosters.person('J1')).toMatchObject({ sameAs: 'J2' });
    expect(await rosters.state('J1', night(2))).toBe('employed');
  });

  it('does not make a leaver employed whose name and address a newcomer has, when several do', async () => {
    await rosters.read(roster(former), night(2));
    await rosters.read(company(20), night(3));
    await rosters.read(`${company(20)}${later}\n${later.replace('J2', 'J3')}\n`, night(4));
    expect(await rosters.state('J1', night(4))).toBe('ended');
  });
});
