import { describe, expect, it } from 'vitest';
import { asOf, rosterConfig } from '../../test/roster/roster-config.js';
import type { RosterConfig } from '../config/configuration.js';
import { mostColumns } from './limits.js';
import { readRoster } from './read-roster.js';
import { sentence } from './roster-source.js';

/** Files that cannot be rosters, each with the sentences that say so. */

const header = 'employee_id,full_name,work_email,status,start_date,end_date';
const rows = ['E1,Jane Doe,jane@acme.com,active,2020-01-31,', 'E2,Bob,bob@acme.com,active,2021-02-28,2026-12-31'];
const plain = [header, ...rows].join('\n');
const many = (count: number): string =>
  Array.from({ length: count }, (_, index) => `E${index + 10},P,p${index}@acme.com,active,2020-01-31,`).join('\n');

const files: [string, string | Buffer, readonly string[], Partial<RosterConfig>?][] = [
  ['nothing', '', ['the file is empty; expected a list of people.']],
  ['spaces and a byte order mark', '\uFEFF  \r\n\n', ['the file is empty; expected a list of people.']],
  ['a header alone', `${header}\n`, ['there is nobody in it; expected at least one person.']],
  [
    'a sign-in page',
    '\n<!doctype HTML><html><title>Sign in</title>',
    ['line 1: a web page (HTML), perhaps a sign-in page, instead of a list of people.'],
  ],
  ['XML', '<?xml version="1.0"?><directory/>', ['line 1: XML instead of a list of people; expected CSV or JSON.']],
  [
    'an Excel workbook',
    Buffer.from('PK\x03\x04…'),
    ['a zip archive or an Excel workbook; expected text: save the sheet as CSV.'],
  ],
  [
    'Latin-1',
    Buffer.from(`${header}\nE1,A,a@b.de,active,,\nE2,M\xfcller,m@b.de,active,,`, 'latin1'),
    ['line 3: the byte 0xFC is not UTF-8 (is the file in Windows-1252 or Latin-1?); expected the file saved as UTF-8.'],
  ],
  [
    'UTF-8 cut in the middle of a letter',
    Buffer.from(`${header}\nE1,ü`).subarray(0, -1),
    ['line 2: the byte 0xC3 is not UTF-8 (is the file in Windows-1252 or Latin-1?); expected the file saved as UTF-8.'],
  ],
  [
    'UTF-16 without a mark',
    Buffer.from(plain, 'utf16le'),
    ['line 1: a NUL character, which no text has; expected UTF-8, or UTF-16 with a byte order mark.'],
  ],
  [
    'UTF-16 cut in the middle of a letter',
    Buffer.from(`\uFEFF${plain}`, 'utf16le').subarray(0, -1),
    ['line 3: not valid UTF-16LE; expected the file saved as UTF-8.'],
  ],
  [
    'a column twice',
    `${header},Work Email\n${rows[0]},x`,
    [
      'line 1: the heading “Work Email” stands twice, as column 3 (“work_email”) and column 7; expected every column once.',
    ],
  ],
  [
    'two columns declared as one',
    'A,B,work_email,status\n1,2,a@b.de,active',
    ['line 1: roster.columns maps both “A” (column 1) and “B” (column 2) to employee_id; expected every column once.'],
    { columns: { A: 'employee_id', B: 'employee_id' } },
  ],
  [
    'no id',
    'work_email,status\na@b.de,active',
    [
      'line 1: no column for employee_id, nor one that roster.columns in the configuration maps to it. The headings are “work_email”, “status”.',
    ],
  ],
  [
    'no key',
    'employee_id,status\nE1,active',
    [
      'line 1: no column for work_email or docker_username, nor one that roster.columns in the configuration maps to it. The headings are “employee_id”, “status”.',
    ],
  ],
  [
    'neither status nor end',
    'employee_id,work_email\nE1,a@b.de',
    [
      'line 1: no column for status or end_date (needed unless roster.currentStaffOnly is true), nor one that roster.columns in the configuration maps to it. The headings are “employee_id”, “work_email”.',
    ],
  ],
  [
    'a heading with a letter missing',
    plain.replace('end_date', 'end_dat'),
    [
      'line 1: the heading “end_dat” (column 6) is nearly “end_date”; expected “end_date”, or roster.columns in the configuration to say what it is.',
    ],
  ],
  [
    'a heading with two letters swapped',
    plain.replace('start_date', 'strat_date'),
    [
      'line 1: the heading “strat_date” (column 5) is nearly “start_date”; expected “start_date”, or roster.columns in the configuration to say what it is.',
    ],
  ],
  [
    'a column that a tool renamed because it stood twice',
    `${header},status.1\n${rows[0]},active`,
    [
      'line 1: the heading “status.1” (column 7) is nearly “status”; expected “status”, or roster.columns in the configuration to say what it is.',
    ],
  ],
  [
    'nearly a declared heading',
    `Kenung,${plain.slice('employee_id,'.length)}`,
    [
      'line 1: the heading “Kenung” (column 1) is nearly “Kennung”; expected “Kennung”, or roster.columns in the configuration to say what it is.',
      'line 1: no column for employee_id, nor one that roster.columns in the configuration maps to it. The headings are “Kenung”, “full_name”, “work_email”, “status”, “start_date”, “end_date”.',
    ],
    { columns: { Kennung: 'employee_id' } },
  ],
  ['too many columns', `${header}${',x'.repeat(mostColumns)}\n`, ['line 1: 206 columns; expected at most 200.']],
  [
    'a date that can be read two ways',
    `${header}\nE1,A,a@b.de,active,2020-01-01,\nE2,A,a@b.de,active,03/04/2020,\n`,
    [
      'line 3: column “start_date”: “03/04/2020” can be read two ways and no other value of the column says which; expected YYYY-MM-DD, or roster.dateFormat in the configuration (for example DD.MM.YYYY).',
    ],
  ],
  [
    'one date column that can, beside one that cannot',
    `${header}\nE1,A,a@b.de,active,25.12.2020,03.04.2021\n`,
    [
      'line 2: column “end_date”: “03.04.2021” can be read two ways and no other value of the column says which; expected YYYY-MM-DD, or roster.dateFormat in the configuration (for example DD.MM.YYYY).',
    ],
  ],
  [
    'dates in both orders',
    `${header}\nE1,A,a@b.de,active,25/12/2020,\nE2,B,b@b.de,active,12/26/2020,\n`,
    [
      'line 3: column “start_date”: “12/26/2020” can only have the month first, “25/12/2020” in line 2 only the day; expected one order in the whole column, or YYYY-MM-DD.',
    ],
  ],
  [
    'a quotation mark that is never closed',
    `${plain}\nE3,"C,c@b.de,active,,\n`,
    [
      'line 4: a quotation mark that opens in the row that begins here is never closed; expected a pair around the cell. Was the file cut off?',
    ],
  ],
  [
    'a quotation mark inside a cell',
    `${plain}\nE3,C "CC" C,c@b.de,active,,\n`,
    [
      'line 4: a quotation mark inside a cell; expected quotation marks around the whole cell, and those inside it doubled (“""”).',
    ],
  ],
  [
    'a quotation mark that another row closes',
    `${header}\nE1,"Jane,jane@acme.com,active,,\nE2,Bob",bob@acme.com,active,,\n`,
    [
      'line 2: a quotation mark opens here and closes in line 3, around what look like whole rows; expected quotation marks around one cell.',
    ],
  ],
  [
    'the same over many rows, with quoted cells between',
    `${header}\nE1,"Jane,jane@acme.com,active,,\nE2,B,b@b.de,active,,\nE3,Bob",bob@acme.com,active,,\n`,
    [
      'line 2: a quotation mark opens here and closes in line 4, around what look like whole rows; expected quotation marks around one cell.',
    ],
  ],
  [
    'a separator that is none',
    `sep=|\n${plain.replaceAll(',', '|')}`,
    ['line 1: the separator “|” is not one that a roster may have; expected “,”, “;” or a tab.'],
  ],
  [
    'too many bad rows',
    `${header}\n${many(98)}\nE1,A,a,active,,\nE2,B,b@b.de,asleep,,\n`,
    [
      '2 rows of 100 cannot be read; expected at most 1, and the file is refused whole.',
      'line 100: column “work_email”: “a” is not an e-mail address; expected one address, or a blank cell.',
      'line 101: column “status”: “asleep” is not a status that we know; expected active, on_leave, pending or terminated, or a word that roster.statuses in the configuration explains.',
    ],
  ],
  [
    'nothing but a bad row',
    `${header}\nE1,A,a@b.de,asleep,,\n`,
    [
      'no row of 1 can be read; expected at least one that can.',
      'line 2: column “status”: “asleep” is not a status that we know; expected active, on_leave, pending or terminated, or a word that roster.statuses in the configuration explains.',
    ],
  ],
  ['an empty JSON list', ' [ ] ', ['the list is empty; expected at least one person.'], { format: 'json' }],
  [
    'a JSON object',
    '{"people":[]}',
    ['line 1: expected an array of people, which begins with “[”.'],
    { format: 'json' },
  ],
  [
    'JSON cut off',
    '[{"employeeId":"E1","workEmail":"a@b.de",\n"status":"act',
    ['line 2: the file ends in the middle of the list; was it cut off?'],
    { format: 'json' },
  ],
  [
    'JSON cut off between people',
    '[{"employeeId":"E1","workEmail":"a@b.de","status":"active"},',
    ['line 1: the file ends in the middle of the list; was it cut off?'],
    { format: 'json' },
  ],
  [
    'two JSON documents',
    '[{"employeeId":"E1"}]\n[]',
    ['line 2: expected the end of the file after the list.'],
    { format: 'json' },
  ],
  [
    'a key twice',
    '[\n{"employeeId":"E1","workEmail":"a@b.de","status":"terminated","st\\u0061tus":"active"}]',
    ['line 2: the key “status” stands twice in one object; expected every key once.'],
    { format: 'json' },
  ],
  [
    'a key in two spellings in one object',
    '[{"employeeId":"E1","workEmail":"a@b.de","status":"active"},\n{"employeeId":"E2","employee_id":"E2"}]',
    ['line 2: the keys “employeeId” and “employee_id” of one object mean the same; expected every key once.'],
    { format: 'json' },
  ],
  ['a list of something else', '[["E1"]]', ['line 1: expected an object for each person.'], { format: 'json' }],
  [
    'JSON that is none',
    '[{"employeeId":"E1","workEmail":a@b.de,"status":"active"}]',
    ['line 1: the object that begins here is not valid JSON.'],
    { format: 'json' },
  ],
  ['a stray comma', '[{"employeeId":"E1"},]', ['line 1: expected a value after “,”.'], { format: 'json' }],
  [
    'another answer of BambooHR',
    '{"message":"no"}',
    ['line 1: expected an object with a list “employees”.'],
    { format: 'bamboohr' },
  ],
  [
    'BambooHR in XML',
    '<?xml version="1.0"?><directory/>',
    ['line 1: XML instead of a list of people; expected CSV or JSON.'],
    { format: 'bamboohr' },
  ],
];

describe('a roster that is refused whole', () => {
  it.each(files)('%s', async (_, file, expected, given = {}) => {
    const bytes = typeof file === 'string' ? Buffer.from(file) : file;
    const roster = await readRoster(bytes, { ...rosterConfig, ...given }, asOf);
    expect('mistakes' in roster ? roster.mistakes.map((mistake) => sentence(mistake)) : 'accepted').toEqual(expected);
  });
});
