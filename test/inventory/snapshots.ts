import type { DataSource } from 'typeorm';
import { HubSync, type SyncOptions, type SyncOutcome } from '../../src/inventory/hub-sync.js';
import type { HubReader } from '../../src/inventory/hub-reader.js';
import type { DatasetReading } from '../../src/inventory/judge-datasets.js';

export const night = '2026-11-21T02:00:00.000Z';
export const machineNight = Date.parse('2026-11-21T02:00:07.000Z');

export async function sync(
  dataSource: DataSource,
  reader: HubReader,
  options: Partial<SyncOptions> = {},
  organization = 'acme',
): Promise<SyncOutcome> {
  return new HubSync(dataSource).sync(organization, reader, {
    now: night,
    machineNow: () => machineNight,
    deadline: Infinity,
    patienceMs: 0,
    ...options,
  });
}

export type Sealed = Extract<SyncOutcome, { state: 'sealed' }>;

export async function sealedSync(...given: Parameters<typeof sync>): Promise<Sealed> {
  const outcome = await sync(...given);
  if (outcome.state !== 'sealed') throw new Error(`The run is ${outcome.state}.`);
  return outcome;
}

export function readingOf({ datasets }: Sealed, name: string): DatasetReading {
  const reading = datasets.find(({ dataset }) => dataset === name);
  if (reading === undefined) throw new Error(`There is no reading of ${name}.`);
  return reading;
}

/** One line for each row that stands in the snapshot, in an order of their own. */
export async function contentOf(dataSource: DataSource, runId: string, dataset?: string): Promise<string[]> {
  const rows: { line: string }[] = await dataSource.query(
    `select dataset || ' ' || key || ' ' || data::text as line from observation
      where first_snapshot <= $1 and (last_snapshot is null or last_snapshot > $1) and ($2::text is null or dataset = $2)
        and organization_id = (select organization_id from sync_run where id = $1)
      order by dataset collate "C", key collate "C"`,
    [runId, dataset ?? null],
  );
  return rows.map(({ line }) => line);
}

export async function keysOf(dataSource: DataSource, runId: string, dataset: string): Promise<string[]> {
  return (await contentOf(dataSource, runId, dataset)).map((line) => line.split(' ')[1] ?? '');
}

export async function unverifiedIn(dataSource: DataSource, runId: string): Promise<string[]> {
  const rows: { line: string }[] = await dataSource.query(
    `select dataset || ' ' || key as line from unverified join observation on observation.id = observation_id
      where snapshot = $1 order by dataset collate "C", key collate "C"`,
    [runId],
  );
  return rows.map(({ line }) => line);
}

/** What a reader of the database may see besides the rows: ids of rows, their ranges, and what is still staged. */
export async function traces(
  dataSource: DataSource,
): Promise<{ observations: unknown[]; staged: number; listings: number }> {
  const [counts]: [{ staged: number; listings: number }] = await dataSource.query(
    `select (select count(*)::integer from staged_observation) as staged, (select count(*)::integer from listing) as listings`,
  );
  const observations: unknown[] = await dataSource.query(
    'select id, xmin::text, first_snapshot, last_snapshot from observation order by id',
  );
  return { observations, ...counts };
}
