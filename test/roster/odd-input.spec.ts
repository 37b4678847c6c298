import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RosterConfig } from '../../src/config/configuration.js';
import { validateRoster } from '../../src/roster/validate-roster.js';
import { Rosters, company, header } from './rosters.js';

const night = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`;

const turned = (text: string): string => text.replaceAll(/^([^,]*),(.*)$/gm, '$2,$1');

describe('what the database has to hold', () => {
  let rosters: Rosters;
  beforeEach(async () => {
    rosters = await Rosters.open();
  });
  afterEach(() => rosters.close());

  it('is anything that a name may be', async () => {
    const name = `Robert"'); drop table person; --\\u0000 \\ 😀 ${'ü'.repeat(200)}`;
    await rosters.read(`${header}\nE1,"${name.replaceAll('"', '""')}",a@acme.com,active,,\n`, night(1));
    expect(await rosters.person('E1')).toMatchObject({ fullName: name });
  });

  it('never is a text that it cannot hold', async () => {
    const people = [
      { employeeId: 'E1', fullName: 'A\u0000B', workEmail: 'a@acme.com', status: 'active' },
      ...Array.from({ length: 200 }, (_, index) => ({
        employeeId: `P${index}`,
        workEmail: `p${index}@acme.com`,
        status: 'active',
      })),
      { employeeId: 'E2', fullName: '\uD83D', workEmail: 'b@acme.com', status: 'active' },
    ];
    const outcome = await rosters.read(JSON.stringify(people), night(1), { format: 'json' });
    expect(outcome).toMatchObject({ outcome: 'accepted', mistakes: [{ column: 'fullName' }, { column: 'fullName' }] });
    expect(await rosters.state('E2', night(1))).toBe('ROSTER_ROW_REFUSED');
    expect(await rosters.person('E1')).toMatchObject({ workEmail: 'a@acme.com' });
  });

  it('is an id that is as long as ids may be', async () => {
    const id = '😀'.repeat(100);
    await rosters.read(`${header}\n${id},A,a@acme.com,active,,\n`, night(1));
    expect(await rosters.state(id, night(1))).toBe('employed');
  });

  it('is nothing of columns that nobody asked for', async () => {
    const outcome = await rosters.read(
      `salary,${header},ssn\n4242,E1,A,a@acme.com,active,,,987-65-4321\n4243,E2,B, C,b@acme.com,asleep,,,987-65-4322\n`,
      night(1),
    );
    expect(outcome).toMatchObject({ outcome: 'accepted' });
    const [stored]: { all: string }[] = await rosters.query(
      `select (select jsonb_agg(person)::text from person) || (select jsonb_agg(roster)::text from roster)
           || (select jsonb_agg(roster_reading)::text from roster_reading) as all`,
    );
    expect(stored?.all).toContain('a@acme.com');
    expect(stored?.all).not.toMatch(/424[23]|987-65|salary|ssn/);
  });

  it('is one import at a time', async () => {
    await rosters.read(company(20), night(1));
    const outcomes = await Promise.all(
      [1, 2, 3].map(() => rosters.import(night(2), { statuses: { weg: 'terminated' } })),
    );
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['accepted', 'unchanged', 'unchanged']);
  });

  it('keeps the people of a row with a cell too many, whoever they are', async () => {
    await rosters.read(company(200), night(1));
    const broken = company(200, (number, line) => (number === 5 ? line.replace('Person 5', 'Five, Person') : line));
    await rosters.read(broken, night(2));
    expect(await rosters.state('E5', night(2))).toBe('ROSTER_ROW_REFUSED');
    // The same where the id does not stand on the left: the row names its person by id and address.
    await rosters.read(
      turned(company(200, (number, line) => (number === 6 ? line.replace('Person 6', 'Six, Person') : line))),
      night(3),
    );
    expect(await rosters.state('E6', night(3))).toBe('ROSTER_ROW_REFUSED');
    expect(await rosters.state('E5', night(3))).toBe('employed');
  });
});

describe('trying a roster', () => {
  let rosters: Rosters;
  beforeEach(async () => {
    rosters = await Rosters.open();
  });
  afterEach(() => rosters.close());

  const validate = (config: RosterConfig, database: boolean) =>
    validateRoster(config, night(9), new AbortController().signal, database ? rosters.database.dataSource : null);

  it('says what an import would do, and does not do it', async () => {
    await rosters.read(company(20), night(1));
    expect(await validate(rosters.config, true)).toEqual({ would: 'change nothing', why: 'it is in force' });
    await rosters.read(company(14), night(2));
    expect(await validate(rosters.config, true)).toEqual({ would: 'change nothing', why: 'it waits for a decision' });
    const config = { ...rosters.config, statuses: { weg: 'terminated' as const } };
    expect(await validate(config, true)).toMatchObject({
      would: 'quarantine',
      rows: 14,
      people: 14,
      losses: { lost: 6, employed: 20 },
    });
    expect(await validate(config, false)).toMatchObject({ would: 'accept', people: 14, losses: null });
    expect(await validate({ ...config, source: '/nowhere' }, true)).toMatchObject({ would: 'read nothing' });
    expect(await rosters.query('select id from roster')).toHaveLength(2);
    expect(await rosters.query('select id from roster_reading')).toHaveLength(2);
  });

  it('names every row that would be refused', async () => {
    await rosters.read(`${company(3)}E9,Nine,nine,active,,\n`, night(1));
    const config = { ...rosters.config, timeZone: 'UTC' };
    expect(await validate(config, true)).toMatchObject({
      would: 'accept',
      people: 4,
      mistakes: [{ line: 5, column: 'work_email' }],
    });
    await rosters.read('employee_id\n', night(2));
    expect(await validate(config, true)).toMatchObject({ would: 'refuse', mistakes: [{ line: 1 }, { line: 1 }] });
    expect(await validate(config, false)).toMatchObject({ would: 'refuse', mistakes: [{ line: 1 }, { line: 1 }] });
  });
});
