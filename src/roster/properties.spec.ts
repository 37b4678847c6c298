import { stringify } from 'csv-stringify/sync';
import * as fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { asOf, peopleOf, read, rosterConfig } from '../../test/roster/roster-config.js';
import { readRoster } from './read-roster.js';
import { WorkingDays } from './working-days.js';

/** Any text that a cell may hold; visible at both ends, because cells are trimmed. */
const text = fc
  .string({
    unit: fc.constantFrom('a', 'Ä', '€', '😀', ',', ';', '"', '\t', '\n', '\r', "'", '=', '|', ' ', '.', 'é'),
    maxLength: 12,
  })
  .map((inner) => `x${inner}y`);
const name = (value: string): string => value.replaceAll(/\s+/g, ' ').normalize('NFC');

describe('whatever the cells hold', () => {
  it('a CSV file gives every row its own cells and its own line', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ name: text, note: text, title: text }), { minLength: 1, maxLength: 12 }),
        fc.constantFrom(',', ';', '\t'),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.constantFrom('utf8', 'utf8 with a mark', 'utf16'),
        async (rows, delimiter, lineEnd, encoding) => {
          const table = rows.map((row, index) => [
            row.note,
            `E${index}`,
            row.name,
            `p${index}@b.de`,
            'active',
            row.title,
          ]);
          const header = ['Notiz', 'employee_id', 'full_name', 'work_email', 'status', 'job_title'];
          const csv = stringify([header, ...table, ['x', 'BAD', 'n', 'nobody', 'active', 't']], {
            delimiter,
            record_delimiter: lineEnd,
            quoted_match: /[",;\t\n\r]/,
          });
          const bytes =
            encoding === 'utf16'
              ? Buffer.from(`\uFEFF${csv}`, 'utf16le')
              : Buffer.from(encoding === 'utf8' ? csv : `\uFEFF${csv}`);
          const roster = await read(bytes);
          const people = [...roster.people()].filter(({ employeeId }) => employeeId !== 'BAD');
          expect(
            people.map(({ employeeId, data }) => [employeeId, data.fullName, data.workEmail, data.spells[0]?.jobTitle]),
          ).toEqual(
            rows.map((row, index) => [
              `E${index}`,
              name(row.name),
              `p${index}@b.de`,
              row.title.replaceAll(/\s+/g, ' '),
            ]),
          );
          const before = csv.slice(0, csv.indexOf('BAD'));
          expect(roster.refused.map(({ line }) => line)).toEqual([before.split(/\r\n|\n|\r/).length]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('a JSON file does the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ name: text, note: fc.jsonValue() }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom(undefined, 2, '\t'),
        async (rows, indent) => {
          const list = rows.map((row, index) => ({
            note: row.note,
            employeeId: `E${index}`,
            fullName: row.name,
            workEmail: null,
            status: 'active',
          }));
          const people = await peopleOf(JSON.stringify(list, null, indent), { format: 'json' });
          expect(people.map(({ employeeId, data }) => [employeeId, data.fullName])).toEqual(
            rows.map((row, index) => [`E${index}`, name(row.name)]),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('no file makes the reading throw', async () => {
    const piece = fc.constantFrom(
      'employee_id',
      'work_email',
      'status',
      'E1',
      'a@b.de',
      'active',
      ',',
      ';',
      '\t',
      '\n',
      '\r',
      '"',
      '\u0000',
      '[',
      '{',
      '}',
      ']',
      ':',
      'é',
      ' ',
      'sep=;\n',
    );
    const format = fc.constantFrom('csv' as const, 'json' as const, 'bamboohr' as const);
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 40 }),
        fc.uint8Array({ maxLength: 6 }),
        format,
        async (pieces, tail, kind) => {
          for (const file of [Buffer.from(pieces.join('')), Buffer.concat([Buffer.from(pieces.join('')), tail])]) {
            const roster = await readRoster(file, { ...rosterConfig, format: kind }, asOf);
            const came = 'mistakes' in roster ? roster.mistakes : [...roster.people()];
            expect(JSON.stringify(came).length).toBeGreaterThan(2);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('dates without a declared order', () => {
  const day = fc
    .date({ min: new Date('1971-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));

  it('are read as they were meant, or the file is refused', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(day, { minLength: 1, maxLength: 6 }),
        fc.constantFrom('dd.MM.yyyy', 'MM/dd/yyyy', 'd/M/yyyy', 'M-d-yyyy'),
        async (days, format) => {
          const rows = days.map(
            (value, index) => `E${index},p${index}@b.de,${DateTime.fromISO(value).toFormat(format)},`,
          );
          const roster = await readRoster(
            Buffer.from(`employee_id,work_email,start_date,end_date\n${rows.join('\n')}\n`),
            rosterConfig,
            asOf,
          );
          const certain =
            days.some((value) => Number(value.slice(8)) > 12) ||
            days.every((value) => value.slice(5, 7) === value.slice(8));
          const came =
            'mistakes' in roster
              ? roster.mistakes[0]?.message.includes('can be read two ways')
              : [...roster.people()].map(({ data }) => data.spells[0]?.startDate);
          expect(came).toEqual(certain ? days : true);
        },
      ),
      { numRuns: 300 },
    );
  });
});

const file = (rows: readonly string[]): string =>
  `employee_id,full_name,work_email,status,start_date,end_date\nE0,X,x@b.de,active,,\n${rows.join('\n')}\n`;

const sorted = async (given: readonly string[]) =>
  (await peopleOf(file(given))).toSorted((left, right) => (left.employeeId < right.employeeId ? -1 : 1));

describe('rows of people', () => {
  it('say the same in any order, and repeated', async () => {
    const row = fc.record({
      id: fc.constantFrom('E1', 'E2', 'E3'),
      name: fc.constantFrom('Jane', 'Bob'),
      email: fc.constantFrom('jane@b.de', 'bob@b.de'),
      status: fc.constantFrom('active', 'terminated', 'pending', ''),
      from: fc.constantFrom('', '2018-01-01', '2020-01-01', '2024-01-01'),
      to: fc.constantFrom('', '2019-12-31', '2026-12-31'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(row, { minLength: 1, maxLength: 4, selector: (one) => one.id }),
        fc.context(),
        async (rows, context) => {
          const lines = rows
            .filter(({ from, to }) => to === '' || from <= to)
            .map((one) => Object.values(one).join(','));
          context.log(lines.join(' | '));
          const people = await sorted(lines);
          expect(await sorted(lines.toReversed())).toEqual(people);
          expect(await sorted([...lines, ...lines])).toEqual(people);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('working days', () => {
  const zones = [
    'Europe/Berlin',
    'America/New_York',
    'Pacific/Auckland',
    'America/Havana',
    'Asia/Beirut',
    'Africa/Cairo',
    'America/Sao_Paulo',
    'Asia/Kolkata',
    'UTC',
    'Pacific/Kiritimati',
    'America/St_Johns',
  ];
  it('begin where the day begins, and end where the next does', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.date({ min: new Date('2000-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
        (zone, date) => {
          const days = new WorkingDays(zone);
          const day = date.toISOString().slice(0, 10);
          const start = days.startOf(day);
          const justBefore = DateTime.fromISO(start).minus(1).toUTC().toISO() ?? '';
          expect(days.dayOf(start)).toBe(day);
          expect(days.dayOf(justBefore) < day).toBe(true);
          expect(days.endOf(day) > start).toBe(true);
          expect(days.dayOf(days.endOf(day)) > day).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
    ['Asia/Beirut', '2024-03-31', '2024-03-30T22:00:00.000Z', '2024-03-31T21:00:00.000Z'],
    ['America/Havana', '2024-11-03', '2024-11-03T04:00:00.000Z', '2024-11-04T05:00:00.000Z'],
    ['Pacific/Kiritimati', '2026-01-01', '2025-12-31T10:00:00.000Z', '2026-01-01T10:00:00.000Z'],
  ])('in %s on %s', (zone, day, start, end) => {
    const days = new WorkingDays(zone);
    expect([days.startOf(day), days.endOf(day)]).toEqual([start, end]);
  });
});
