import { describe, expect, it } from 'vitest';
import { read } from '../../test/roster/roster-config.js';
import type { RosterConfig } from '../config/configuration.js';

/** One row that is refused alone, between two that are not: its line, column, value and what is expected. */

const header = 'employee_id,full_name,work_email,other_emails,status,start_date,end_date,docker_username';
const status = 'active, on_leave, pending or terminated, or a word that roster.statuses in the configuration explains';
const date = 'YYYY-MM-DD, or a blank cell';

const cases: [
  string,
  string,
  { column: string | null; value: string | null; message: string },
  Partial<RosterConfig>?,
][] = [
  [
    'no id',
    ',A,a@b.de,,active,,,',
    { column: 'employee_id', value: null, message: 'no employee id; expected the id of one person.' },
  ],
  [
    'an id with an invisible character',
    'E\u200B9,A,a@b.de,,active,,,',
    {
      column: 'employee_id',
      value: 'E 9',
      message: '“E 9” holds the invisible character U+200B; expected the id of one person.',
    },
  ],
  [
    'an endless id',
    `${'E'.repeat(201)},A,a@b.de,,active,,,`,
    {
      column: 'employee_id',
      value: `${'E'.repeat(57)}…`,
      message: `“${'E'.repeat(57)}…” is longer than 200 characters; expected the id of one person.`,
    },
  ],
  [
    'no address',
    'E9,A,Jane Doe,,active,,,',
    {
      column: 'work_email',
      value: 'Jane Doe',
      message: '“Jane Doe” is not an e-mail address; expected one address, or a blank cell.',
    },
  ],
  [
    'an address with a name',
    'E9,A,Jane <jane@b.de>,,active,,,',
    {
      column: 'work_email',
      value: 'Jane <jane@b.de>',
      message: '“Jane <jane@b.de>” is not an e-mail address; expected one address, or a blank cell.',
    },
  ],
  [
    'two addresses',
    'E9,A,a@b.de;c@d.de,,active,,,',
    {
      column: 'work_email',
      value: 'a@b.de;c@d.de',
      message: '“a@b.de;c@d.de” is not an e-mail address; expected one address, or a blank cell.',
    },
  ],
  [
    'an address that has lost a letter',
    'E9,A,m\uFFFDller@b.de,,active,,,',
    {
      column: 'work_email',
      value: 'm\uFFFDller@b.de',
      message: '“m\uFFFDller@b.de” is not an e-mail address; expected one address, or a blank cell.',
    },
  ],
  [
    'an address with an invisible character',
    'E9,A,a\u00ADb@b.de,,active,,,',
    {
      column: 'work_email',
      value: 'a b@b.de',
      message: '“a b@b.de” is not an e-mail address; expected one address, or a blank cell.',
    },
  ],
  [
    'another address that is none',
    'E9,A,a@b.de,x@y.de; none,active,,,',
    {
      column: 'other_emails',
      value: 'x@y.de; none',
      message:
        '“x@y.de; none” holds something that is not an e-mail address; expected addresses separated by “;”, or a blank cell.',
    },
  ],
  [
    'a username of two words',
    'E9,A,a@b.de,,active,,,j doe',
    {
      column: 'docker_username',
      value: 'j doe',
      message: '“j doe” holds a space; expected a Docker ID, or a blank cell.',
    },
  ],
  [
    'an unknown status',
    'E9,A,a@b.de,,Sabbatical,,,',
    {
      column: 'status',
      value: 'Sabbatical',
      message: `“Sabbatical” is not a status that we know; expected ${status}.`,
    },
  ],
  [
    'garden leave, which somebody has to explain',
    'E9,A,a@b.de,,Garden leave,,,',
    {
      column: 'status',
      value: 'Garden leave',
      message: `“Garden leave” is not a status that we know; expected ${status}.`,
    },
  ],
  [
    'a day that does not exist',
    'E9,A,a@b.de,,active,2021-02-29,,',
    { column: 'start_date', value: '2021-02-29', message: `“2021-02-29” is not a day that exists; expected ${date}.` },
  ],
  [
    'a month that does not exist',
    'E9,A,a@b.de,,active,,2021-13-01,',
    { column: 'end_date', value: '2021-13-01', message: `“2021-13-01” is not a day that exists; expected ${date}.` },
  ],
  [
    'zeros',
    'E9,A,a@b.de,,active,,00/00/0000,',
    { column: 'end_date', value: '00/00/0000', message: `“00/00/0000” is not a day that exists; expected ${date}.` },
  ],
  [
    '1900',
    'E9,A,a@b.de,,active,1900-01-01,,',
    {
      column: 'start_date',
      value: '1900-01-01',
      message: `“1900-01-01” is a placeholder for a missing date; expected ${date}.`,
    },
  ],
  [
    '1970, which a computer wrote',
    'E9,A,a@b.de,,active,,1970-01-01,',
    {
      column: 'end_date',
      value: '1970-01-01',
      message: `“1970-01-01” is a placeholder for a missing date; expected ${date}.`,
    },
  ],
  [
    'a far year',
    'E9,A,a@b.de,,active,,2999-12-31,',
    {
      column: 'end_date',
      value: '2999-12-31',
      message: `“2999-12-31” is outside the years 1901 to 2200; expected ${date}.`,
    },
  ],
  [
    'the end of time as a beginning',
    'E9,A,a@b.de,,active,9999-12-31,,',
    { column: 'start_date', value: '9999-12-31', message: `“9999-12-31” is no first day; expected ${date}.` },
  ],
  [
    'two digits',
    'E9,A,a@b.de,,active,01.02.20,,',
    { column: 'start_date', value: '01.02.20', message: `“01.02.20” has a year of two digits; expected ${date}.` },
  ],
  [
    'a day number',
    'E9,A,a@b.de,,active,45292,,',
    {
      column: 'start_date',
      value: '45292',
      message: `“45292” looks like a day number of Excel, not a date; expected ${date}.`,
    },
  ],
  [
    'a time of day',
    'E9,A,a@b.de,,active,2020-01-01T23:00:00Z,,',
    {
      column: 'start_date',
      value: '2020-01-01T23:00:00Z',
      message: `“2020-01-01T23:00:00Z” has a time of day, which belongs to another day elsewhere; expected ${date}.`,
    },
  ],
  [
    'no date at all',
    'E9,A,a@b.de,,active,,soon,',
    { column: 'end_date', value: 'soon', message: `“soon” is not a date; expected ${date}.` },
  ],
  [
    'another order than declared',
    'E9,A,a@b.de,,active,12/31/2020,,',
    {
      column: 'start_date',
      value: '12/31/2020',
      message: '“12/31/2020” is not a date; expected DD.MM.YYYY, or a blank cell.',
    },
    { dateFormat: 'DD.MM.YYYY' },
  ],
  [
    'an end before its start',
    'E9,A,a@b.de,,active,2020-05-02,2020-05-01,',
    {
      column: 'end_date',
      value: '2020-05-01',
      message: '“2020-05-01” is before the start on 2020-05-02; expected the last working day, on or after the first.',
    },
  ],
  [
    'a cell too many',
    'E9,Doe, Jane,a@b.de,,active,,,',
    {
      column: null,
      value: null,
      message: '9 cells; expected 8, as in the header (a cell with a delimiter in it needs quotation marks).',
    },
  ],
  [
    'a cell too few',
    'E9,A,a@b.de,,active',
    {
      column: null,
      value: null,
      message: '5 cells; expected 8, as in the header (a cell with a delimiter in it needs quotation marks).',
    },
  ],
  [
    'spells that overlap',
    'E1,A,a@b.de,,active,2020-01-31,',
    {
      column: null,
      value: null,
      message: '7 cells; expected 8, as in the header (a cell with a delimiter in it needs quotation marks).',
    },
  ],
  [
    'a second row of somebody',
    'E1,Jane,jane@b.de,,active,2019-01-01,,',
    {
      column: null,
      value: 'E1',
      message:
        "the employment of “E1” from 2019-01-01 to an open end overlaps with line 2; expected one row, or rows whose dates don't overlap.",
    },
  ],
  [
    'a control character',
    'E9,A\u0007,a@b.de,,active,,,',
    {
      column: 'full_name',
      value: 'A ',
      message: '“A ” holds a control character; expected text of at most 1000 characters.',
    },
  ],
  [
    'an endless name',
    `E9,${'x'.repeat(1001)},a@b.de,,active,,,`,
    {
      column: 'full_name',
      value: `${'x'.repeat(57)}…`,
      message: `“${'x'.repeat(57)}…” is too long; expected text of at most 1000 characters.`,
    },
  ],
];

describe('a row that is refused alone', () => {
  it.each(cases)('%s', async (_, row, expected, given = {}) => {
    const file = `${header}\nE1,Jane,jane@b.de,,active,2020-01-31,,\n${row}\nE2,Bob,bob@b.de,,active,,,\n`;
    const roster = await read(file, given);
    const prefix = expected.column === null ? '' : `column “${expected.column}”: `;
    expect(roster.refused.flatMap(({ mistakes }) => mistakes)).toEqual([
      { file: null, line: 3, ...expected, message: `${prefix}${expected.message}` },
    ]);
    const people = [...roster.people()];
    expect(people.find(({ employeeId }) => employeeId === 'E2')?.data.doubt).toBeUndefined();
    for (const { employeeId, data } of people) {
      const doubtful = employeeId === 'E9' || (employeeId === 'E1' && row.startsWith('E1'));
      expect([employeeId, data.doubt]).toEqual([employeeId, doubtful ? 'ROSTER_ROW_REFUSED' : undefined]);
    }
    expect(people).toHaveLength(row.startsWith('E9') ? 3 : 2);
  });
});
