import type { DataSource } from 'typeorm';
import { errorCode } from '../../config/error-code.js';
import { migrationState } from '../migrate.js';
import { isMistake, type Mistake } from '../mistake.js';
import { claimTarget, type MovedDatabase } from './claim-target.js';
import { databaseIdentity } from '../database-identity.js';
import { withFrozenSource } from './frozen-source.js';
import { withLockSoon } from './lock-soon.js';
import { moveName, readMove, recordFinished, recordLeft } from './move-record.js';
import { type MovedRows, type MoveProgress, moveRows } from './move-rows.js';
import { inOneSession } from './one-session.js';

export interface Move {
  /** As it is (see open-database.ts), with the entities. */
  readonly source: DataSource;
  readonly target: DataSource;
  /** Both in words, without user and password. */
  readonly from: string;
  readonly to: string;
  readonly signal: AbortSignal;
  readonly progress: MoveProgress;
}

/** `finishedBefore`: when an earlier call had finished the move, which this one then only compares; null: it had not. */
export type MoveOutcome = MovedRows & { readonly finishedBefore: string | null };

/**
 * Moves every row of the source into the target, and says what was moved or what is not the same in both. It may be killed at any
 * moment and called again: what is committed is not copied again. Nobody can work with the target before everything is
 * there, nor with the source from then on; see docs/decisions/0016. A mistake is a sentence about a database that is not
 * fit for it.
 */
export async function moveDatabase(move: Move): Promise<MoveOutcome | Mistake> {
  const { source, target } = move;
  const left = { identity: await databaseIdentity(source.manager), place: move.from };
  const filled = { identity: await databaseIdentity(target.manager), place: move.to };
  if (left.identity === filled.identity)
    return { mistake: 'The database of --to is the one that is to be moved. Expected: another one, which is empty.' };
  const tables = [...new Set(source.entityMetadatas.map(({ tableName }) => tableName))].sort();
  const mistake = await unfit(source, filled);
  if (mistake !== null) return mistake;
  return withFrozenSource(source, tables, async (frozen, sourceLost) => {
    const outcome = await withLockSoon(target, moveName, async (targetLost): Promise<MoveOutcome | Mistake> => {
      const record = await claimTarget(target, left, tables);
      if (isMistake(record)) return record;
      const signal = AbortSignal.any([move.signal, sourceLost, targetLost]);
      const { finishedAt } = record;
      const moved = await inOneSession(target, (runner) =>
        moveRows({
          source: frozen,
          target: runner,
          tables,
          mayCopy: finishedAt === null,
          signal,
          progress: move.progress,
        }),
      ).catch(refusal);
      if (isMistake(moved)) return moved;
      if (moved.kind === 'moved') await finish(move, filled, finishedAt);
      return { ...moved, finishedBefore: finishedAt };
    });
    return outcome === 'held elsewhere' ? { mistake: 'Another move into the database of --to is at work.' } : outcome;
  });
}

async function unfit(source: DataSource, filled: MovedDatabase): Promise<Mistake | null> {
  const { manager } = source;
  const to = await readMove(manager, 'to');
  if (to !== null && to.other !== filled.identity)
    return { mistake: `This database was moved to ${to.place} on ${to.startedAt}. Move from there.` };
  const from = await readMove(manager, 'from');
  if (from !== null && from.finishedAt === null)
    return { mistake: `This database is not whole: the move from ${from.place} into it is not finished.` };
  const state = await migrationState(source, manager);
  if (isMistake(state)) return state;
  if (state.pending.length === 0) return null;
  return {
    mistake: `The database that is to be moved has not seen every migration of this Hubwarden (${state.pending.join(', ')}). Run “hubwarden migrate” first.`,
  };
}

/** In this order: killed in between, neither database can be opened, and the next call ends it. */
async function finish(
  { source, target }: Move,
  { identity, place }: MovedDatabase,
  before: string | null,
): Promise<void> {
  await source.transaction((manager) => recordLeft(manager, identity, place));
  if (before === null) await recordFinished(target.manager);
}

/** Tables that another user made when the move began. */
function refusal(error: unknown): Mistake {
  if (errorCode(error) !== '42501' || !(error instanceof Error)) throw error;
  return { mistake: `The database user of --to may not do what the move needs: ${error.message}.` };
}
