import type { DataSource, EntityManager, QueryRunner } from 'typeorm';

/**
 * Does the work unless another process (or another call) is doing work under the same name on the same database; then
 * nothing is done. The lock goes with its connection, of which it takes one from the pool for as long as the work lasts.
 *
 * `lost` aborts when that connection breaks: from then on others may get the lock, so the work had better stop. If it
 * comes to an end all the same, this throws, because nobody can say any more that it was alone.
 */
export async function withAdvisoryLock<Result>(
  dataSource: DataSource,
  name: string,
  work: (lost: AbortSignal) => Promise<Result>,
): Promise<Result | 'held elsewhere'> {
  const runner = dataSource.createQueryRunner();
  try {
    const [answer] = await query(runner, 'select pg_try_advisory_lock(hashtextextended($1, 0)) as held', name);
    if (!answer?.held) return 'held elsewhere';
    return await underLock(runner, name, work);
  } finally {
    await runner.release();
  }
}

/** Whether anybody holds it at this moment, on any connection to this database. */
export async function isLockHeld(manager: EntityManager, name: string): Promise<boolean> {
  const [row]: { held: boolean }[] = await manager.query(
    `select exists (
       select from pg_locks, hashtextextended($1, 0) as key
        where pg_locks.locktype = 'advisory' and pg_locks.objsubid = 1 and pg_locks.granted
          and pg_locks.database = (select oid from pg_database where datname = current_database())
          and pg_locks.classid = ((key >> 32) & 4294967295)::oid and pg_locks.objid = (key & 4294967295)::oid) as held`,
    [name],
  );
  return row?.held ?? false;
}

async function underLock<Result>(
  runner: QueryRunner,
  name: string,
  work: (lost: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const lost = new AbortController();
  const connection: NodeJS.EventEmitter = await runner.connect();
  const onEnd = (): void => lost.abort(new Error(`The database connection that held the lock "${name}" broke.`));
  connection.once('end', onEnd);
  connection.once('error', onEnd);
  try {
    const result = await work(lost.signal);
    lost.signal.throwIfAborted();
    return result;
  } finally {
    connection.off('end', onEnd);
    connection.off('error', onEnd);
    if (!lost.signal.aborted) await query(runner, 'select pg_advisory_unlock(hashtextextended($1, 0)) as held', name);
  }
}

async function query(runner: QueryRunner, sql: string, name: string): Promise<{ held: boolean }[]> {
  return runner.manager.query<{ held: boolean }[]>(sql, [name]);
}
