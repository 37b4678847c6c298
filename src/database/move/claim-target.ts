import type { DataSource, EntityManager } from 'typeorm';
import { migrate, migrateLock, migrationState } from '../migrate.js';
import { isMistake, type Mistake } from '../mistake.js';
import { missingRight } from '../missing-right.js';
import { copiedTables, type MoveRecord, readMove, recordBegun } from './move-record.js';
import { tableShapes } from './table-shape.js';

export interface MovedDatabase {
  readonly identity: string;
  /** In words, without user and password. */
  readonly place: string;
}

/**
 * Makes the target one that takes this move and nothing else, with the tables of this program: an empty database from now on, or
 * one that an earlier call of the same move has begun. Everything else is refused, and stays as it is.
 */
export async function claimTarget(
  target: DataSource,
  from: MovedDatabase,
  tables: readonly string[],
): Promise<MoveRecord | Mistake> {
  const record = await target.transaction(async (manager) => {
    // Whoever opens the database as its own does so either before this or after it, and finds the record then.
    await manager.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [migrateLock]);
    const begun = await readMove(manager, 'from');
    if (begun !== null) return (await strange(manager, begun, from)) ?? begun;
    const mistake = (await occupied(manager, tables)) ?? (await missingRight(manager));
    if (mistake !== null) return mistake;
    await recordBegun(manager, from.identity, from.place);
    return readMove(manager, 'from');
  });
  if (record === null) throw new Error('The move was not written down.');
  if (isMistake(record)) return record;
  return (await sameTables(target)) ?? record;
}

/** Where the move that was begun there is not this one. */
async function strange(manager: EntityManager, begun: MoveRecord, from: MovedDatabase): Promise<Mistake | null> {
  const to = await readMove(manager, 'to');
  if (to !== null)
    return { mistake: `The database of --to was itself moved to ${to.place}. Move to that one, or to an empty one.` };
  if (begun.other === from.identity) return null;
  const state = begun.finishedAt === null ? 'an unfinished move of' : 'what was moved there from';
  return {
    mistake: `The database of --to holds ${state} another installation (${begun.place}). Expected: an empty database.`,
  };
}

async function occupied(manager: EntityManager, tables: readonly string[]): Promise<Mistake | null> {
  const there = [...(await tableShapes(manager, [...tables, 'migration'])).keys()];
  if (there.length === 0) return null;
  return {
    mistake: `The database of --to already holds tables of an installation (${there[0]}${there.length > 1 ? ` and ${there.length - 1} more` : ''}). Expected: an empty database.`,
  };
}

/** Migrations may write rows: what was copied before one would not be what the source made of it. */
async function sameTables(target: DataSource): Promise<Mistake | null> {
  const state = await migrationState(target, target.manager);
  if (isMistake(state)) return { mistake: `At --to: ${state.mistake}` };
  if (state.pending.length > 0 && (await copiedTables(target.manager)).size > 0) {
    return {
      mistake: `The move to --to was begun by an older Hubwarden (its tables lack ${state.pending.join(', ')}). Empty that database and run this command again.`,
    };
  }
  const migrated = await migrate(target, { forMove: true });
  return isMistake(migrated) ? { mistake: `At --to: ${migrated.mistake}` } : null;
}
