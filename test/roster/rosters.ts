import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RosterConfig } from '../../src/config/configuration.js';
import { RosterDecisions } from '../../src/roster/roster-decisions.js';
import { RosterImport, type RosterOutcome } from '../../src/roster/roster-import.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

/** A company whose HR department writes one file after another, read into a database of its own. */
export class Rosters {
  private constructor(
    readonly database: TestDatabase,
    readonly directory: string,
  ) {}

  static async open(): Promise<Rosters> {
    return new Rosters(await testDatabase(), await mkdtemp(join(tmpdir(), 'hubwarden-roster-')));
  }

  async close(): Promise<void> {
    await this.database.drop();
    await rm(this.directory, { recursive: true, force: true });
  }

  get config(): RosterConfig {
    return {
      source: join(this.directory, 'people.csv'),
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
  }

  get decisions(): RosterDecisions {
    return new RosterDecisions(this.database.dataSource);
  }

  /** Writes the file, as of the clock unless told otherwise, and imports it. */
  async read(
    text: string,
    now: string,
    { asOf = now, ...config }: Partial<RosterConfig> & { asOf?: string } = {},
  ): Promise<RosterOutcome> {
    await writeFile(this.config.source, text);
    await utimes(this.config.source, new Date(asOf), new Date(asOf));
    return this.import(now, config);
  }

  async import(now: string, config: Partial<RosterConfig> = {}): Promise<RosterOutcome> {
    const signal = new AbortController().signal;
    return new RosterImport(this.database.dataSource).import({ ...this.config, ...config }, now, signal);
  }

  /** `employment_at` of one person in force; null: nobody of that id. */
  async employment(id: string, clock: string): Promise<Record<string, unknown> | null> {
    const [row]: { employment: Record<string, unknown> }[] = await this.query(
      'select employment_at(data, $2) as employment from person where employee_id = $1 and last_roster is null',
      [id, clock],
    );
    return row?.employment ?? null;
  }

  async state(id: string, clock: string): Promise<unknown> {
    const employment = await this.employment(id, clock);
    return employment === null
      ? 'nobody'
      : employment['state'] === 'unknown'
        ? employment['reason']
        : employment['state'];
  }

  async person(id: string): Promise<Record<string, unknown> | undefined> {
    const [row]: { data: Record<string, unknown> }[] = await this.query(
      'select data from person where employee_id = $1 and last_roster is null',
      [id],
    );
    return row?.data;
  }

  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.database.dataSource.query(sql, [...parameters]);
  }
}

export const header = 'employee_id,full_name,work_email,status,start_date,end_date';

/** `count` people, E1 to En, employed since 2020. `change` edits or drops (null) one line by its number. */
export function company(
  count: number,
  change: (number: number, line: string) => string | null = (_, line) => line,
): string {
  const lines = Array.from({ length: count }, (_, index) => {
    const number = index + 1;
    return change(number, `E${number},Person ${number},p${number}@acme.com,active,2020-01-01,`);
  });
  return `${[header, ...lines.filter((line) => line !== null)].join('\n')}\n`;
}
