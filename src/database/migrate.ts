import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { isMistake, type Mistake } from './mistake.js';
import { refuseMoved } from './move/move-record.js';
import { missingRight } from './missing-right.js';

/** Held while tables change, and by a move for as long as nobody may open the database. */
export const migrateLock = 'hubwarden migrate';

/**
 * Brings the database to the state that this program expects and returns the names of the migrations that ran. Processes
 * that start together run them once: the others wait, then find nothing to do. Each migration is one transaction. A database
 * that was moved away, or that a move has not filled yet, is refused, except to the move itself (`forMove`).
 */
export async function migrate(
  dataSource: DataSource,
  { forMove = false }: { readonly forMove?: boolean } = {},
): Promise<string[] | Mistake> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query(`set lock_timeout = '5min'`);
    await runner.query('select pg_advisory_lock(hashtextextended($1, 0))', [migrateLock]);
    try {
      return (forMove ? null : await refuseMoved(runner.manager)) ?? (await migrateUnderLock(dataSource, runner));
    } finally {
      // On a connection that broke the lock is gone already; what matters then is the error above.
      await runner.query('select pg_advisory_unlock(hashtextextended($1, 0))', [migrateLock]).catch(() => undefined);
    }
  } catch (error) {
    if (codeOf(error) === '55P03') {
      return {
        mistake:
          'Another process has been migrating or moving the database for more than five minutes. Try again when it has ended.',
      };
    }
    if (codeOf(error) === '42501') {
      return {
        mistake: `The database user may not do what the migrations need: ${error instanceof Error ? error.message : ''}.`,
      };
    }
    throw error;
  } finally {
    // Its settings must not go back to the pool.
    await runner.query('reset lock_timeout').catch(() => undefined);
    await runner.release();
  }
}

async function migrateUnderLock(dataSource: DataSource, runner: QueryRunner): Promise<string[] | Mistake> {
  const state = await migrationState(dataSource, runner.manager);
  if (isMistake(state)) return state;
  if (state.pending.length === 0) return [];
  const mistake = await missingRight(runner.manager);
  if (mistake !== null) return mistake;
  return (await dataSource.runMigrations()).map((migration) => migration.name);
}

/** Which migrations the database has seen and which it has not, oldest first; a mistake where this program does not know them all. */
export async function migrationState(
  dataSource: DataSource,
  manager: EntityManager,
): Promise<{ readonly done: readonly string[]; readonly pending: readonly string[] } | Mistake> {
  const done = await appliedMigrations(manager);
  const known = dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name);
  const unknown = done.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    return {
      mistake:
        `The database has been migrated by a newer Hubwarden than this one (it has ${unknown.join(', ')}). ` +
        'Use that version, or another database.',
    };
  }
  return { done, pending: known.filter((name) => !done.includes(name)) };
}

async function appliedMigrations(manager: EntityManager): Promise<string[]> {
  const [table] = await manager.query<{ there: boolean }[]>(`select to_regclass('migration') is not null as there`);
  if (!table?.there) return [];
  const rows = await manager.query<{ name: string }[]>('select name from migration order by id');
  return rows.map((row) => row.name);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
