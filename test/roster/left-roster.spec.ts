import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Rosters, company, header } from './rosters.js';

const night = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`;
/** Twenty people without the first, told apart by who is new. */
const lacking = (others: number): string => company(20 + others, (number, line) => (number === 1 ? null : line));

const gone = (extra: number): string =>
  company(20 + extra, (number, line) => (number === 1 ? line.replace('active', 'terminated') : line));

describe('somebody whom the roster no longer has', () => {
  let rosters: Rosters;
  beforeEach(async () => {
    rosters = await Rosters.open();
  });
  afterEach(() => rosters.close());

  it('is unknown after one roster, and has left after two, on the date of the last that had them', async () => {
    await rosters.read(company(20), night(2), { asOf: '2026-11-01T12:00:00.000Z' });
    await rosters.read(lacking(0), night(3));
    expect(await rosters.employment('E1', night(3))).toEqual({ state: 'unknown', reason: 'LEFT_ROSTER' });
    await rosters.import(night(4));
    expect(await rosters.state('E1', night(4))).toBe('LEFT_ROSTER');
    await rosters.read(lacking(1), night(5));
    expect(await rosters.employment('E1', night(5))).toEqual({
      state: 'ended',
      lastDay: '2026-11-01',
      endedAt: '2026-11-01T23:00:00.000Z',
      inferred: true,
    });
    const data = await rosters.person('E1');
    await rosters.read(lacking(2), night(6));
    expect(await rosters.person('E1')).toEqual(data);
    expect(data).toMatchObject({ fullName: 'Person 1', workEmail: 'p1@acme.com' });
  });

  it('counts the day on which the file in force was last seen', async () => {
    await rosters.read(company(20), night(2));
    await rosters.read(company(20), night(8));
    await rosters.read(lacking(0), night(9));
    await rosters.read(lacking(1), night(10));
    expect(await rosters.employment('E1', night(10))).toMatchObject({ lastDay: '2026-11-08' });
  });

  it('does not leave twice by one file under another configuration', async () => {
    await rosters.read(company(20), night(2));
    await rosters.read(lacking(0), night(3));
    expect(await rosters.import(night(4), { statuses: { weg: 'terminated' } })).toMatchObject({ outcome: 'accepted' });
    expect(await rosters.state('E1', night(4))).toBe('LEFT_ROSTER');
  });

  it('has left at once where the roster holds current staff only', async () => {
    const config = { currentStaffOnly: true };
    await rosters.read(company(20), night(2), config);
    await rosters.read(lacking(0), night(3), config);
    expect(await rosters.employment('E1', night(3))).toMatchObject({
      state: 'ended',
      lastDay: '2026-11-02',
      inferred: true,
    });
  });

  it('never leaves later than the clock', async () => {
    const config = { currentStaffOnly: true };
    await rosters.read(company(20), '2026-11-02T08:00:00.000Z', config);
    await rosters.read(lacking(0), '2026-11-02T09:00:00.000Z', config);
    expect(await rosters.employment('E1', '2026-11-02T09:00:00.000Z')).toMatchObject({
      state: 'ended',
      lastDay: '2026-11-02',
      endedAt: '2026-11-02T09:00:00.000Z',
    });
    expect(await rosters.state('E1', '2026-11-02T08:59:00.000Z')).toBe('employed');
  });

  it('is as before when a later roster has them again', async () => {
    await rosters.read(company(20), night(2));
    await rosters.read(lacking(0), night(3));
    await rosters.read(company(20), night(4));
    expect(await rosters.state('E1', night(4))).toBe('employed');
    await rosters.read(lacking(0), night(5));
    expect(await rosters.state('E1', night(5))).toBe('LEFT_ROSTER');
    await rosters.read(lacking(1), night(6));
    await rosters.read(company(20), night(7));
    expect(await rosters.state('E1', night(7))).toBe('employed');
    expect(await rosters.person('E1')).not.toHaveProperty('leftOn');
  });

  it('stays ended with their date if they had left before', async () => {
    await rosters.read(
      company(20, (number, line) => (number === 1 ? `${line}2026-10-15` : line)),
      night(2),
    );
    for (const day of [3, 4, 5]) {
      await rosters.read(lacking(day), night(day));
      expect(await rosters.employment('E1', night(day))).toMatchObject({
        state: 'ended',
        lastDay: '2026-10-15',
        inferred: false,
      });
    }
  });

  it('has left on the last working day that HR announced, once it has passed', async () => {
    await rosters.read(
      company(20, (number, line) => (number === 1 ? `${line}2026-11-04` : line)),
      night(2),
    );
    await rosters.read(lacking(0), night(3));
    expect(await rosters.state('E1', night(3))).toBe('LEFT_ROSTER');
    expect(await rosters.employment('E1', night(5))).toMatchObject({
      state: 'ended',
      lastDay: '2026-11-04',
      inferred: false,
    });
    await rosters.read(lacking(1), night(6));
    expect(await rosters.employment('E1', night(6))).toMatchObject({
      state: 'ended',
      lastDay: '2026-11-04',
      inferred: false,
    });
  });

  it('does not start by itself after the offer vanished from the roster', async () => {
    await rosters.read(
      company(20, (number, line) => (number === 1 ? line.replace('2020-01-01', '2026-11-06') : line)),
      night(2),
    );
    await rosters.read(lacking(0), night(3));
    await rosters.read(lacking(1), night(4));
    expect(await rosters.state('E1', night(7))).toBe('ended');
  });

  it('is no longer in doubt for ever because their last row could not be read', async () => {
    await rosters.read(
      company(20, (number, line) => (number === 1 ? line.replace('active', 'asleep') : line)),
      night(2),
    );
    await rosters.read(lacking(0), night(3));
    expect(await rosters.state('E1', night(3))).toBe('LEFT_ROSTER');
    await rosters.read(lacking(1), night(4));
    expect(await rosters.state('E1', night(4))).toBe('ended');
  });

  it('was terminated without a date: gone since a roster first said so', async () => {
    await rosters.read(company(20), night(2));
    await rosters.read(gone(0), night(4), { asOf: '2026-11-03T10:00:00.000Z' });
    const first = { state: 'ended', lastDay: null, endedAt: '2026-11-03T10:00:00.000Z', inferred: true };
    expect(await rosters.employment('E1', night(4))).toMatchObject(first);
    await rosters.read(gone(1), night(8));
    expect(await rosters.employment('E1', night(8))).toMatchObject(first);
    await rosters.read(company(20), night(9));
    expect(await rosters.state('E1', night(9))).toBe('employed');
    await rosters.read(gone(2), night(10));
    expect(await rosters.employment('E1', night(10))).toMatchObject({ state: 'ended', endedAt: night(10) });
  });

  it('was never employed if terminated before the first day', async () => {
    await rosters.read(`${header}\nE1,A,a@acme.com,terminated,2027-01-01,\nE2,B,b@acme.com,active,,\n`, night(2));
    expect(await rosters.state('E1', '2027-02-01T00:00:00.000Z')).toBe('ended');
  });
});
