import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Rosters, company, header } from './rosters.js';

const night = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`;

describe('importing a roster', () => {
  let rosters: Rosters;
  beforeEach(async () => {
    rosters = await Rosters.open();
  });
  afterEach(() => rosters.close());

  it('accepts the first that can be read', async () => {
    expect(await rosters.read('<html>', night(1))).toMatchObject({ outcome: 'refused', first: true });
    const first = await rosters.read(company(20), night(2), { asOf: '2026-11-01T20:00:00.000Z' });
    expect(first).toMatchObject({ outcome: 'accepted', first: true, people: 20, employed: 20, mistakes: [] });
    expect(first).toMatchObject({ asOf: '2026-11-01T20:00:00.000Z' });
    expect(await rosters.state('E1', night(2))).toBe('employed');
  });

  it('leaves a line for every reading', async () => {
    await rosters.read('', night(1));
    await rosters.read(company(20), night(2));
    await rosters.import(night(3));
    await rosters.read(company(12), night(4));
    await rm(rosters.config.source);
    await rosters.import(night(5));
    expect(
      await rosters.query(
        'select outcome, roster_id, read_at::text, message is not null as said from roster_reading order by id',
      ),
    ).toEqual([
      { outcome: 'refused', roster_id: null, read_at: '2026-11-01 02:00:00+00', said: true },
      { outcome: 'accepted', roster_id: '1', read_at: '2026-11-02 02:00:00+00', said: false },
      { outcome: 'unchanged', roster_id: '1', read_at: '2026-11-03 02:00:00+00', said: false },
      { outcome: 'quarantined', roster_id: '2', read_at: '2026-11-04 02:00:00+00', said: true },
      { outcome: 'unreachable', roster_id: null, read_at: '2026-11-05 02:00:00+00', said: true },
    ]);
  });

  it('takes an unchanged file for the same roster, which only gets younger', async () => {
    await rosters.read(company(20), night(2));
    const rows = await rosters.query('select id from person');
    expect(await rosters.read(company(20), night(3), { asOf: '2026-11-02T12:00:00.000Z' })).toEqual({
      outcome: 'unchanged',
      id: '1',
      people: 20,
      employed: 20,
      asOf: '2026-11-02T12:00:00.000Z',
      first: false,
      message: null,
    });
    expect(await rosters.read(company(20), night(4), { asOf: '2026-10-01T12:00:00.000Z' })).toMatchObject({
      asOf: '2026-11-02T12:00:00.000Z',
    });
    expect(await rosters.query('select id from person')).toEqual(rows);
    expect(await rosters.query('select id from roster')).toHaveLength(1);
  });

  it('is never younger than the clock', async () => {
    expect(await rosters.read(company(2), night(2), { asOf: '2027-01-01T00:00:00.000Z' })).toMatchObject({
      asOf: night(2),
    });
  });

  it.each([
    ['the time zone', { timeZone: 'America/New_York' }],
    ['the date format', { dateFormat: 'DD.MM.YYYY' }],
    ['a column', { columns: { Nickname: 'docker_username' } }],
    ['a status', { statuses: { ruhend: 'on_leave' as const } }],
    ['current staff only', { currentStaffOnly: true }],
  ])('is another roster when %s means something else', async (_, config) => {
    await rosters.read(company(2), night(2));
    expect(await rosters.import(night(3), config)).toMatchObject({ outcome: 'accepted', first: false });
    expect(await rosters.import(night(4), config)).toMatchObject({ outcome: 'unchanged' });
  });

  it('keeps history as ranges and writes nobody who is as before', async () => {
    await rosters.read(company(20), night(2));
    await rosters.read(
      company(20, (number, line) => (number === 3 ? line.replace('Person 3', 'Person Three') : line)),
      night(3),
    );
    expect(
      await rosters.query(
        'select employee_id, first_roster, last_roster from person where last_roster is not null or first_roster = 2',
      ),
    ).toEqual([
      { employee_id: 'E3', first_roster: '1', last_roster: '2' },
      { employee_id: 'E3', first_roster: '2', last_roster: null },
    ]);
  });

  it('refuses a roster that lost a column, and keeps the one in force', async () => {
    await rosters.read(company(3), night(2));
    const without = company(3).replaceAll(/,[^,\n]*(?=\n)/g, '');
    expect(await rosters.read(without, night(3))).toMatchObject({
      outcome: 'refused',
      first: false,
      mistakes: [
        {
          column: null,
          value: 'end_date',
          message:
            'the column end_date, which the roster in force has, is gone; expected it again (its cells may be blank).',
        },
      ],
    });
    expect(await rosters.state('E1', night(3))).toBe('employed');
  });

  it('lets a company move from one kind of source to another', async () => {
    await rosters.read(company(3), night(2));
    const directory = {
      employees: [1, 2, 3].map((number) => ({
        id: `E${number}`,
        displayName: `Person ${number}`,
        workEmail: `p${number}@acme.com`,
      })),
    };
    expect(await rosters.read(JSON.stringify(directory), night(3), { format: 'bamboohr' })).toMatchObject({
      outcome: 'accepted',
      employed: 3,
    });
  });

  it('refuses single rows alone, naming file and line, and keeps their people', async () => {
    await rosters.read(company(200), night(2));
    const broken = company(200, (number, line) => {
      if (number === 7) return line.replace('2020-01-01', '2020-02-30').replace('Person 7', 'Renamed');
      return number === 9 ? line.replace('E9', '') : line;
    });
    const outcome = await rosters.read(`${broken}E900,New Person,new@acme.com,gone,2026-01-01,\n`, night(3), {});
    expect(outcome).toMatchObject({ outcome: 'refused' });

    const two = company(200, (number, line) => {
      if (number === 7) return line.replace('2020-01-01', '2020-02-30').replace('Person 7', 'Renamed');
      return number === 9 ? line.replace('E9', '') : line;
    });
    expect(await rosters.read(two, night(4))).toMatchObject({
      outcome: 'accepted',
      people: 199,
      employed: 198,
      mistakes: [
        {
          file: rosters.config.source,
          line: 8,
          column: 'start_date',
          value: '2020-02-30',
          message: 'column “start_date”: “2020-02-30” is not a day that exists; expected YYYY-MM-DD, or a blank cell.',
        },
        { file: rosters.config.source, line: 10, column: 'employee_id', value: null },
      ],
    });
    expect(await rosters.state('E7', night(4))).toBe('ROSTER_ROW_REFUSED');
    expect(await rosters.person('E7')).toMatchObject({ fullName: 'Person 7', workEmail: 'p7@acme.com' });
    // Nobody could read the id, and the address says whose row it is.
    expect(await rosters.state('E9', night(4))).toBe('ROSTER_ROW_REFUSED');

    expect(await rosters.read(company(200), night(5))).toMatchObject({ outcome: 'accepted' });
    expect(await rosters.state('E7', night(5))).toBe('employed');
    expect(await rosters.state('E9', night(5))).toBe('employed');
  });

  it('knows somebody new whose row is refused, with the keys that could be read', async () => {
    await rosters.read(`${company(3)}E9,New Person,new@acme.com,sleeping,2026-01-01,\n`, night(2));
    expect(await rosters.state('E9', night(2))).toBe('ROSTER_ROW_REFUSED');
    expect(await rosters.person('E9')).toMatchObject({ workEmail: 'new@acme.com', spells: [] });
  });

  it('says what is unknown where HR does not say whether somebody works there', async () => {
    await rosters.read(`${header}\nE1,A,a@acme.com,,2020-01-01,\nE2,B,b@acme.com,pending,,\n`, night(2));
    expect(await rosters.state('E1', night(2))).toBe('HR_STATUS_UNKNOWN');
    expect(await rosters.state('E2', night(2))).toBe('HR_STATUS_UNKNOWN');
  });
});
