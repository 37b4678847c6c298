import { appendFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readRoster } from '../../src/roster/read-roster.js';
import { RosterImport, type RosterOutcome } from '../../src/roster/roster-import.js';
import { isEmployed } from '../../src/roster/staged-people.query.js';
import { WorkingDays } from '../../src/roster/working-days.js';
import { company, header, Rosters } from './rosters.js';

const night = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`;
const now = night(20);

let rosters: Rosters;
beforeAll(async () => {
  rosters = await Rosters.open();
});
afterAll(() => rosters.close());
beforeEach(forget);

async function forget(): Promise<void> {
  await rosters.query('truncate person, roster_candidate, roster_reading, roster restart identity cascade');
}

async function importFile(text: string, portion: number, at = now): Promise<RosterOutcome> {
  await writeFile(rosters.config.source, text);
  const { signal } = new AbortController();
  return new RosterImport(rosters.database.dataSource, portion).import(rosters.config, at, signal);
}

async function people(): Promise<unknown[]> {
  return rosters.query(
    `select employee_id as id, data, first_roster as first, last_roster as last from person
      order by employee_id collate "C", first_roster`,
  );
}

/** By the one rule that there is, person by person. */
async function countEmployed(at: string): Promise<number> {
  const [row] = await rosters.query<{ count: number }>(
    `select count(*)::int from person
      where last_roster is null and not data ? 'sameAs' and employment_at(data, $1)->>'state' = 'employed'`,
    [at],
  );
  return row?.count ?? -1;
}

/** What a roster comes to, without how old its file happens to be. */
const told = (outcome: RosterOutcome): object => ({ ...outcome, asOf: null });

const row = fc.record({
  id: fc.constantFrom('E1', 'E2', 'E3', 'E4', 'E5', ''),
  name: fc.constantFrom('Jane', 'Bob'),
  email: fc.constantFrom('jane@b.de', 'bob@b.de', 'eve@b.de', 'nobody'),
  status: fc.constantFrom('active', 'active', 'terminated', 'pending', '', 'asleep'),
  from: fc.constantFrom('', '2018-01-01', '2020-01-01', '2024-01-01'),
  to: fc.constantFrom('', '2019-12-31', '2026-12-31', '31.02.2020', 'x,y'),
});
/** Few enough bad rows among many good ones that the file is read. */
const crowd = Array.from({ length: 600 }, (_, index) => `P${index},Person ${index},p${index}@b.de,active,2020-01-01,`);
const fileOf = (rows: readonly object[]): string => {
  const odd = rows.map((each) => Object.values(each).join(','));
  const lines = [...crowd.slice(0, 300), ...odd.slice(0, 3), ...crowd.slice(300), ...odd.slice(3)];
  return `${[header, ...lines].join('\n')}\n`;
};

describe('a roster in portions', () => {
  it('is what it is in one, in the first and in the next', async () => {
    const rows = fc.array(row, { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(rows, rows, async (first, next) => {
        const came = [];
        for (const portion of [3, 10_000]) {
          await forget();
          const one = told(await importFile(fileOf(first), portion));
          const outcome = await importFile(fileOf(next), portion, night(21));
          const employed = await countEmployed(night(21));
          expect(outcome.outcome === 'accepted' ? outcome.employed : employed).toBe(employed);
          came.push({ one, two: told(outcome), people: await people() });
        }
        expect(came[0]?.one).toEqual(came[1]?.one);
        expect(came[0]?.two).toEqual(came[1]?.two);
        expect(JSON.stringify(came[0]?.people).replaceAll(/"(ends|starts)At":"2026-11[^"]*"/g, '')).toBe(
          JSON.stringify(came[1]?.people).replaceAll(/"(ends|starts)At":"2026-11[^"]*"/g, ''),
        );
      }),
      { numRuns: 12 },
    );
  }, 240_000);

  it('is what it is in memory', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 6 }), async (rows) => {
        await forget();
        const outcome = await importFile(fileOf(rows), 7);
        const asOf = 'asOf' in outcome ? outcome.asOf : now;
        const read = await readRoster(Buffer.from(fileOf(rows)), rosters.config, asOf);
        const whole = 'mistakes' in read ? null : read;
        const everybody = [...(whole?.people() ?? [])]
          .map(({ employeeId, data }) => ({ id: employeeId, data: JSON.parse(JSON.stringify(data)) }))
          .toSorted((left, right) => (left.id < right.id ? -1 : 1));
        const mistakes =
          whole?.refused.flatMap((refused) => refused.mistakes) ?? ('mistakes' in read ? read.mistakes : []);
        expect(outcome).toMatchObject({
          outcome: whole === null ? 'refused' : 'accepted',
          ...(whole === null ? {} : { people: everybody.filter(({ data }) => data.sameAs === undefined).length }),
          mistakes: mistakes.map(({ line, message }) => ({ line, message })),
        });
        const employed = await countEmployed(now);
        expect('employed' in outcome ? outcome.employed : employed).toBe(employed);
        expect(await people()).toEqual(everybody.map((person) => ({ ...person, first: '1', last: null })));
      }),
      { numRuns: 25 },
    );
  }, 240_000);

  it('counts who is employed at the very instant at which somebody comes or goes', async () => {
    const rows = [
      'E1,A,a@b.de,active,2026-11-20,',
      'E2,B,b@b.de,active,2020-01-01,2026-11-19',
      'E3,C,c@b.de,active,2026-11-21,',
    ];
    const days = new WorkingDays(rosters.config.timeZone);
    for (const at of [days.startOf('2026-11-20'), days.startOf('2026-11-19'), days.startOf('2026-11-21')]) {
      await forget();
      const first = await importFile(`${[header, ...rows].join('\n')}\n`, 10, at);
      expect(first).toMatchObject({ outcome: 'accepted', employed: await countEmployed(at) });
      const next = await importFile(`${[header, ...rows, 'E4,D,d@b.de,active,,'].join('\n')}\n`, 10, at);
      expect(next).toMatchObject({ outcome: 'accepted', employed: await countEmployed(at) });
    }
  });

  it('finds the second row of somebody however far it is from the first', async () => {
    const lines = company(2_000).trimEnd().split('\n');
    const twice = [
      ...lines,
      'E1,Person 1,p1@acme.com,active,2021-01-01,',
      'E2,Person 2,p2@acme.com,active,2020-01-01,',
    ];
    const outcome = await importFile(`${twice.join('\n')}\n`, 50);
    expect(outcome).toMatchObject({
      outcome: 'accepted',
      people: 2_000,
      employed: 1_999,
      mistakes: [{ line: 2_002, message: expect.stringContaining('overlaps with line 2;') }],
    });
    expect(await rosters.state('E1', now)).toBe('ROSTER_ROW_REFUSED');
    expect(await rosters.state('E2', now)).toBe('employed');
  });

  it('reads dates once more whose order only its last row tells', async () => {
    const us = company(300, (_, line) => line.replace('2020-01-01', '03/04/2020'));
    for (const day of [1, 2]) {
      await importFile(`${us}L${day},Last,last@acme.com,active,12/31/2020,\n`, 50, night(day));
      expect(await rosters.person('E7')).toMatchObject({ spells: [{ startDate: '2020-03-04' }] });
    }
    const dead = await rosters.query<{ count: string }>('select count(*) from person where last_roster is null');
    expect(dead[0]?.count).toBe('302');
  });

  it('leaves nobody behind where it is refused after all', async () => {
    const bad = company(500, (number, line) => (number > 480 ? line.replace('active', 'asleep') : line));
    expect(await importFile(bad, 20)).toMatchObject({ outcome: 'refused', first: true });
    expect(await people()).toEqual([]);
    expect(await importFile(company(500), 20)).toMatchObject({ outcome: 'accepted', id: '1', people: 500 });
  });

  it('leaves nobody behind where its reading is stopped while a portion is on its way', async () => {
    const twice = company(6_000, (_, line) => `${line}\n${line}2030-01-01`);
    for (const portions of [1, 2, 3, 5]) {
      await writeFile(rosters.config.source, twice);
      const { signal } = new AbortController();
      let left = portions;
      signal.throwIfAborted = () => {
        left -= 1;
        if (left < 0) throw new Error('stopped');
      };
      const importing = new RosterImport(rosters.database.dataSource, 20).import(rosters.config, now, signal);
      await expect(importing).rejects.toThrow('stopped');
      await wait(50);
      expect(await people()).toEqual([]);
    }
  });

  it('is not read at all where somebody writes it meanwhile', async () => {
    await writeFile(rosters.config.source, company(100));
    const { signal } = new AbortController();
    signal.throwIfAborted = () => appendFileSync(rosters.config.source, 'E101,Person 101,p101@acme.com,active,,\n');
    const outcome = await new RosterImport(rosters.database.dataSource).import(rosters.config, now, signal);
    expect(outcome).toMatchObject({
      outcome: 'unreachable',
      mistakes: [{ message: `${rosters.config.source} changes while it is read; expected a file that is complete.` }],
    });
    expect(await people()).toEqual([]);
  });
});

describe('an import that is killed once everybody is staged', () => {
  it.each(['first', 'next'])('changes nothing, as the %s roster', async (which) => {
    if (which === 'next') await importFile(company(40), 10, night(1));
    const before = await people();
    const { dataSource } = rosters.database;
    const holder = dataSource.createQueryRunner();
    await holder.startTransaction();
    // The first table that is written once people are staged.
    await holder.query('lock table roster_candidate in access exclusive mode');
    const text = company(42, (number, line) => (number === 3 ? line.replace('Person', 'Doctor') : line));
    const importing = importFile(text, 10, night(2)).catch((error: unknown) => error);
    for (let tries = 0; ; tries++) {
      expect(tries).toBeLessThan(500);
      const killed = await rosters.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query like '%roster_candidate%'`,
      );
      if (killed.length > 0) break;
      await wait(10);
    }
    expect(await importing).toBeInstanceOf(Error);
    await holder.rollbackTransaction();
    await holder.release();
    expect(await people()).toEqual(before);
    expect(await importFile(text, 10, night(2))).toMatchObject({ outcome: 'accepted', people: 42 });
  });
});

