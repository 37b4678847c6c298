import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { personJson } from './person-json.js';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom('"', '\\', '\t', '\n', '\r', '\u0000', '\u001f', '\u007f', 'a', 'é', '\ud83d', '\u2028'),
  }),
);
const cell = fc.option(text, { nil: null });
const said = <Of>(of: fc.Arbitrary<Of>): fc.Arbitrary<Of | undefined> => fc.option(of, { nil: undefined });
const day = fc.constantFrom(null, '2020-01-31');
const instant = fc.constantFrom(null, '2020-01-30T23:00:00.000Z');

const spell = fc.record({
  startDate: day,
  endDate: day,
  startsAt: instant,
  endsAt: instant,
  inferred: said(fc.constant(true as const)),
  status: fc.constantFrom(null, 'active' as const, 'terminated' as const),
  department: said(cell),
  jobTitle: said(cell),
  employmentType: said(cell),
  managerEmail: said(cell),
});
const person = fc.record({
  fullName: said(cell),
  workEmail: said(cell),
  otherEmails: fc.array(text, { maxLength: 2 }),
  dockerUsername: said(cell),
  otherUsernames: said(fc.array(text, { minLength: 1, maxLength: 2 })),
  spells: fc.array(spell, { maxLength: 3 }),
  doubt: said(fc.constantFrom('ROSTER_ROW_REFUSED' as const, 'HR_STATUS_UNKNOWN' as const)),
});

describe('the JSON of a person', () => {
  it('says what JSON.stringify says, as one cell of COPY', () => {
    fc.assert(
      fc.property(person, (data) => {
        const json = personJson(data);
        expect(json).not.toMatch(/[\t\n\r]/);
        expect(json.replaceAll('\\\\', '')).not.toContain('\\');
        const received: unknown = JSON.parse(json.replaceAll('\\\\', '\\'));
        expect(received).toStrictEqual(JSON.parse(JSON.stringify(data)));
      }),
      { numRuns: 3_000 },
    );
  });

  it('has its keys in the order of jsonb', () => {
    fc.assert(
      fc.property(person, (data) => {
        const ordered = (keys: string[]): string[] =>
          keys.toSorted((left, right) => left.length - right.length || (left < right ? -1 : 1));
        const received: { spells: object[] } = JSON.parse(personJson(data).replaceAll('\\\\', '\\'));
        for (const each of [received, ...received.spells]) {
          expect(Object.keys(each)).toEqual(ordered(Object.keys(each)));
        }
      }),
      { numRuns: 300 },
    );
  });
});
