import type { AnswerHeaders } from './http-client.js';

/** Numbers above it are points in time, Unix seconds; numbers below it are spans. */
const firstUnixTime = 1_000_000_000;
/** A clock that is less apart may simply have been rounded to the second. */
const toleratedSkewMs = 5_000;

/**
 * How long the server asks to wait, in milliseconds from `now`: `Retry-After` in seconds, as a date or as a Unix time, or the
 * older `X-Retry-After`. Null where it does not say, or says nothing that can be read.
 */
export function retryAfterMs(headers: AnswerHeaders, now: number): number | null {
  for (const name of ['retry-after', 'x-retry-after']) {
    const value = headers[name]?.trim();
    if (!value) continue;
    const number = Number(value);
    const wait = Number.isFinite(number)
      ? number > firstUnixTime
        ? unixMs(number) - serverTime(headers, now)
        : number * 1000
      : Date.parse(value) - serverTime(headers, now);
    if (!Number.isNaN(wait)) return Math.max(0, wait);
  }
  return null;
}

/** When the rate window ends, in the machine's milliseconds; `X-RateLimit-Reset` is Unix seconds, seen also as a span. */
export function resetAt(headers: AnswerHeaders, now: number): number | null {
  const number = Number(headers['x-ratelimit-reset'] || Number.NaN);
  if (!Number.isFinite(number) || number < 0) return null;
  return number > firstUnixTime ? now + unixMs(number) - serverTime(headers, now) : now + number * 1000;
}

function unixMs(number: number): number {
  return number > firstUnixTime * 100 ? number : number * 1000;
}

/** Points in time that the server names are on the server's clock, which its answer tells. */
function serverTime(headers: AnswerHeaders, now: number): number {
  const date = Date.parse(headers['date'] ?? '');
  return Number.isNaN(date) || Math.abs(date - now) < toleratedSkewMs ? now : date;
}
