import type { DataSource, QueryRunner } from 'typeorm';
import type { Mistake } from './mistake.js';

/**
 * Brings the database to the state that this program expects and returns the names of the migrations that ran. Processes
 * that start together run them once: the others wait, then find nothing to do. Each migration is one transaction.
 */
export async function migrate(dataSource: DataSource): Promise<string[] | Mistake> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query(`set lock_timeout = '5min'`);
    await runner.query(`select pg_advisory_lock(hashtextextended('hubwarden migrate', 0))`);
    try {
      return await migrateUnderLock(dataSource, runner);
    } finally {
      // On a connection that broke the lock is gone already; what matters then is the error above.
      await runner.query(`select pg_advisory_unlock(hashtextextended('hubwarden migrate', 0))`).catch(() => undefined);
    }
  } catch (error) {
    if (codeOf(error) === '55P03') {
      return {
        mistake:
          'Another process has been migrating the database for more than five minutes. Try again when it has ended.',
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
  const done = await appliedMigrations(runner);
  const known = dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name);
  const unknown = done.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    return {
      mistake:
        `The database has been migrated by a newer Hubwarden than this one (it has ${unknown.join(', ')}). ` +
        'Use that version, or another database.',
    };
  }
  if (done.length === known.length) return [];
  const [rights] = await runner.manager.query<{ user: string; schema: string | null; may: boolean | null }[]>(
    `select current_user as "user", current_schema() as schema, has_schema_privilege(current_schema(), 'create') as may`,
  );
  if (!rights?.may) {
    return {
      mistake:
        `The database user "${rights?.user}" may not create tables in ${rights?.schema ? `the schema "${rights.schema}"` : 'any schema of its search_path'}. ` +
        `Grant it: grant create, usage on schema ${rights?.schema ?? 'public'} to "${rights?.user}";`,
    };
  }
  return (await dataSource.runMigrations()).map((migration) => migration.name);
}

async function appliedMigrations(runner: QueryRunner): Promise<string[]> {
  const [table] = await runner.manager.query<{ there: boolean }[]>(
    `select to_regclass('migration') is not null as there`,
  );
  if (!table?.there) return [];
  const rows = await runner.manager.query<{ name: string }[]>('select name from migration order by id');
  return rows.map((row) => row.name);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
