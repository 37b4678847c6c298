import type { Day, Instant } from './check.js';

/**
 * Text as policy and sources are compared: roles, teams, departments. Two systems rarely agree about capitals, spaces and
 * how an umlaut is composed, and none of these makes another department.
 */
export function folded(text: string): string {
  // Most text is plain, and this is asked for millions of times in a night.
  if (/^[!-~]+(?: [!-~]+)*$/.test(text)) return text.toLowerCase();
  return text.normalize('NFC').trim().replaceAll(/\s+/g, ' ').toLowerCase();
}

/** The UTC day of an instant. */
export function dayOf(instant: Instant): Day {
  return instant.slice(0, 10);
}

/** `2026-11-21 02:00 UTC`, for messages; what is no instant stays as it is. */
export function minuteOf(instant: Instant): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(instant) ? `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC` : instant;
}

/** Two files that are made together need not carry their times in order; one that is really older is older by more. */
const toleranceMs = 600_000;

/** Whether a roster is of an earlier time than one that was in force before it: somebody put an old file back. */
export function isOlderThan(asOf: Instant, before: Instant | null): boolean {
  return before !== null && Date.parse(asOf) < Date.parse(before) - toleranceMs;
}

/** Whether a date lies so far ahead of the clock that another clock wrote it, so that nobody knows how old it is. */
export function isAheadOf(asOf: Instant, now: Instant): boolean {
  return Date.parse(asOf) - Date.parse(now) > 86_400_000;
}

/** Whole days from one day to another; negative where `to` is earlier, NaN where one of them is no day. */
export function daysBetween(from: Day, to: Day): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000;
}

/** The entries of a map by their names, so that the same facts give the same sentence. */
export function byName<T>(entries: ReadonlyMap<string, T>): [string, T][] {
  return [...entries].toSorted(([one], [other]) => (one < other ? -1 : 1));
}
