import type { EntityManager } from 'typeorm';

/** Which database this is, under whatever name or address it is reached: the cluster's own number and the database's in it. */
export async function databaseIdentity(manager: EntityManager): Promise<string> {
  const [row]: { identity: string }[] = await manager.query(
    `select system_identifier || '/' || (select oid from pg_database where datname = current_database()) as identity
       from pg_control_system()`,
  );
  if (row === undefined) throw new Error('The database did not say which one it is.');
  return row.identity;
}
