import type { DataSource } from 'typeorm';
import { databaseClock } from '../database/database-clock.js';

/** Milliseconds since 1970, for pauses, `Retry-After` and quiet hours. */
export type Clock = () => number | Promise<number>;

/**
 * The clock of the server that all processes share. Pauses are written down by one process and kept by another one; by
 * their own clocks, a second between two messages could be none.
 */
export function clockOf({ manager }: DataSource): Clock {
  return async () => Date.parse(await databaseClock(manager));
}
