import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { peopleOf, read, rosterConfig } from '../../test/roster/roster-config.js';
import { RowJudge } from './judge-rows.js';
import { columnSettings, resolveColumns } from './resolve-columns.js';
import { tidyText } from './row.js';
import { csvSource } from './sources/csv.source.js';

const header = 'employee_id,full_name,work_email,other_emails,status,start_date,end_date,docker_username';

describe('a row', () => {
  it('says all that is wrong with a row, and refuses it once', async () => {
    const file = `${header}\nE1,Jane,jane@b.de,,active,,,\nE9,A,a,b,c,d,e,\n`;
    const roster = await read(file);
    expect(roster.refused).toHaveLength(1);
    expect(roster.refused[0]?.mistakes.map(({ column }) => column)).toEqual([
      'work_email',
      'other_emails',
      'start_date',
      'end_date',
      'status',
    ]);
  });

  it('names a cell of JSON that is no text', async () => {
    const file =
      '[{"employeeId":"E1","workEmail":"a@b.de","status":"active"},\n{"employeeId":12345678901234567890,"workEmail":{},"status":"active"}]';
    const roster = await read(file, { format: 'json' });
    expect(roster.refused.flatMap(({ mistakes }) => mistakes.map(({ line, message }) => [line, message]))).toEqual([
      [
        2,
        'column “employeeId”: is a number too large to be read exactly (write it in quotation marks); expected text, or null.',
      ],
      [2, 'column “workEmail”: is not text; expected text, or null.'],
      [2, 'column “employeeId”: no employee id; expected the id of one person.'],
    ]);
  });

  it('makes nothing of a Docker ID or a mailbox that it only looks like', async () => {
    const [person] = await peopleOf(`${header}\n1,Jack,Jac\u212A@B.de,,active,,,Jac\u212AK\n`);
    expect(person?.data).toMatchObject({ workEmail: 'jac\u212A@b.de', dockerUsername: 'jac\u212Ak' });
  });

  it('is refused for a domain that only looks like one', async () => {
    const roster = await read(`${header}\n1,Jack,jack@ａｃｍｅ.com,,active,,,\n2,Joe,joe@acme.com,,active,,,\n`);
    expect(roster.refused.flatMap(({ mistakes }) => mistakes.map(({ message }) => message))).toEqual([
      'column “work_email”: “jack@ａｃｍｅ.com” is not an e-mail address; expected one address, or a blank cell.',
    ]);
  });

  it('keeps undefined apart from null', async () => {
    const [person] = await peopleOf('employee_id,work_email,status,department\n1,,active,\n');
    expect(person?.data).toMatchObject({ workEmail: null });
    expect(JSON.parse(JSON.stringify(person?.data))).not.toHaveProperty('dockerUsername');
    expect(JSON.parse(JSON.stringify(person?.data.spells[0]))).toMatchObject({ department: null });
    expect(JSON.parse(JSON.stringify(person?.data.spells[0]))).not.toHaveProperty('jobTitle');
  });

  it('keeps every key of every spell', async () => {
    const [person] = await peopleOf(
      `${header}\n1,Jane,old@b.de,x@y.de,terminated,2019-01-01,2020-01-01,OldName\n1,Jane,new@b.de,z@y.de,active,2024-01-01,,newname\n`,
    );
    expect(person?.data).toMatchObject({
      workEmail: 'new@b.de',
      otherEmails: ['old@b.de', 'x@y.de', 'z@y.de'],
      dockerUsername: 'newname',
      otherUsernames: ['oldname'],
    });
  });

  it('takes two ids with one address for two people, unless they are one', async () => {
    const people = await peopleOf(
      `${header}\n1,Jane,a@b.de,,active,,,\n2,Jane,a@b.de,,active,,,\n3,Bob,a@b.de,,active,2027-01-01,,\n`,
    );
    expect(people.map(({ data }) => [data.workEmail, data.sameAs])).toEqual([
      ['a@b.de', undefined],
      ['a@b.de', undefined],
      ['a@b.de', undefined],
    ]);
  });
});

describe('a tidy text', () => {
  const headings = `${header},first_name,last_name,department,manager_email`.split(',');
  const unit = fc.oneof(
    fc.constantFrom('a', 'Z', ' ', '@b.de', '.', '-', ';'),
    fc.integer({ min: 0, max: 0x300 }).map((code) => String.fromCharCode(code)),
  );
  const cell = fc.oneof(
    fc.string({ unit, maxLength: 6 }).filter((text) => tidyText(text)),
    fc.constantFrom('', 'active', 'terminated', '2020-01-02', '03/04/2020', '2019-12-31T00:00:00Z', 'x'.repeat(1_000)),
  );

  it('is judged as it is where every cell is looked at', () => {
    const plan = resolveColumns(headings, 1, columnSettings(rosterConfig, csvSource));
    if (!('width' in plan)) throw new Error('The headings are no plan.');
    fc.assert(
      fc.property(fc.array(cell, { minLength: headings.length, maxLength: headings.length }), (cells) => {
        const judged = [true, false].map((tidy) => {
          const judge = new RowJudge(plan, rosterConfig);
          return judge.judge(judge.cellsOf(cells), 2, [], tidy);
        });
        expect(judged[0]).toStrictEqual(judged[1]);
      }),
      { numRuns: 4_000 },
    );
  });

  it.each(['a  b', 'a\u00a0b', 'a\tb', 'a\u200bb', '\ud83d', 'e\u0301', 'x'.repeat(1_001)])('is not %j', (text) =>
    expect(tidyText(text)).toBe(false),
  );
});
