import type { EntityManager } from 'typeorm';

/**
 * What time it is by the server's clock, which all processes on one database share: ISO 8601 in UTC with milliseconds. It goes on
 * while a transaction lasts, so that whoever waited for a lock is later than whoever held it.
 */
export async function databaseClock(manager: Pick<EntityManager, 'query'>): Promise<string> {
  const [row]: { now: Date }[] = await manager.query('select clock_timestamp() as now');
  if (row === undefined) throw new Error('The database did not say what time it is.');
  return row.now.toISOString();
}
