import type { DataSource } from 'typeorm';
import { migrateLock } from '../migrate.js';
import type { Mistake } from '../mistake.js';
import { withLockSoon } from './lock-soon.js';
import { forgetLeft, type MoveRecord } from './move-record.js';

/** Lets a database that was moved away be opened again; answers where it was moved, null where it was not. */
export async function reopenDatabase(dataSource: DataSource): Promise<MoveRecord | Mistake | null> {
  const left = await withLockSoon(dataSource, migrateLock, () =>
    dataSource.transaction(async (manager) => ({ was: await forgetLeft(manager) })),
  );
  if (left === 'held elsewhere')
    return { mistake: 'The database is being opened or moved at this moment. Try again when that has ended.' };
  return left.was;
}
