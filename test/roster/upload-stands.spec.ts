import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RosterImport, type RosterOutcome } from '../../src/roster/roster-import.js';
import { company, Rosters } from './rosters.js';

let rosters: Rosters;
/** A whole second, as file systems keep it exactly. */
const at = (hours: number): string => new Date((Math.floor(Date.now() / 1_000) + hours * 3_600) * 1_000).toISOString();
const left = (person: number): string =>
  company(30, (number, line) => (number === person ? `${line}2020-12-31`.replace('active', 'terminated') : line));

beforeEach(async () => {
  rosters = await Rosters.open();
});
afterEach(() => rosters.close());

async function upload(text: string, hours = 0): Promise<Record<string, unknown>> {
  const given = { bytes: Buffer.from(text), asOf: hours === 0 ? null : at(hours), by: 'ops' };
  const { signal } = new AbortController();
  return { ...(await new RosterImport(rosters.database.dataSource).upload(given, rosters.config, signal)) };
}
const lastReading = async (): Promise<unknown> =>
  (await rosters.query<object>('select outcome, message, roster_id from roster_reading order by id desc limit 1'))[0];

describe('an upload', () => {
  it('stands over the nights on which the configured file has nothing newer, and ages', async () => {
    const first: RosterOutcome = await rosters.read(company(30), at(-48));
    expect(first.outcome).toBe('accepted');
    const { id, asOf } = await upload(left(3));
    for (const hours of [12, 36]) {
      expect(await rosters.import(at(hours))).toMatchObject({
        outcome: 'unchanged',
        id,
        people: 30,
        employed: 29,
        asOf,
      });
      expect(await lastReading()).toMatchObject({
        outcome: 'unchanged',
        roster_id: id,
        message: expect.stringContaining('stays in force'),
      });
    }
    expect(await rosters.state('E3', at(36))).toBe('ended');
    expect(await rosters.query('select as_of from roster where id = $1', [id])).toEqual([
      { as_of: new Date(String(asOf)) },
    ]);
  });

  it('is replaced by a file of a later time, as any roster', async () => {
    await rosters.read(company(30), at(-48));
    await upload(left(3));
    expect(await rosters.read(left(4), at(12))).toMatchObject({ outcome: 'accepted' });
    expect(await rosters.state('E4', at(12))).toBe('ended');
    expect(await rosters.state('E3', at(12))).toBe('employed');
  });

  it('is confirmed by the same file, and is then as young as that', async () => {
    const { id } = await upload(left(3));
    const later = at(12);
    expect(await rosters.read(left(3), later)).toMatchObject({ outcome: 'unchanged', id, asOf: later, message: null });
    expect(await rosters.read(left(3), at(24), { asOf: at(-48) })).toMatchObject({
      outcome: 'unchanged',
      id,
      message: null,
    });
  });

  it('of an earlier time than the file gives way to it', async () => {
    await upload(left(3), -48);
    expect(await rosters.read(company(30), at(12), { asOf: at(-24) })).toMatchObject({ outcome: 'accepted' });
    expect(await rosters.state('E3', at(12))).toBe('employed');
  });

  it('that waits for a decision is not overtaken by an older file', async () => {
    const { id: inForce } = { ...(await rosters.read(company(30), at(-48))) } as { id: string };
    const { id, outcome } = await upload(company(15));
    expect(outcome).toBe('quarantined');
    expect(await rosters.import(at(12))).toMatchObject({ outcome: 'unchanged', id: inForce });
    expect(await lastReading()).toMatchObject({ message: expect.stringContaining('waits for a decision') });
    expect(await rosters.query('select state from roster where id = $1', [id])).toEqual([{ state: 'quarantined' }]);
    expect(await rosters.read(company(31), at(24))).toMatchObject({ outcome: 'accepted' });
    expect(await rosters.query('select state from roster where id = $1', [id])).toEqual([{ state: 'superseded' }]);
  });

  it('that was rejected leaves the configured file in force', async () => {
    await rosters.read(company(30), at(-48));
    const { id } = await upload(company(15));
    await rosters.decisions.reject(String(id), 'wrong export', 'ops', at(1));
    expect(await rosters.import(at(12))).toMatchObject({ outcome: 'unchanged', message: null });
  });

  it('stands when the configured file cannot be had', async () => {
    const { id } = await upload(company(30));
    expect(await rosters.import(at(12))).toMatchObject({ outcome: 'unreachable', first: false });
    expect(await rosters.query(`select id from roster where state = 'accepted'`)).toEqual([{ id }]);
  });
});
