import { assertSchemaCompatibility, LATEST_SCHEMA_VERSION, runMigrations } from 'bullmq';
import type { DataSource, EntityManager } from 'typeorm';
import { errorCode } from '../config/error-code.js';
import type { Environment } from '../config/environment.js';
import { databaseIdentity } from '../database/database-identity.js';
import type { Mistake } from '../database/mistake.js';
import type { JobPlace } from './job-place.js';
import { jobSchema } from './queue-connection.js';

/**
 * Where this process's queues are, with the tables that they need; a mistake where the database's user may not make them. Nothing
 * of what is in them has to be kept or moved.
 */
export async function prepareJobs(
  dataSource: DataSource,
  url: string,
  { redisUrl, databaseUrl }: Pick<Environment, 'redisUrl' | 'databaseUrl'>,
): Promise<JobPlace | Mistake> {
  const { manager } = dataSource;
  if (redisUrl !== null) return { kind: 'redis', url: redisUrl, database: await databaseIdentity(manager) };
  const place: JobPlace = { kind: 'postgres', url, ...(databaseUrl === null && { ssl: false }) };
  try {
    await makeTables(dataSource);
    return place;
  } catch (error) {
    if (errorCode(error) !== '42501') throw error;
    return { mistake: await missingRight(manager) };
  }
}

async function makeTables(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    const isThere = await schemaIsThere(runner.manager);
    const client = {
      query: async (sql: string, values?: unknown[]) => {
        // It needs the right to create schemas also where there is nothing to create.
        if (isThere && /^create schema if not exists/i.test(sql)) return { rows: [] };
        const rows: unknown = await runner.query(sql, values);
        return { rows: Array.isArray(rows) ? rows : [] };
      },
    };
    if (isThere && (await versionOf(client)) >= LATEST_SCHEMA_VERSION) return;
    await runMigrations(client, jobSchema);
  } finally {
    await runner.release();
  }
}

/** 0: there are no tables yet, or not all of them. */
async function versionOf(client: Parameters<typeof assertSchemaCompatibility>[0]): Promise<number> {
  try {
    return await assertSchemaCompatibility(client, jobSchema);
  } catch (error) {
    if (error instanceof Error && error.name === 'SchemaMigrationRequiredError') return 0;
    throw error;
  }
}

async function schemaIsThere(manager: EntityManager): Promise<boolean> {
  const [row]: { there: boolean }[] = await manager.query('select to_regnamespace($1) is not null as there', [
    jobSchema,
  ]);
  return row?.there ?? false;
}

async function missingRight(manager: EntityManager): Promise<string> {
  const [row]: { user: string; database: string }[] = await manager.query(
    'select current_user as "user", current_database() as database',
  );
  return (
    `The database user "${row?.user}" may not make the tables of the job queue. ` +
    `Let it: create schema ${jobSchema} authorization "${row?.user}"; ` +
    `or: grant create on database "${row?.database}" to "${row?.user}"; or set REDIS_URL`
  );
}
