import { describe, expect, it } from 'vitest';
import { asOf, peopleOf, read } from '../../test/roster/roster-config.js';

const header = 'employee_id,full_name,work_email,status,start_date,end_date';

describe('spells of one person', () => {
  it('may follow each other, and may not share a day', async () => {
    const rows = (end: string): string =>
      `${header}\n1,A,a@b.de,active,2020-01-01,${end}\n1,A,a@b.de,active,2022-01-01,\n2,B,b@b.de,active,,\n`;
    expect((await read(rows('2021-12-31'))).refused).toEqual([]);
    expect((await read(rows('2022-01-01'))).refused).toMatchObject([{ line: 3, employeeId: '1' }]);
    expect((await read(rows(''))).refused).toMatchObject([{ line: 3 }]);
  });

  it.each([
    ['2024-01-01', '2023-12-31T23:00:00.000Z'],
    ['2027-01-01', asOf],
  ])('end without a date before the next one, on %s, begins', async (again, endsAt) => {
    const [person] = await peopleOf(`${header}\n1,A,a@b.de,terminated,2020-01-01,\n1,A,a@b.de,active,${again},\n`);
    expect(person?.data.spells).toMatchObject([
      { startDate: '2020-01-01', endDate: null, endsAt, inferred: true },
      { startDate: again, endsAt: null },
    ]);
  });

  it('end without a date where HR says so, and only there', async () => {
    const [gone, there] = await peopleOf(
      `${header}\n1,A,a@b.de,terminated,2020-01-01,\n2,B,b@b.de,terminated,2020-01-01,2021-01-31\n`,
    );
    expect(gone?.data.spells).toMatchObject([{ endsAt: asOf, inferred: true }]);
    expect(there?.data.spells[0]).not.toHaveProperty('inferred');
  });

  it('of three ids are joined in the latest, or not at all', async () => {
    const three = (middle: string): string =>
      `${header}\n1,A,a@b.de,active,2010-01-01,2012-12-31\n2,a,A@b.de,active,${middle}\n3,A,a@b.de,active,2020-01-01,\n`;
    expect((await peopleOf(three('2014-01-01,2016-12-31'))).map(({ data }) => [data.sameAs, data.aliases])).toEqual([
      ['3', undefined],
      ['3', undefined],
      [undefined, ['1', '2']],
    ]);
    expect((await peopleOf(three('2014-01-01,'))).map(({ data }) => [data.sameAs, data.aliases])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  it('keep the keys of every id under the latest', async () => {
    const [former, later] = await peopleOf(
      'employee_id,full_name,work_email,other_emails,docker_username,start_date,end_date\n' +
        '1,A,a@b.de,x@y.de,OldName,2010-01-01,2012-12-31\n2,A,a@b.de,z@y.de,newname,2020-01-01,\n',
    );
    expect(later?.data).toMatchObject({
      otherEmails: ['x@y.de', 'z@y.de'],
      dockerUsername: 'newname',
      otherUsernames: ['oldname'],
    });
    expect(former?.data).toEqual({ fullName: 'A', otherEmails: [], sameAs: '2', spells: later?.data.spells });
  });
});
