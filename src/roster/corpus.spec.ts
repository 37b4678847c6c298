import { describe, expect, it } from 'vitest';
import { asOf, rosterConfig } from '../../test/roster/roster-config.js';
import type { RosterConfig } from '../config/configuration.js';
import type { Person } from './person.js';
import { readRoster } from './read-roster.js';
import { sentence } from './roster-source.js';

/**
 * Nasty files, each with what it comes to: `people` as one line each (id, name, address, employment), or the sentences
 * of its refusal.
 */

type File = string | Buffer;
type Given = Partial<RosterConfig>;

async function read(file: File, given: Given) {
  const bytes = typeof file === 'string' ? Buffer.from(file) : file;
  return readRoster(bytes, { ...rosterConfig, ...given }, asOf);
}

async function peopleOf(file: File, given: Given): Promise<string[]> {
  const roster = await read(file, given);
  if ('mistakes' in roster) return roster.mistakes.map((mistake) => `refused: ${sentence(mistake)}`);
  return [...roster.people()].map(line);
}

function line({ employeeId, data }: Person): string {
  const spells = data.spells.map(
    (spell) => `${spell.startDate ?? ''}..${spell.inferred === true ? '?' : (spell.endDate ?? '')}`,
  );
  return [
    employeeId,
    data.fullName ?? '-',
    data.workEmail ?? '-',
    spells.join('+'),
    ...(data.doubt === undefined ? [] : [data.doubt]),
  ].join(' | ');
}

const header = 'employee_id,full_name,work_email,status,start_date,end_date';
const jane = 'E1 | Jane Doe | jane@acme.com | 2020-01-31..';
const bob = 'E2 | Bob | bob@acme.com | 2021-02-28..2026-12-31';
const rows = ['E1,Jane Doe,jane@acme.com,active,2020-01-31,', 'E2,Bob,bob@acme.com,active,2021-02-28,2026-12-31'];
const plain = [header, ...rows].join('\n');
const utf16 = (text: string, big: boolean): Buffer => {
  const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le');
  return big ? bytes.swap16() : bytes;
};

