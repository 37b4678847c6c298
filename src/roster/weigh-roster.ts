import type { EntityManager } from 'typeorm';
import type { RosterConfig } from '../config/configuration.js';
import type { FetchedRoster } from './fetch-roster.js';
import { fingerprintOf, type Fingerprint } from './fingerprint.js';
import type { Mentions } from './mentioned-people.query.js';
import { countAtStake, countLosses, stagePeople } from './next-people.query.js';
import type { Instant } from './person.js';
import { readRoster, type ReadRoster } from './read-roster.js';
import { goneColumns } from './resolve-columns.js';
import { rosterInForce, type RosterInForce } from './roster-in-force.js';
import { mistakeAt, type RosterMistake } from './roster-source.js';
import { columnsToKeep } from './uploads.query.js';

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
  | (Staged & { readonly verdict: 'plausible' | 'implausible' });

/** Read, and its people in `next_person`. */
export interface Staged {
  readonly read: ReadRoster;
  readonly fingerprint: Fingerprint;
  readonly mentions: Mentions;
  readonly people: number;
  /** Of the roster in force; 0 for the first. */
  readonly employed: number;
  readonly lost: number;
  readonly inForce: RosterInForce | null;
}

/** Inside a transaction: it makes a table that lives as long. */
export async function weighRoster(
  manager: EntityManager,
  { bytes, asOf }: FetchedRoster,
  config: RosterConfig,
  now: Instant,
  signal: AbortSignal,
): Promise<Weighed> {
  const inForce = await rosterInForce(manager);
  const fingerprint = fingerprintOf(bytes, config);
  if (inForce?.fingerprint === fingerprint.whole) return { verdict: 'unchanged', inForce };
  const decided = await seenBefore(manager, fingerprint, inForce, now);
  if (decided !== null) return decided;

  const read = await readRoster(bytes, config, asOf, signal);
  if ('mistakes' in read) return { verdict: 'refused', mistakes: read.mistakes, inForce };
  const gone = goneColumns(await columnsToKeep(manager, config), read);
  if (gone.length > 0) return { verdict: 'refused', mistakes: gone, inForce };

  const mentions = read.refused.map((row) => row.mentions);
  const people = await stagePeople(manager, read.people(), signal);
  const losses = inForce === null ? { employed: 0, lost: 0 } : await countLosses(manager, mentions, now);
  return {
    verdict: plausible(losses) ? 'plausible' : 'implausible',
    read,
    fingerprint,
    mentions,
    people,
    ...losses,
    inForce,
  };
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
