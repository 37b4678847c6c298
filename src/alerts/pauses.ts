import type { Attempt } from './notifier.js';

/** Between two messages to one hook; receivers take no more for long. */
export const pacingMs = 1_000;
const longestPauseMs = 300_000;
/** What asks for more than a day is no longer a pause: it is tried all the same. */
const longestObeyedMs = 86_400_000;

/**
 * How long to wait before the next attempt: what the receiver asked for, else about as long again as it has been failing,
 * which doubles from attempt to attempt, survives restarts and needs no counter. `random` in [0, 1) keeps several
 * processes and hooks apart.
 */
export function pauseBeforeRetry(
  { afterMs }: Pick<Extract<Attempt, { outcome: 'retry' }>, 'afterMs'>,
  failingForMs: number,
  random: number,
): number {
  if (afterMs !== null && afterMs >= 0) return Math.min(Math.max(afterMs, pacingMs), longestObeyedMs);
  const pause = Math.min(Math.max(failingForMs, 2 * pacingMs), longestPauseMs);
  return Math.max(pacingMs, pause * (0.5 + random / 2));
}
