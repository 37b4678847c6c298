import { DateTime } from 'luxon';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BusinessCalendar } from '../config/configuration.js';
import { DueDates } from './due-dates.js';

const calendar = (given: Partial<BusinessCalendar> = {}): BusinessCalendar => ({
  timeZone: 'Europe/Berlin',
  holidays: [],
  weekend: [6, 7],
  ...given,
});

const christmas = ['2026-12-24', '2026-12-25', '2026-12-26', '2026-12-31', '2027-01-01'];

describe('hours and days are that long, whatever the calendar says', () => {
  it.each([
    ['24h', '2026-11-20T02:00:00.000Z', '2026-11-21T02:00:00.000Z'],
    ['3d', '2026-10-24T00:30:00.000Z', '2026-10-27T00:30:00.000Z'],
    ['90m', '2026-12-25T23:00:00.000Z', '2026-12-26T00:30:00.000Z'],
  ])('%s after %s', (sla, start, due) => {
    expect(new DueDates(calendar({ holidays: christmas })).after(start, sla)).toBe(due);
  });
});

describe('business days', () => {
  it.each([
    // Monday the 16th to Friday the 20th of November 2026 are an ordinary week; 02:00 UTC is 03:00 in Berlin.
    ['the next day', '1bd', '2026-11-16T02:00:00.000Z', '2026-11-17T02:00:00.000Z'],
    ['five are the same weekday of the next week', '5bd', '2026-11-18T02:00:00.000Z', '2026-11-25T02:00:00.000Z'],
    ['from Friday over the weekend', '1bd', '2026-11-20T02:00:00.000Z', '2026-11-23T02:00:00.000Z'],
    ['the last moment of Friday', '1bd', '2026-11-20T22:59:59.999Z', '2026-11-23T22:59:59.999Z'],
    // 23:00 UTC of Friday is 00:00 of Saturday in Berlin: it counts from Monday 00:00.
    ['the first moment of Saturday', '1bd', '2026-11-20T23:00:00.000Z', '2026-11-23T23:00:00.000Z'],
    ['the middle of Saturday', '1bd', '2026-11-21T12:34:56.789Z', '2026-11-23T23:00:00.000Z'],
    ['the last moment of Sunday', '3bd', '2026-11-22T22:59:59.999Z', '2026-11-25T23:00:00.000Z'],
    ['the first moment of Monday', '3bd', '2026-11-22T23:00:00.000Z', '2026-11-25T23:00:00.000Z'],
    ['twenty are four weeks', '20bd', '2026-11-16T11:00:00.000Z', '2026-12-14T11:00:00.000Z'],
  ])('%s', (_what, sla, start, due) => {
    expect(new DueDates(calendar()).after(start, sla)).toBe(due);
  });

  it.each([
    // 2026-12-23 is a Wednesday; the next business days are Mon 28, Tue 29, Wed 30 December and Mon 4 January.
    ['over holidays in a row and the weekend', '1bd', '2026-12-23T10:00:00.000Z', '2026-12-28T10:00:00.000Z'],
    ['over the end of the year', '4bd', '2026-12-23T10:00:00.000Z', '2027-01-04T10:00:00.000Z'],
    ['from a holiday', '1bd', '2026-12-24T10:00:00.000Z', '2026-12-28T23:00:00.000Z'],
    ['from a holiday on a weekend', '2bd', '2026-12-26T10:00:00.000Z', '2026-12-29T23:00:00.000Z'],
    ['from New Year', '1bd', '2027-01-01T10:00:00.000Z', '2027-01-04T23:00:00.000Z'],
    ['a holiday that is not met', '2bd', '2026-12-28T10:00:00.000Z', '2026-12-30T10:00:00.000Z'],
  ])('%s', (_what, sla, start, due) => {
    expect(new DueDates(calendar({ holidays: christmas })).after(start, sla)).toBe(due);
  });

  it.each([
    // Clocks in Berlin go forward on Sunday 2026-03-29 and back on Sunday 2026-10-25.
    ['summer time begins on the weekend between', '1bd', '2026-03-27T09:00:00.000Z', '2026-03-30T08:00:00.000Z'],
    ['summer time ends on the weekend between', '1bd', '2026-10-23T08:00:00.000Z', '2026-10-26T09:00:00.000Z'],
    ['from the Sunday of the change', '1bd', '2026-03-29T00:30:00.000Z', '2026-03-30T22:00:00.000Z'],
    ['from the hour that comes twice', '1bd', '2026-10-25T01:30:00.000Z', '2026-10-26T23:00:00.000Z'],
  ])('%s: the same local time', (_what, sla, start, due) => {
    expect(new DueDates(calendar()).after(start, sla)).toBe(due);
  });

  it.each([
    // Where Sunday is worked: 02:30 of the 29th of March does not exist, 02:30 of the 25th of October does twice.
    ['a local time that is skipped is due as much later', '2026-03-28T01:30:00.000Z', '2026-03-29T01:30:00.000Z'],
    ['a local time that comes twice is due the first time', '2026-10-24T00:30:00.000Z', '2026-10-25T00:30:00.000Z'],
    ['from the first of the two', '2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z'],
    ['from the second of the two', '2026-10-25T01:30:00.000Z', '2026-10-26T01:30:00.000Z'],
  ])('%s', (_what, start, due) => {
    expect(new DueDates(calendar({ weekend: [] })).after(start, '1bd')).toBe(due);
  });

  it.each([
    ['America/New_York', '2026-11-20T23:00:00.000Z', '2026-11-23T23:00:00.000Z'],
    ['Asia/Tokyo', '2026-11-20T23:00:00.000Z', '2026-11-23T15:00:00.000Z'],
    ['UTC', '2026-11-20T23:00:00.000Z', '2026-11-23T23:00:00.000Z'],
    ['Asia/Kathmandu', '2026-11-20T18:14:59.999Z', '2026-11-23T18:14:59.999Z'],
    ['Asia/Kathmandu', '2026-11-20T18:15:00.000Z', '2026-11-23T18:15:00.000Z'],
  ])('whether it is Friday is decided in %s', (timeZone, start, due) => {
    expect(new DueDates(calendar({ timeZone })).after(start, '1bd')).toBe(due);
  });

  it('begin late where the clock skips midnight', () => {
    // In Cairo summer time begins on Friday 2026-04-24 at 00:00, and the first minute of that day is 01:00 (22:00 UTC).
    const cairo = new DueDates(calendar({ timeZone: 'Africa/Cairo', weekend: [4, 6, 7] }));
    expect(cairo.after('2026-04-23T10:00:00.000Z', '1bd')).toBe('2026-04-26T21:00:00.000Z');
    expect(
      new DueDates(calendar({ timeZone: 'Africa/Cairo', weekend: [] })).after('2026-04-22T22:00:00.000Z', '1bd'),
    ).toBe('2026-04-23T22:00:00.000Z');
  });

  it.each([
    ['Friday and Saturday', [5, 6], '2026-11-19T12:00:00.000Z', '2026-11-22T12:00:00.000Z'],
    ['none', [], '2026-11-20T12:00:00.000Z', '2026-11-21T12:00:00.000Z'],
    ['six days', [1, 2, 3, 4, 5, 6], '2026-11-22T12:00:00.000Z', '2026-11-29T12:00:00.000Z'],
  ])('with a weekend of %s', (_what, weekend, start, due) => {
    expect(new DueDates(calendar({ weekend })).after(start, '1bd')).toBe(due);
  });

  it('are due on a business day after the start, never earlier for more of them', () => {
    const dates = new DueDates(calendar({ holidays: christmas }));
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true }),
        fc.integer({ min: 1, max: 30 }),
        (start, days) => {
          const due = dates.after(start.toISOString(), `${days}bd`);
          const local = DateTime.fromISO(due, { zone: 'Europe/Berlin' });
          expect(due > start.toISOString()).toBe(true);
          expect(local.weekday).toBeLessThan(6);
          expect(christmas).not.toContain(local.toISODate());
          expect(dates.after(start.toISOString(), `${days + 1}bd`) > due).toBe(true);
        },
      ),
    );
  });

  it('refuse what is no term', () => {
    expect(() => new DueDates(calendar()).after('2026-11-20T00:00:00.000Z', 'soon')).toThrow('soon');
  });
});
