import type { RosterConfig } from '../../src/config/configuration.js';
import type { Person } from '../../src/roster/person.js';
import { readRoster, type WholeRoster } from '../../src/roster/read-roster.js';

/** A configuration that says no more than it must. */
export const rosterConfig: RosterConfig = {
  source: 'people.csv',
  headers: {},
  format: 'csv',
  timeZone: 'Europe/Berlin',
  dateFormat: null,
  columns: {},
  statuses: {},
  currentStaffOnly: false,
  maxAge: '8d',
  maxAgeMs: 691_200_000,
};

export const asOf = '2026-11-20T10:00:00.000Z';

export async function read(file: string | Buffer, config: Partial<RosterConfig> = {}): Promise<WholeRoster> {
  const bytes = typeof file === 'string' ? Buffer.from(file) : file;
  const roster = await readRoster(bytes, { ...rosterConfig, ...config }, asOf);
  if ('mistakes' in roster) throw new Error(JSON.stringify(roster.mistakes));
  return roster;
}

export async function peopleOf(file: string | Buffer, config: Partial<RosterConfig> = {}): Promise<Person[]> {
  return [...(await read(file, config)).people()];
}
