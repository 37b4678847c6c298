import type { Instant, Verdict } from './check.js';
import { minuteOf } from './compare.js';
import type { Meanings } from './documented-check.js';
import { unknown } from './verdicts.js';

/** Why nothing may be concluded from silence since then; null: the archive has every event since then. */
export function uncovered(coveredSince: Instant | null, sinceMs: number, of: string): Verdict | null {
  if (coveredSince !== null && Date.parse(coveredSince) <= sinceMs) return null;
  return unknown(
    'AUDIT_GAP',
    coveredSince === null
      ? `Nothing of the audit log of ${of} is archived.`
      : `The audit log of ${of} is archived without a gap since ${minuteOf(coveredSince)} only, which is not far enough.`,
  );
}

export const gapMeaning: Meanings = {
  AUDIT_GAP: 'the archive of the audit log does not reach back far enough without a gap',
};

/** Clocks of Docker Hub and of HR need not agree to the minute. */
export const clockToleranceMs = 15 * 60_000;
