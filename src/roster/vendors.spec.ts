import { describe, expect, it } from 'vitest';
import { peopleOf, read } from '../../test/roster/roster-config.js';
import { fold, knownHeadings, meaninglessHeadings } from './headings.js';

/** What the five HR systems export, as they export it. */
const exports: Record<string, { file: string; ignored: readonly string[] }> = {
  BambooHR: {
    file: `Employee #,"Last Name",First Name,Preferred Name,Status,Employment Status,Hire Date,Termination Date,Department,Division,Location,Job Title,Reporting To,Work Email,Home Email,State
1001,Doe,Jane,JJ,Active,Full-Time,2020-02-01,,Engineering,R&D,Berlin,Developer,Bob Roe,jane@acme.com,jj@mail.example,BE
1002,Roe,Bob,,Inactive,Terminated,2018-02-01,2024-06-30,Engineering,R&D,Berlin,Head,,bob@acme.com,,BE
`,
    ignored: ['Division', 'Location', 'Reporting To', 'Home Email', 'State'],
  },
  HiBob: {
    file: `Employee ID,Display name,First name,Last name,Email,Status,Lifecycle status,Start date,Termination date,Department,Job title,Reports to,Reports to email,Employment type,Site
1001,Jane Doe,Jane,Doe,jane@acme.com,Active,Employed,2020-02-01,,Engineering,Developer,Bob Roe,bob@acme.com,Permanent,Berlin
1002,Bob Roe,Bob,Roe,bob@acme.com,Inactive,Terminated,2018-02-01,2024-06-30,Engineering,Head,,,Permanent,Berlin
`,
    ignored: ['Reports to', 'Site'],
  },
  'Personio in German': {
    file: `\uFEFFPersonalnummer;Vorname;Nachname;E-Mail;Status;Anstelldatum;Vertragsende;Ende des Arbeitsverhältnisses;Letzter Arbeitstag;Abteilung;Position;Vorgesetzter;Beschäftigungsart;Standort\r
1001;Jane;Doe;jane@acme.com;Aktiv;01.02.2020;31.01.2027;;;Engineering;Developer;Bob Roe;Intern;Berlin\r
1002;Bob;Roe;bob@acme.com;Inaktiv;28.02.2018;;31.07.2024;30.06.2024;Engineering;Head;;Intern;Berlin\r
1003;Eve;Poe;eve@acme.com;Auszeit;29.02.2016;;;;Engineering;Head;;Intern;Berlin\r
`,
    ignored: ['Vertragsende', 'Vorgesetzter', 'Standort'],
  },
  'Personio in English': {
    file: `Employee ID,First name,Last name,Email,Status,Hire date,Contract end date,End of employment,Department,Position,Supervisor,Employment type,Office
1001,Jane,Doe,jane@acme.com,Active,2020-02-01,2027-01-31,,Engineering,Developer,Bob Roe,Internal,Berlin
1002,Bob,Roe,bob@acme.com,Inactive,2018-02-01,,2024-06-30,Engineering,Head,,Internal,Berlin
1003,Eve,Poe,eve@acme.com,Leave,2018-02-01,,,Engineering,Head,,Internal,Berlin
1004,Zoe,Loe,zoe@acme.com,Onboarding,2027-02-01,,,Engineering,Head,,Internal,Berlin
`,
    ignored: ['Contract end date', 'Supervisor', 'Office'],
  },
  Rippling: {
    file: `Employee - ID,Employee,Work email,Manager - Work email,Employment status,Start date,Last day of work,Department,Teams,Title,Employment type name
1001,Jane Doe,jane@acme.com,bob@acme.com,ACTIVE,02/01/2020,,Engineering,Core,Developer,Salaried
1002,Bob Roe,bob@acme.com,,TERMINATED,02/25/2018,06/30/2024,Engineering,Core,Head,Salaried
`,
    ignored: ['Teams'],
  },
  Workday: {
    file: `Employee ID\tWorker\tLegal Name - First Name\tLegal Name - Last Name\tEmail - Primary Work\tActive Status\tHire Date\tOriginal Hire Date\tTermination Date\tSupervisory Organization\tBusiness Title\tWorker's Manager\tWorker Type\tTime Type\tPosition ID
1001\tJane Doe\tJane\tDoe\tjane@acme.com\tYes\t2020-02-01\t2015-01-01\t\tEngineering\tDeveloper\tBob Roe\tEmployee\tFull time\tP-1
1002\tBob Roe\tBob\tRoe\tbob@acme.com\tNo\t2018-02-01\t2018-02-01\t2024-06-30\tEngineering\tHead\t\tEmployee\tFull time\tP-2
`,
    ignored: ['Original Hire Date', "Worker's Manager", 'Time Type', 'Position ID'],
  },
};

