import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { personOf } from './assemble-people.js';
import type { PersonData } from './person.js';
import { restOf, rowOf } from './row-of-person.js';
import type { Row } from './row.js';
import { WorkingDays } from './working-days.js';

const assembling = {
  days: new WorkingDays('Europe/Berlin'),
  asOf: '2026-11-20T10:00:00.000Z',
  currentStaffOnly: false,
};

describe('the row of a person with one row', () => {
  it('is told by the person again, after a stay in the database', () => {
    const text = fc.constantFrom('a', 'b', null);
    const row = fc.record({
      line: fc.integer({ min: 2, max: 9 }),
      id: fc.constant('E1'),
      name: text,
      email: fc.constantFrom('a@b.de', null),
      otherEmails: fc.array(fc.constantFrom('a@b.de', 'c@d.de', 'b@b.de'), { maxLength: 3 }),
      username: text,
      status: fc.constantFrom('active' as const, 'terminated' as const, 'pending' as const, null),
      start: fc.constantFrom('2020-01-01', null),
      end: fc.constantFrom('2021-01-01', null),
      department: fc.constantFrom('x', null, undefined),
      title: fc.constant(undefined),
      manager: fc.constantFrom('m@b.de', null, undefined),
      type: text,
      refused: fc.boolean(),
    });
    fc.assert(
      fc.property(row, fc.boolean(), (given: Row, saysStatus) => {
        const one: Row = saysStatus ? given : { ...given, status: undefined };
        const data: PersonData = JSON.parse(JSON.stringify(personOf(one, assembling)));
        const rest: Row | null = JSON.parse(JSON.stringify(restOf(one, data)));
        const again = rowOf({ employee_id: one.id, row: rest, line: one.line, data }, saysStatus);
        expect(again).toEqual(one);
        expect(personOf([one], assembling)).toEqual(personOf(one, assembling));
      }),
    );
  });
});
