import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Rosters, company } from './rosters.js';

const night = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`;
const without = (count: number, lost: number): string =>
  company(count, (number, line) => (number <= lost ? null : line));
const ended = (count: number, lost: number): string =>
  company(count, (number, line) => (number <= lost ? `${line}2026-10-31` : line));

describe('the guard against rosters that lost people', () => {
  let rosters: Rosters;
  beforeEach(async () => {
    rosters = await Rosters.open();
  });
  afterEach(() => rosters.close());

  it.each([
    [12, 5, 'accepted'],
    [12, 6, 'quarantined'],
    [60, 6, 'accepted'],
    [60, 7, 'quarantined'],
    [101, 10, 'accepted'],
    [101, 11, 'quarantined'],
  ])('of %i people %i missing: %s', async (people, lost, outcome) => {
    await rosters.read(company(people), night(1));
    expect(await rosters.read(without(people, lost), night(2))).toMatchObject({ outcome });
  });

  it.each([
    ['newly ended', (number: number, line: string) => (number <= 6 ? `${line}2026-10-31` : line)],
    [
      'said to be terminated',
      (number: number, line: string) => (number <= 6 ? line.replace('active', 'terminated') : line),
    ],
    [
      'said not to have started',
      (number: number, line: string) => (number <= 6 ? line.replace('2020-01-01', '2027-01-01') : line),
    ],
    [
      'somebody else under the same id',
      (number: number, line: string) =>
        number <= 6 ? `E${number},Stranger ${number},s${number}@acme.com,active,2020-01-01,` : line,
    ],
  ])('counts those who are %s', async (_, change) => {
    await rosters.read(company(20), night(1));
    expect(await rosters.read(company(20, change), night(2))).toMatchObject({
      outcome: 'quarantined',
      lost: 6,
      employed: 20,
    });
  });

  it('does not count those who had left before, nor those whose last day has come, nor refused rows', async () => {
    await rosters.read(
      company(30, (number, line) => (number <= 20 ? `${line}2026-11-${number === 20 ? '05' : '03'}` : line)),
      night(1),
    );
    expect(await rosters.read(without(30, 20), night(7))).toMatchObject({ outcome: 'accepted' });
    expect(await rosters.state('E20', night(7))).toBe('ended');
  });

  it('keeps the roster in force while a newer one waits, however often that is read', async () => {
    await rosters.read(company(20), night(1));
    const message =
      'Roster 2 waits in quarantine: 8 of the 20 people employed in the roster in force are missing from it or newly ended. ' +
      'Decide with: hubwarden roster accept 2 --reason "…", or: hubwarden roster reject 2 --reason "…".';
    const waits = { outcome: 'quarantined', id: '2', lost: 8, employed: 20, message };
    expect(await rosters.read(without(20, 8), night(2))).toMatchObject(waits);
    expect(await rosters.import(night(3))).toMatchObject(waits);
    const said = { outcome: 'quarantined', message };
    expect(
      await rosters.query(`select outcome, message from roster_reading where roster_id = '2' order by id`),
    ).toEqual([said, said]);
    expect(await rosters.query('select id, state from roster order by id')).toEqual([
      { id: '1', state: 'accepted' },
      { id: '2', state: 'quarantined' },
    ]);
    expect(await rosters.state('E1', night(3))).toBe('employed');
    expect(await rosters.query('select id from person where last_roster is not null')).toEqual([]);
  });

  it('judges a newer one anew, which overtakes the one that waited', async () => {
    await rosters.read(company(20), night(1));
    await rosters.read(without(20, 8), night(2));
    expect(await rosters.read(without(20, 9), night(3))).toMatchObject({ outcome: 'quarantined', id: '3' });
    expect(await rosters.read(without(20, 1), night(4))).toMatchObject({ outcome: 'accepted', id: '4' });
    expect(await rosters.query('select state from roster order by id')).toEqual(
      ['accepted', 'superseded', 'superseded', 'accepted'].map((state) => ({ state })),
    );
    expect(await rosters.query('select * from roster_candidate')).toEqual([]);
  });

  it('lets go of the one that waited when the file is again what is in force', async () => {
    await rosters.read(company(20), night(1));
    await rosters.read(without(20, 8), night(2));
    expect(await rosters.read(company(20), night(3))).toMatchObject({ outcome: 'unchanged', id: '1' });
    expect(await rosters.query(`select id from roster where state = 'quarantined'`)).toEqual([]);
  });

  it('puts it in force when somebody accepts it, once', async () => {
    await rosters.read(company(20), night(1));
    await rosters.read(ended(20, 8), night(2));
    const decided = await rosters.decisions.accept('2', ' the Lyon office closed ', 'jane', night(3));
    expect(decided).toEqual({ outcome: 'accepted', id: '2', people: 20, employed: 12 });
    expect(await rosters.employment('E1', night(3))).toMatchObject({
      state: 'ended',
      lastDay: '2026-10-31',
      inferred: false,
    });
    expect(await rosters.state('E9', night(3))).toBe('employed');
    expect(
      await rosters.query('select decided_by, decision_reason, decided_at::text from roster where id = 2'),
    ).toEqual([
      { decided_by: 'jane', decision_reason: 'the Lyon office closed', decided_at: '2026-11-03 02:00:00+00' },
    ]);
    expect(await rosters.import(night(4))).toMatchObject({ outcome: 'unchanged', id: '2' });
    expect(await rosters.decisions.accept('2', 'again', 'jane', night(4))).toEqual({
      outcome: 'refused',
      why: 'decided',
      message: 'Roster 2 was accepted already by jane; a roster is decided once.',
    });
    // The next loss is judged by itself.
    expect(await rosters.read(without(20, 15), night(5))).toMatchObject({
      outcome: 'quarantined',
      lost: 7,
      employed: 12,
    });
  });

  it('takes the people whom an accepted one lacks for missing, and the next decides', async () => {
    await rosters.read(company(20), night(1));
    await rosters.read(without(20, 8), night(2));
    await rosters.decisions.accept('2', 'reorganisation', 'jane', night(3));
    expect(await rosters.state('E1', night(3))).toBe('LEFT_ROSTER');
    await rosters.read(`${without(20, 8)}E21,New,new@acme.com,active,2026-11-01,\n`, night(4));
    expect(await rosters.employment('E1', night(4))).toMatchObject({
      state: 'ended',
      lastDay: '2026-11-01',
      inferred: true,
    });
  });

  it('refuses a rejected file for good, and judges the next one', async () => {
    await rosters.read(company(20), night(1));
    await rosters.read(without(20, 8), night(2));
    expect(await rosters.decisions.reject('2', 'cut off', 'jane', night(2))).toEqual({ outcome: 'rejected', id: '2' });
    for (const day of [3, 4]) {
      expect(await rosters.import(night(day))).toMatchObject({
        outcome: 'refused',
        first: false,
        mistakes: [{ message: 'this is roster 2 again, which was rejected (“cut off”); expected another export.' }],
      });
    }
    expect(await rosters.query('select id from roster')).toHaveLength(2);
    expect(await rosters.read(without(20, 7), night(5))).toMatchObject({ outcome: 'quarantined', id: '3' });
  });

  it.each([
    ['2', '  ', 'reason', 'A decision about a roster needs a reason; expected a few words.'],
    ['two', 'why', 'unknown', '“two” is not the number of a roster; expected that of one in quarantine.'],
    ['77', 'why', 'unknown', 'There is no roster 77; expected the number of one in quarantine.'],
    ['1', 'why', 'decided', 'Roster 1 was accepted already; a roster is decided once.'],
  ])('decides nothing about %j because of %j (%s)', async (id, reason, why, message) => {
    await rosters.read(company(20), night(1));
    await rosters.read(without(20, 8), night(2));
    expect(await rosters.decisions.accept(id, reason, 'jane', night(3))).toEqual({ outcome: 'refused', why, message });
    expect(await rosters.decisions.reject(id, reason, 'jane', night(3))).toEqual({ outcome: 'refused', why, message });
    expect(await rosters.state('E1', night(3))).toBe('employed');
  });

  it('decides nothing about one that was overtaken', async () => {
    await rosters.read(company(20), night(1));
    await rosters.read(without(20, 8), night(2));
    await rosters.read(without(20, 9), night(3));
    expect(await rosters.decisions.accept('2', 'why', 'jane', night(4))).toEqual({
      outcome: 'refused',
      why: 'decided',
      message: 'Roster 2 no longer waits: a newer one has been read since.',
    });
  });
});
