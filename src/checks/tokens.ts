import type { Instant, Verdict } from './check.js';
import { dayOf, daysBetween, isAheadOf } from './compare.js';
import type { Meanings } from './documented-check.js';
import type { TokenFacts, TokenRow } from './token-facts.js';
import { notApplicable, unknown } from './verdicts.js';

/** Begins a sentence about a token. */
export function tokenLabel({ name }: Pick<TokenFacts, 'name'>): string {
  return `The token ${name}`;
}

/** The same inside a sentence. */
export function tokenIn({ name }: Pick<TokenFacts, 'name'>): string {
  return `the token ${name}`;
}

/** The verdict about a token that opens nothing any more, or of which nobody knows whether it does; null where it works. */
export function dormantVerdict(token: TokenFacts, now: Instant): Verdict | null {
  const { isActive, expiresAt } = token;
  if (typeof expiresAt === 'string' && isDate(expiresAt) && !isBeforeCreation(token, expiresAt)) {
    if (Date.parse(expiresAt) <= Date.parse(now)) {
      return notApplicable('TOKEN_EXPIRED', `${tokenLabel(token)} expired on ${dayOf(expiresAt)} and opens nothing.`);
    }
  }
  if (isActive === false) return notApplicable('TOKEN_INACTIVE', `${tokenLabel(token)} is deactivated.`);
  if (isActive === true) return null;
  return unknown('FIELD_NOT_EXPOSED', `Docker Hub did not say whether ${tokenIn(token)} is active.`);
}

export const dormantMeanings: Meanings = {
  TOKEN_EXPIRED: 'it has expired and opens nothing any more',
  TOKEN_INACTIVE: 'it is deactivated',
};

export function unsaid(token: TokenFacts, what: string): Verdict {
  return unknown('FIELD_NOT_EXPOSED', `Docker Hub did not say ${what} ${tokenIn(token)}.`);
}

/** An instant that no token can have: some servers write "never" as the first day of the calendar. */
export function oddInstant(token: TokenFacts, called: string, instant: Instant): Verdict | null {
  if (isDate(instant) && !isBeforeCreation(token, instant)) return null;
  return unknown(
    'UNRECOGNISED_VALUE',
    `Docker Hub says of ${tokenIn(token)} that its ${called} is "${dayOf(instant)}", which cannot be.`,
  );
}

/** The same of what has happened already: a day ahead is let pass, for clocks that disagree. */
export function oddPast(token: TokenFacts, called: string, instant: Instant, now: Instant): Verdict | null {
  const odd = oddInstant(token, called, instant);
  if (odd !== null || !isAheadOf(instant, now)) return odd;
  return unknown(
    'UNRECOGNISED_VALUE',
    `Docker Hub says of ${tokenIn(token)} that its ${called} is ${dayOf(instant)}, which has not come yet.`,
  );
}

/** Whole days between two instants, by their days in UTC. */
export function daysFrom(from: Instant, to: Instant): number {
  return daysBetween(dayOf(from), dayOf(to));
}

export function isDate(instant: Instant): boolean {
  return /^\d{4}-\d\d-\d\dT/.test(instant) && !Number.isNaN(Date.parse(instant));
}

/** A day is let pass, for clocks that disagree. Docker Hub is younger than the year 2000. */
function isBeforeCreation({ createdAt }: TokenRow, instant: Instant): boolean {
  const since = typeof createdAt === 'string' && isDate(createdAt) ? Date.parse(createdAt) - 86_400_000 : Number.NaN;
  const earliest = Date.parse('2000-01-01T00:00:00Z');
  return Date.parse(instant) < (Number.isNaN(since) ? earliest : Math.max(since, earliest));
}
