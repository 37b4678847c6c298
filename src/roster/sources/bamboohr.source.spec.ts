import { describe, expect, it } from 'vitest';
import { peopleOf, read } from '../../../test/roster/roster-config.js';

const directory = (employee: object): string =>
  JSON.stringify({ fields: [{ id: 'displayName', type: 'text', name: 'Display Name' }], employees: [employee] });

describe('the employees directory of BambooHR', () => {
  it('has who works there now, under ids of its own', async () => {
    const text = directory({
      id: '12',
      displayName: 'Jane Doe',
      firstName: 'Jane',
      lastName: 'Doe',
      workEmail: 'jane@acme.com',
      department: 'Engineering',
      jobTitle: null,
      photoUrl: 'https://images.example/12.png',
    });
    const roster = await read(text, { format: 'bamboohr' });
    expect(roster.currentStaffOnly).toBe(true);
    expect(roster.ignored).toContain('photoUrl');
    expect([...roster.people()]).toMatchObject([
      {
        employeeId: '12',
        data: { fullName: 'Jane Doe', workEmail: 'jane@acme.com', spells: [{ startsAt: null, endsAt: null }] },
      },
    ]);
  });

  it('says nothing of ids that other formats call otherwise', async () => {
    await expect(peopleOf('id,work_email,end_date\n1,a@b.de,\n')).rejects.toThrow('no column for employee_id');
  });

  it('is nothing else that happens to be JSON', async () => {
    await expect(peopleOf('[]', { format: 'bamboohr' })).rejects.toThrow(
      'expected the employees directory of BambooHR',
    );
    await expect(peopleOf('{"employees":{}}', { format: 'bamboohr' })).rejects.toThrow('expected a list');
  });
});
