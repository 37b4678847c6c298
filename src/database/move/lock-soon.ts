import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { withAdvisoryLock } from '../advisory-lock.js';

/** A connection of a process that has just ended, or was killed, is there for a moment longer, and with it what it held. */
export const patienceMs = 3_000;
export const lookMs = 50;

/** As `withAdvisoryLock`, for whoever comes right after somebody else. */
export async function withLockSoon<Result>(
  dataSource: DataSource,
  name: string,
  work: (lost: AbortSignal) => Promise<Result>,
): Promise<Result | 'held elsewhere'> {
  for (let waited = 0; ; waited += lookMs) {
    const result = await withAdvisoryLock(dataSource, name, work);
    if (result !== 'held elsewhere' || waited >= patienceMs) return result;
    await wait(lookMs);
  }
}