describe('exports of HR systems, as they are', () => {
  it.each(Object.entries(exports))('%s', async (_, { file, ignored }) => {
    const roster = await read(file);
    expect(roster.refused).toEqual([]);
    expect(roster.ignored).toEqual(ignored);
    const [jane, bob] = [...roster.people()];
    expect(jane).toMatchObject({
      employeeId: '1001',
      data: {
        fullName: 'Jane Doe',
        workEmail: 'jane@acme.com',
        spells: [
          {
            startDate: '2020-02-01',
            endDate: null,
            status: 'active',
            department: 'Engineering',
            jobTitle: 'Developer',
          },
        ],
      },
    });
    expect(bob).toMatchObject({
      employeeId: '1002',
      data: { fullName: 'Bob Roe', spells: [{ endDate: '2024-06-30', status: 'terminated' }] },
    });
  });

  it('Personio: on leave is employed, onboarding has not started', async () => {
    const [, , eve, zoe] = await peopleOf(exports['Personio in English']?.file ?? '');
    expect(eve?.data).toMatchObject({ spells: [{ status: 'on_leave', endDate: null }] });
    expect(zoe?.data).toMatchObject({ spells: [{ status: 'pending', startsAt: '2027-01-31T23:00:00.000Z' }] });
  });

  it.each([
    ['Full-Time', 'active'],
    ['Contractor', 'active'],
    ['Terminated', 'terminated'],
  ])('BambooHR without its status: employed as %s', async (kind, status) => {
    const [person] = await peopleOf(`Employee #,Work Email,Employment Status,Hire Date\n1,a@b.de,${kind},2020-01-31\n`);
    expect(person?.data.spells).toMatchObject([{ status }]);
  });

  it('refuses a row whose two status columns contradict each other, unless a date decides', async () => {
    const roster = await read(
      'Employee #,Work Email,Status,Employment Status,Termination Date\n1,a@b.de,Active,Terminated,\n2,b@b.de,Active,Terminated,2020-01-31\n',
    );
    expect(roster.refused.map(({ mistakes }) => mistakes.map(({ message }) => message))).toEqual([
      [
        'column “Employment Status”: “Terminated” contradicts “Active” in the column “Status”; expected both to say the same, or an end date that decides.',
      ],
    ]);
    expect([...roster.people()][1]?.data).toMatchObject({ spells: [{ endDate: '2020-01-31' }] });
  });

  it('takes the day on which the contract ends where no last working day is given', async () => {
    const [person] = await peopleOf('Employee ID,Work email,Last day of work,Termination date\n1,a@b.de,,2020-05-31\n');
    expect(person?.data.spells).toMatchObject([{ endDate: '2020-05-31' }]);
  });
});

describe('the headings that are known', () => {
  it('mean one thing each', () => {
    for (const [folded, { heading }] of knownHeadings) expect([folded, fold(heading)]).toEqual([folded, folded]);
    expect([...knownHeadings.keys()].filter((folded) => meaninglessHeadings.has(folded))).toEqual([]);
  });

  it('are not taken for misspelt ones, nor are those that mean nothing', async () => {
    const canonical = 'employee_id,work_email,status';
    for (const heading of meaninglessHeadings) {
      expect((await read(`${canonical},${heading}\n1,a@b.de,active,x\n`)).ignored).toEqual([heading]);
    }
    for (const { heading, field } of knownHeadings.values()) {
      if (['employee_id', 'work_email', 'status'].includes(field)) continue;
      expect((await read(`${canonical},${heading}\n1,a@b.de,active,\n`)).ignored).toEqual([]);
    }
  });
});
