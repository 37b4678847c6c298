import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource } from 'typeorm';

const patienceMs = 4_000;
const retryMs = 20;

/**
 * An instant of the database's clock, as text with microseconds, at which nobody was in the middle of changing one of the tables
 * that keep their past rows: what carries an earlier `recorded_at` has been committed, and what is written from now on carries a
 * later one. `look` happens at that instant, before anybody goes on. Takes a connection from the pool for as long.
 *
 * Nobody waits for this: it tries until the moment is there. Somebody who keeps it waiting for more than four seconds is not
 * waited for, and what they are changing may then count on either side.
 */
export async function betweenChanges(
  dataSource: DataSource,
  look: () => Promise<unknown> = () => Promise.resolve(),
): Promise<string> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction();
    for (const until = Date.now() + patienceMs; Date.now() < until; await wait(retryMs)) {
      const [lock]: { held: boolean }[] = await runner.manager.query(
        `select pg_try_advisory_xact_lock(hashtextextended('history', 0)) as held`,
      );
      if (lock?.held === true) break;
    }
    await look();
    const [row]: { at: string }[] = await runner.manager.query('select clock_timestamp()::text as at');
    if (row === undefined) throw new Error('The database did not say what time it is.');
    return row.at;
  } finally {
    await runner.rollbackTransaction().catch(() => undefined);
    await runner.release();
  }
}
