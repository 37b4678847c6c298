import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RosterImport } from '../../src/roster/roster-import.js';
import { company, header, Rosters } from './rosters.js';

let rosters: Rosters;
beforeEach(async () => {
  rosters = await Rosters.open();
});
afterEach(() => rosters.close());

const at = (hours: number): string => new Date((Math.floor(Date.now() / 1_000) + hours * 3_600) * 1_000).toISOString();

/** E3 has left, and only the last day says so. */
const left = company(30, (number, line) => (number === 3 ? `${line}2020-12-31` : line));
const people = (...fields: readonly string[]): object[] =>
  left
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => {
      const cells = line.split(',');
      const columns = header.split(',').map((name, index): [string, string] => [name, cells[index] ?? '']);
      return Object.fromEntries(columns.filter(([name]) => fields.includes(name)));
    });

async function upload(format: 'csv' | 'json', body: string): Promise<string> {
  const { signal } = new AbortController();
  const given = { bytes: Buffer.from(body), asOf: null, by: 'ops' };
  const outcome = await new RosterImport(rosters.database.dataSource).upload(
    given,
    { ...rosters.config, format },
    signal,
  );
  return outcome.outcome;
}

describe('an upload in another format than the configured source', () => {
  it('may not lack a column that the roster in force has', async () => {
    await rosters.read(left, at(-1));
    const without = JSON.stringify(people('employee_id', 'full_name', 'work_email', 'status', 'start_date'));
    expect(await upload('json', without)).toBe('refused');
    expect(await rosters.state('E3', at(0))).toBe('ended');
    expect(await upload('json', JSON.stringify(people(...header.split(','))))).toBe('accepted');
    expect(await rosters.state('E3', at(0))).toBe('ended');
  });

  it('does not let the configured source lose a column', async () => {
    await rosters.read(left, at(-1));
    expect(await upload('json', JSON.stringify(people(...header.split(','))))).toBe('accepted');
    const narrow = left.replaceAll(/,[^,\n]*$/gm, '');
    expect(narrow.split('\n')[0]).toBe('employee_id,full_name,work_email,status,start_date');
    expect(await rosters.read(narrow, at(1))).toMatchObject({ outcome: 'refused' });
    expect(await rosters.state('E3', at(1))).toBe('ended');
    expect(await rosters.read(company(31), at(2))).toMatchObject({ outcome: 'accepted' });
  });

  it('is no reason to refuse a configured source that never had its columns', async () => {
    const few = ['employee_id', 'work_email', 'status'];
    const directory = JSON.stringify(people(...few));
    expect(await rosters.read(directory, at(-1), { format: 'json' })).toMatchObject({ outcome: 'accepted' });
    expect(await upload('csv', company(30))).toBe('accepted');
    const next = JSON.stringify([
      ...people(...few),
      { employee_id: 'E31', work_email: 'x@acme.com', status: 'active' },
    ]);
    expect(await rosters.read(next, at(1), { format: 'json' })).toMatchObject({ outcome: 'accepted' });
  });
});
