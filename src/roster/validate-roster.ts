import type { DataSource } from 'typeorm';
import type { RosterConfig } from '../config/configuration.js';
import { fetchRoster, type FetchedRoster } from './fetch-roster.js';
import type { Instant } from './person.js';
import { readRoster, type ReadRoster, type WholeRoster } from './read-roster.js';
import type { RosterMistake } from './roster-source.js';
import { usualPortion, weighRoster } from './weigh-roster.js';

/** What importing a roster would come to. */
export type RosterPreview =
  | {
      readonly would: 'accept' | 'quarantine';
      readonly rows: number;
      readonly people: number;
      readonly headings: ReadRoster['headings'];
      readonly ignored: readonly string[];
      /** Rows that would be refused alone. */
      readonly mistakes: readonly RosterMistake[];
      /** Beside the roster in force; null without one, or without a database. */
      readonly losses: { readonly lost: number; readonly employed: number } | null;
    }
  | { readonly would: 'change nothing'; readonly why: 'it is in force' | 'it waits for a decision' }
  | { readonly would: 'refuse' | 'read nothing'; readonly mistakes: readonly RosterMistake[] };

/** Reads a roster and changes nothing. Compared with the roster in force where there is a database, else by itself. */
export async function validateRoster(
  config: RosterConfig,
  now: Instant,
  signal: AbortSignal,
  dataSource: DataSource | null,
): Promise<RosterPreview> {
  const fetched = await fetchRoster(config, now, signal);
  if ('unreachable' in fetched) return { would: 'read nothing', mistakes: [fetched.unreachable] };
  if ('refused' in fetched) return { would: 'refuse', mistakes: [fetched.refused] };
  try {
    return await preview(fetched, config, now, signal, dataSource);
  } finally {
    await fetched.content.close();
  }
}

async function preview(
  fetched: FetchedRoster,
  config: RosterConfig,
  now: Instant,
  signal: AbortSignal,
  dataSource: DataSource | null,
): Promise<RosterPreview> {
  if (dataSource === null) {
    const read = await readRoster(fetched.content, config, fetched.asOf, signal);
    return 'mistakes' in read ? { would: 'refuse', mistakes: read.mistakes } : previewOf(read, count(read), null, true);
  }
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction();
    const weighing = { now, signal, preview: true, portion: usualPortion };
    const weighed = await weighRoster(runner.manager, fetched, config, weighing);
    if (weighed.verdict === 'unchanged') return { would: 'change nothing', why: 'it is in force' };
    if (weighed.verdict === 'waits') return { would: 'change nothing', why: 'it waits for a decision' };
    if (weighed.verdict === 'refused') return { would: 'refuse', mistakes: weighed.mistakes };
    if (weighed.verdict === 'changes') return { would: 'read nothing', mistakes: [weighed.mistake] };
    const losses = weighed.inForce === null ? null : { lost: weighed.lost, employed: weighed.employed };
    return previewOf(weighed.read, weighed.people, losses, weighed.verdict === 'plausible');
  } finally {
    if (runner.isTransactionActive) await runner.rollbackTransaction();
    await runner.release();
  }
}

function previewOf(
  read: ReadRoster,
  people: number,
  losses: { lost: number; employed: number } | null,
  plausible: boolean,
): RosterPreview {
  const { rows, headings, ignored } = read;
  const mistakes = read.refused.flatMap((row) => row.mistakes);
  return { would: plausible ? 'accept' : 'quarantine', rows, people, headings, ignored, mistakes, losses };
}

function count(read: WholeRoster): number {
  let people = 0;
  for (const { data } of read.people()) if (data.sameAs === undefined) people++;
  return people;
}