describe('a person', () => {
  it('is in force once at most, and ended once by a roster', async () => {
    const had = (first: number, last: number | null): Promise<unknown> =>
      rosters.query('insert into person (employee_id, data, first_roster, last_roster) values ($1, $2, $3, $4)', [
        'E1',
        '{}',
        first,
        last,
      ]);
    await had(1, 2);
    await had(2, 3);
    await had(3, null);
    await expect(had(4, null)).rejects.toThrow('person_row');
    await expect(had(1, 3)).rejects.toThrow('person_row');
  });
});

describe('employment of many at once', () => {
  it('is what it is of one', async () => {
    await importFile(company(30), 10);

    const at = (day: string | null): string => (day === null ? 'null' : `"2026-11-${day}T00:00:00.000Z"`);
    const spell = (from: string | null, to: string | null): string => `{"startsAt":${at(from)},"endsAt":${at(to)}}`;
    const days = [null, '01', '20', '25'];
    const spells = days.flatMap((from) => days.map((to) => spell(from, to)));
    const extras = ['', ',"doubt":"LEFT_ROSTER"', `,"leftAt":${at('10')}`, `,"leftAt":${at('28')}`];
    const shapes = [
      ...spells.flatMap((one) => extras.map((extra) => `{"spells":[${one}]${extra}}`)),
      ...spells.map((one) => `{"spells":[${one},${spell('15', null)}]}`),
      '{"spells":[]}',
      '{}',
    ];
    const rows = await rosters.query<{ quick: boolean; slow: boolean; data: string }>(
      `select data::text, ${isEmployed('data', '$1::timestamptz')} as quick,
              employment_at(data, $1::timestamptz)->>'state' = 'employed' as slow
         from unnest($2::jsonb[]) as data`,
      ['2026-11-20T00:00:00.000Z', shapes],
    );
    expect(rows.filter(({ quick, slow }) => quick !== slow)).toEqual([]);
    expect(new Set(rows.map(({ slow }) => slow)).size).toBe(2);
  });
});
