import type { EntityManager } from 'typeorm';
import type { RosterConfig } from '../config/configuration.js';
import type { Content } from './content.js';
import { changesMeanwhile, nameOf, type FetchedRoster } from './fetch-roster.js';
import { fingerprintOf, type Fingerprint } from './fingerprint.js';
import type { Mentions } from './mentioned-people.query.js';
import { countAtStake, countLosses } from './next-people.query.js';
import type { Instant } from './person.js';
import { readInto, type ReadRoster, type RefusedRoster } from './read-roster.js';
import { columnSettings, goneColumns } from './resolve-columns.js';
import { rosterInForce, type RosterInForce } from './roster-in-force.js';
import { mistakeAt, type RosterMistake } from './roster-source.js';
import { sourceOf } from './sources.js';
import { StagedPeople } from './stage-people.js';
import { findGone, nextRosterId } from './staged-people.query.js';
import { columnsToKeep } from './uploads.query.js';
import { WorkingDays } from './working-days.js';

/** What one roster comes to beside the one in force, before anything is written. */
export type Weighed =
  | { readonly verdict: 'unchanged'; readonly inForce: RosterInForce }
  | {
      readonly verdict: 'waits';
      readonly id: string;
      readonly lost: number;
      readonly employed: number;
      readonly inForce: RosterInForce | null;
    }
  | { readonly verdict: 'refused'; readonly mistakes: readonly RosterMistake[]; readonly inForce: RosterInForce | null }
  /** Somebody writes it while it is read. */
  | { readonly verdict: 'changes'; readonly mistake: RosterMistake; readonly inForce: RosterInForce | null }
  | (Staged & { readonly verdict: 'plausible' | 'implausible' });

/** Read, and its people staged. */
export interface Staged {
  readonly read: ReadRoster;
  readonly fingerprint: Fingerprint;
  readonly mentions: Mentions;
  readonly people: number;
  /** Of the roster in force; 0 for the first. */
  readonly employed: number;
  readonly lost: number;
  readonly inForce: RosterInForce | null;
  /** Under which number its people are written already; null but for the first. */
  readonly firstRoster: string | null;
}

/** How a roster is weighed. */
export interface Weighing {
  readonly now: Instant;
  readonly signal: AbortSignal;
  /** Nothing of it will stay. */
  readonly preview: boolean;
  /** How many rows travel to the database together. */
  readonly portion: number;
}

export const usualPortion = 4_000;

/** Inside a transaction: it makes tables that live as long. */
export async function weighRoster(
  manager: EntityManager,
  { content, digest, asOf }: FetchedRoster,
  config: RosterConfig,
  { now, signal, preview, portion }: Weighing,
): Promise<Weighed> {
  const inForce = await rosterInForce(manager);
  const fingerprint = fingerprintOf(digest, config);
  if (inForce?.fingerprint === fingerprint.whole) return { verdict: 'unchanged', inForce };
  const decided = await seenBefore(manager, fingerprint, inForce, now);
  if (decided !== null) return decided;

  const { currentStaffOnly } = columnSettings(config, sourceOf(config.format));
  const firstRoster = inForce === null && !preview ? await nextRosterId(manager) : null;
  const staged = await StagedPeople.begin(manager, {
    assembling: { days: new WorkingDays(config.timeZone), asOf, currentStaffOnly },
    now,
    firstRoster,
    portion,
  });
  const refuse = async (mistakes: readonly RosterMistake[]): Promise<Weighed> => {
    await staged.forget();
    return { verdict: 'refused', mistakes, inForce };
  };
  const read = await readSettled(staged, content, config, signal);
  if ('mistakes' in read) return refuse(read.mistakes);
  if (!(await content.unchanged())) {
    await staged.forget();
    return { verdict: 'changes', mistake: changesMeanwhile(nameOf(config.source)), inForce };
  }
  const gone = goneColumns(await columnsToKeep(manager, config), read);
  if (gone.length > 0) return refuse(gone);

  const mentions = read.refused.map((row) => row.mentions);
  const people = await staged.join();
  if (inForce !== null) await findGone(manager);
  const losses = inForce === null ? { employed: 0, lost: 0 } : await countLosses(manager, mentions, now);
  return {
    verdict: plausible(losses) ? 'plausible' : 'implausible',
    read,
    fingerprint,
    mentions,
    people,
    ...losses,
    inForce,
    firstRoster,
  };
}

async function readSettled(
  staged: StagedPeople,
  content: Content,
  config: RosterConfig,
  signal: AbortSignal,
): Promise<ReadRoster | RefusedRoster> {
  try {
    return await readInto(staged, content, config, signal);
  } finally {
    await staged.settle();
  }
}

/** More than this share of the employed does not leave between two readings, nor do more than a handful of few. */
function plausible({ employed, lost }: { readonly employed: number; readonly lost: number }): boolean {
  return lost <= Math.max(5, employed / 10);
}

async function seenBefore(
  manager: EntityManager,
  fingerprint: Fingerprint,
  inForce: RosterInForce | null,
  now: Instant,
): Promise<Weighed | null> {
  const [same]: { id: string; state: string; lost: number; decision_reason: string | null }[] = await manager.query(
    `select id, state, lost, decision_reason from roster
      where fingerprint = $1 and state in ('quarantined', 'rejected') order by id desc limit 1`,
    [fingerprint.whole],
  );
  if (same === undefined) return null;
  if (same.state === 'quarantined') {
    return { verdict: 'waits', id: same.id, lost: same.lost, employed: await countAtStake(manager, now), inForce };
  }
  const reason = same.decision_reason === null ? '' : ` (“${same.decision_reason}”)`;
  return {
    verdict: 'refused',
    mistakes: [
      mistakeAt(null, `this is roster ${same.id} again, which was rejected${reason}; expected another export.`),
    ],
    inForce,
  };
}
