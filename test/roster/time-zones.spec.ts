import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Rosters, header } from './rosters.js';

describe('the last working day', () => {
  let rosters: Rosters;
  beforeAll(async () => {
    rosters = await Rosters.open();
  });
  afterAll(() => rosters.close());

  it.each([
    // In the roster's time zone; the last instant employed and the first one not.
    ['Europe/Berlin', '2026-11-20', '2026-11-20T22:59:59.999Z', '2026-11-20T23:00:00.000Z'],
    ['Europe/Berlin', '2026-07-20', '2026-07-20T21:59:59.999Z', '2026-07-20T22:00:00.000Z'],
    ['Europe/Berlin', '2026-03-29', '2026-03-29T21:59:59.999Z', '2026-03-29T22:00:00.000Z'],
    ['Europe/Berlin', '2026-10-25', '2026-10-25T22:59:59.999Z', '2026-10-25T23:00:00.000Z'],
    ['America/Los_Angeles', '2026-11-20', '2026-11-21T07:59:59.999Z', '2026-11-21T08:00:00.000Z'],
    ['Pacific/Auckland', '2026-11-20', '2026-11-20T10:59:59.999Z', '2026-11-20T11:00:00.000Z'],
    ['Africa/Cairo', '2026-04-23', '2026-04-23T21:59:59.999Z', '2026-04-23T22:00:00.000Z'],
  ])('in %s on %s is worked to its end', async (timeZone, day, employed, gone) => {
    await rosters.read(
      `${header}\nE1,A,a@acme.com,active,2020-01-01,${day}\nE2,B,b@acme.com,active,,\n`,
      '2026-01-01T00:00:00.000Z',
      { timeZone },
    );
    expect(await rosters.employment('E1', employed)).toMatchObject({ state: 'employed', lastDay: day });
    expect(await rosters.employment('E1', gone)).toMatchObject({
      state: 'ended',
      lastDay: day,
      endedAt: gone,
      inferred: false,
    });
  });

  it('comes after the first, which begins at midnight there', async () => {
    await rosters.read(
      `${header}\nE1,A,a@acme.com,active,2026-03-30,\nE2,B,b@acme.com,active,,\n`,
      '2026-01-02T00:00:00.000Z',
    );
    expect(await rosters.employment('E1', '2026-03-29T21:59:59.999Z')).toMatchObject({
      state: 'not_started',
      firstDay: '2026-03-30',
    });
    expect(await rosters.state('E1', '2026-03-29T22:00:00.000Z')).toBe('employed');
  });

  it.each([
    ['active, with a date that has passed', 'active,2020-01-01,2026-01-31', 'ended'],
    ['on leave, with a date that has passed', 'on_leave,2020-01-01,2026-01-31', 'ended'],
    ['terminated, with a date to come', 'terminated,2020-01-01,2027-01-31', 'employed'],
    ['pending, since long ago', 'pending,2020-01-01,', 'employed'],
    ['active, from a date to come', 'active,2027-01-01,', 'not_started'],
    ['on leave', 'on_leave,2020-01-01,', 'employed'],
    ['terminated', 'terminated,2020-01-01,', 'ended'],
    ['nothing, with a date that has passed', ',2020-01-01,2026-01-31', 'ended'],
    ['nothing, with a date to come', ',2020-01-01,2027-01-31', 'employed'],
    ['nothing', ',2020-01-01,', 'HR_STATUS_UNKNOWN'],
  ])('decides, not the status: %s', async (what, said, state) => {
    await rosters.read(
      `${header}\nE1,${what.replaceAll(',', '')},a@acme.com,${said}\nE2,B,b@acme.com,active,,\n`,
      '2026-06-01T00:00:00.000Z',
    );
    expect(await rosters.state('E1', '2026-06-01T00:00:00.000Z')).toBe(state);
  });
});