const readable: [string, File, readonly string[], Given?][] = [
  ['plain', plain, [jane, bob]],
  ['a line break at the end', `${plain}\n`, [jane, bob]],
  ['many line breaks at the end', `${plain}\n\n\r\n  \n`, [jane, bob]],
  ['blank lines before and between', `\n\n${[header, '', rows[0], ',,,,,', rows[1]].join('\n')}`, [jane, bob]],
  ['Windows line ends', plain.replaceAll('\n', '\r\n'), [jane, bob]],
  ['line ends of old Macs', plain.replaceAll('\n', '\r'), [jane, bob]],
  ['mixed line ends', `${header}\r\n${rows[0]}\n${rows[1]}\r`, [jane, bob]],
  ['a byte order mark', `\uFEFF${plain}`, [jane, bob]],
  ['a byte order mark before a quoted heading', `\uFEFF"employee_id"${plain.slice('employee_id'.length)}`, [jane, bob]],
  ['UTF-16, little end first', utf16(plain, false), [jane, bob]],
  ['UTF-16, big end first', utf16(plain, true), [jane, bob]],
  [
    'UTF-16 with tabs, as Excel writes "Unicode text"',
    utf16(plain.replaceAll(',', '\t').replaceAll('\n', '\r\n'), false),
    [jane, bob],
  ],
  ['semicolons', plain.replaceAll(',', ';'), [jane, bob]],
  ['tabs', plain.replaceAll(',', '\t'), [jane, bob]],
  ['sep=; first', `sep=;\r\n${plain.replaceAll(',', ';')}`, [jane, bob]],
  ['"sep=," in quotation marks', `"sep=,"\n${plain}`, [jane, bob]],
  ['sep= and a tab', `sep=\t\n${plain.replaceAll(',', '\t')}`, [jane, bob]],
  ['everything quoted', plain.replaceAll(/[^,\n]+/g, '"$&"'), [jane, bob]],
  [
    'semicolons, and commas in a name',
    `${header.replaceAll(',', ';')}\nE1;Doe, Jane;jane@acme.com;active;;\n`,
    ['E1 | Doe, Jane | jane@acme.com | ..'],
  ],
  [
    'commas, and semicolons in addresses',
    `employee_id,work_email,other_emails,status\nE1,a@b.de,c@d.de;e@f.de;g@h.de,active\n`,
    ['E1 | - | a@b.de | ..'],
  ],
  [
    'a comma in quotation marks',
    `${header}\nE1,"Doe, Jane",jane@acme.com,active,,\n`,
    ['E1 | Doe, Jane | jane@acme.com | ..'],
  ],
  [
    'doubled quotation marks',
    `${header}\nE1,"Jane ""JJ"" Doe",jane@acme.com,active,,\n`,
    ['E1 | Jane "JJ" Doe | jane@acme.com | ..'],
  ],
  [
    'line breaks in a cell',
    `${header}\r\nE1,"Jane\r\n\r\nDoe",jane@acme.com,active,,\r\n${rows[1]}`,
    ['E1 | Jane Doe | jane@acme.com | ..', bob],
  ],
  [
    'line breaks in the header',
    `"employee\n_id",${header.slice('employee_id,'.length)}\n${rows.join('\n')}`,
    [jane, bob],
  ],
  [
    'headings in capitals, with spaces',
    `EMPLOYEE ID , Full_Name,Work  Email,STATUS,start-date,End Date\n${rows.join('\n')}`,
    [jane, bob],
  ],
  ['spaces around cells', `${header}\n E1 , Jane Doe ,  jane@acme.com, active , 2020-01-31 ,\u00A0\n`, [jane]],
  ['an address in capitals', `${header}\nE1,Jane Doe,JANE@ACME.COM,Active,2020-01-31,\n`, [jane]],
  [
    'an address with umlauts in its domain',
    `${header}\nE1,X,x@müller.de,active,,\n`,
    ['E1 | X | x@xn--mller-kva.de | ..'],
  ],
  ['letters of two code points', `${header}\nE1,Mu\u0308ller,m@acme.com,active,,\n`, ['E1 | Müller | m@acme.com | ..']],
  ['columns without a heading', `${header},,\n${rows.map((row) => `${row},x,y`).join('\n')}`, [jane, bob]],
  ['columns that nobody needs', `salary,${header}\n${rows.map((row) => `1000,${row}`).join('\n')}`, [jane, bob]],
  ['columns in another order', `status,work_email,employee_id\nactive,a@b.de,E1\n`, ['E1 | - | a@b.de | ..']],
  ['only a username', 'employee_id,docker_username,end_date\nE1,jdoe,\n', ['E1 | - | - | ..']],
  [
    'neither status nor end, current staff only',
    'employee_id,work_email\nE1,a@b.de\n',
    ['E1 | - | a@b.de | ..'],
    { currentStaffOnly: true },
  ],
  [
    'a status in another language',
    `${header}\nE1,A,a@b.de,Ruhend,,\n`,
    ['E1 | A | a@b.de | ..'],
    { statuses: { ruhend: 'on_leave' } },
  ],
  [
    'a heading in another language',
    'Kennung,work_email,status\nE1,a@b.de,active\n',
    ['E1 | - | a@b.de | ..'],
    { columns: { Kennung: 'employee_id' } },
  ],
  [
    'a heading declared although another is known',
    'employee_id,Kennung,work_email,status\nwrong,E1,a@b.de,active\n',
    ['E1 | - | a@b.de | ..'],
    { columns: { kennung: 'employee_id' } },
  ],
  [
    'day first, by one value',
    `${header}\nE1,A,a@b.de,active,03/04/2020,\nE2,B,b@b.de,active,25/04/2020,\n`,
    ['E1 | A | a@b.de | 2020-04-03..', 'E2 | B | b@b.de | 2020-04-25..'],
  ],
  [
    'month first, by one value',
    `${header}\nE1,A,a@b.de,active,03/04/2020,\nE2,B,b@b.de,active,04/25/2020,\n`,
    ['E1 | A | a@b.de | 2020-03-04..', 'E2 | B | b@b.de | 2020-04-25..'],
  ],
  [
    'the same day and month',
    `${header}\nE1,A,a@b.de,active,05/05/2020,05.05.2021\n`,
    ['E1 | A | a@b.de | 2020-05-05..2021-05-05'],
  ],
  [
    'a declared order',
    `${header}\nE1,A,a@b.de,active,03.04.2020,\n`,
    ['E1 | A | a@b.de | 2020-04-03..'],
    { dateFormat: 'DD.MM.YYYY' },
  ],
  [
    'a declared order, month first',
    `${header}\nE1,A,a@b.de,active,3/4/2020,\n`,
    ['E1 | A | a@b.de | 2020-03-04..'],
    { dateFormat: 'MM/DD/YYYY' },
  ],
  [
    'ISO beside a declared order',
    `${header}\nE1,A,a@b.de,active,2020-03-04,\n`,
    ['E1 | A | a@b.de | 2020-03-04..'],
    { dateFormat: 'DD.MM.YYYY' },
  ],
  [
    'other signs between year, month and day',
    `${header}\nE1,A,a@b.de,active,2020/3/4,2021.12.31\n`,
    ['E1 | A | a@b.de | 2020-03-04..2021-12-31'],
  ],
  [
    'midnight behind a date',
    `${header}\nE1,A,a@b.de,active,2020-03-04T00:00:00.000Z,2021-12-31 00:00:00\n`,
    ['E1 | A | a@b.de | 2020-03-04..2021-12-31'],
  ],
  [
    'the end of time',
    `${header}\nE1,A,a@b.de,active,2020-03-04,9999-12-31\nE2,B,b@b.de,active,2020-03-04,31.12.9999\n`,
    ['E1 | A | a@b.de | 2020-03-04..', 'E2 | B | b@b.de | 2020-03-04..'],
  ],
  ['29 February', `${header}\nE1,A,a@b.de,active,2020-02-29,\n`, ['E1 | A | a@b.de | 2020-02-29..']],
  ['identical rows', `${header}\n${[rows[0], rows[1], rows[0], rows[0]].join('\n')}\n`, [jane, bob]],
  [
    'spells in any order',
    `${header}\nE1,A,a@b.de,active,2024-01-01,\nE1,A,a@b.de,terminated,2019-01-01,2020-12-31\n`,
    ['E1 | A | a@b.de | 2019-01-01..2020-12-31+2024-01-01..'],
  ],
  ['terminated without a date', `${header}\nE1,A,a@b.de,terminated,2019-01-01,\n`, ['E1 | A | a@b.de | 2019-01-01..?']],
  [
    'an id with leading zeros, and one that looks like a formula',
    `${header}\n007,A,a@b.de,active,,\n=1+1,=cmd(),b@b.de,active,,\n`,
    ['007 | A | a@b.de | ..', '=1+1 | =cmd() | b@b.de | ..'],
  ],
  [
    'one bad row',
    `${header}\n${rows[0]}\nE3,C,c@b.de,asleep,2020-01-01,\n`,
    [jane, 'E3 | C | c@b.de |  | ROSTER_ROW_REFUSED'],
  ],
  [
    'JSON',
    '[{"employee_id":"E1","full_name":"Jane Doe","work_email":"jane@acme.com","status":"active","start_date":"2020-01-31","end_date":null}]',
    [jane],
    { format: 'json' },
  ],
  [
    'JSON in camelCase, with a mark, numbers and nulls',
    '\uFEFF[ {"employeeId":17,"workEmail":"a@b.de","status":"active","endDate":null} ,\r\n{"employeeId":18,"workEmail":null,"status":"active"}]',
    ['17 | - | a@b.de | ..', '18 | - | - | ..'],
    { format: 'json' },
  ],
  [
    'JSON with brackets and escapes in text',
    '[{"employeeId":"E]1","fullName":"A \\"}{[\\\\","workEmail":"a\\u0040b.de","status":"active"}]',
    ['E]1 | A "}{[\\ | a@b.de | ..'],
    { format: 'json' },
  ],
  [
    'JSON with keys that JavaScript minds',
    '[{"employeeId":"E1","__proto__":{"status":"active"},"constructor":1,"workEmail":"a@b.de","status":"terminated"}]',
    ['E1 | - | a@b.de | ..?'],
    { format: 'json' },
  ],
  [
    'BambooHR',
    '{"fields":[{"id":"displayName"}],"employees":[{"id":"12","displayName":"Jane Doe","firstName":"J","workEmail":"jane@acme.com","jobTitle":"Dev","department":null}]}',
    ['12 | Jane Doe | jane@acme.com | ..'],
    { format: 'bamboohr' },
  ],
];

describe('a roster that can be read', () => {
  it.each(readable)('%s', async (_, file, expected, given = {}) => {
    expect(await peopleOf(file, given)).toEqual(expected);
  });
});
