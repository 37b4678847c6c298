const day = 86_400_000;
const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: day };

export const durationExpected = 'a duration such as 90s, 10m, 24h or 3d';
export const termExpected = 'a duration such as 24h or 3d, or business days such as 5bd';

/**
 * A whole number, at least 1, and one unit: `s`, `m`, `h` or `d` (24 hours). In milliseconds; null where the text is
 * none of these. Ten years is the longest, so that an instant plus a duration is always an instant.
 */
export function parseDuration(text: string): number | null {
  const match = /^([1-9]\d{0,8})([smhd])$/.exec(text);
  const unit = units[match?.[2] ?? ''];
  if (unit === undefined) return null;
  const milliseconds = Number(match?.[1]) * unit;
  return milliseconds <= 3660 * day ? milliseconds : null;
}

/**
 * `5bd`: how many business days; null where the text says none. What a business day is, a calendar says. The longest is 2600,
 * which is about ten years.
 */
export function parseBusinessDays(text: string): number | null {
  const match = /^([1-9]\d{0,3})bd$/.exec(text);
  const days = Number(match?.[1]);
  return days <= 2600 ? days : null;
}

/** Whether this is the time that somebody has: a duration, or business days. */
export function isTerm(text: string): boolean {
  return parseDuration(text) !== null || parseBusinessDays(text) !== null;
}
