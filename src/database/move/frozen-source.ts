import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { errorCode } from '../../config/error-code.js';
import { migrateLock } from '../migrate.js';
import type { Mistake } from '../mistake.js';
import { lookMs, patienceMs, withLockSoon } from './lock-soon.js';
import { moveName } from './move-record.js';
import { inOneSession } from './one-session.js';
import { quoted } from './table-shape.js';

/**
 * Does the work while the tables of the source stay as they are, on a connection that sees them all at one instant; see
 * docs/decisions/0016. A mistake where somebody is at work there. `lost` aborts when nobody holds them any more.
 */
export async function withFrozenSource<Result>(
  source: DataSource,
  tables: readonly string[],
  work: (runner: QueryRunner, lost: AbortSignal) => Promise<Result>,
): Promise<Result | Mistake> {
  const result = await withLockSoon(source, migrateLock, async (lost): Promise<Result | Mistake> => {
    // Whoever connected before has seen no lock, and whoever connects from now on waits for it: nobody is overlooked.
    if (await othersStay(source.manager)) return atWork;
    return inOneSession(source, async (runner) => {
      await runner.startTransaction('REPEATABLE READ');
      await runner.query('set transaction read only');
      return (await lockTables(runner, tables)) ? work(runner, lost) : writing;
    });
  });
  return result === 'held elsewhere' ? atWork : result;
}

const atWork: Mistake = {
  mistake:
    'Hubwarden is at work on the database that is to be moved. Stop every “hubwarden serve” and wait for every other ' +
    'command, then run this one again.',
};

const writing: Mistake = {
  mistake:
    'Another program is writing to the database that is to be moved. Wait until it has ended, then run this command again.',
};

async function othersStay(manager: EntityManager): Promise<boolean> {
  for (let waited = 0; ; waited += lookMs) {
    const [row]: { others: number }[] = await manager.query(
      `select count(*)::int as others from pg_stat_activity
        where datname = current_database() and application_name like 'hubwarden%' and application_name <> $1`,
      [moveName],
    );
    if (row?.others === 0) return false;
    if (waited >= patienceMs) return true;
    await wait(lookMs);
  }
}

/** Against writing, and before the first query of the transaction, so that this sees what was written until then. */
async function lockTables(runner: QueryRunner, tables: readonly string[]): Promise<boolean> {
  try {
    await runner.query(`set local lock_timeout = '10s'`);
    await runner.query(`lock table ${tables.map(quoted).join(', ')} in share mode`);
    return true;
  } catch (error) {
    if (errorCode(error) === '55P03') return false;
    throw error;
  }
}
