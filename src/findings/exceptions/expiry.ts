import type { Instant } from '../../checks/check.js';

const dayMs = 86_400_000;

/** Within which a decision of some kind has to end. */
export interface Life {
  readonly usualDays: number;
  readonly mostDays: number;
}

export const lifeOfExceptions: Life = { usualDays: 90, mostDays: 365 };
export const lifeOfAttestations: Life = { usualDays: 90, mostDays: 90 };

/** When it ends: as asked for, or after the usual time. Otherwise what is wrong, as it follows the name of the field. */
export function expiryOf(
  asked: Instant | undefined,
  now: Instant,
  { usualDays, mostDays }: Life,
): { readonly at: Instant } | { readonly wrong: string } {
  if (asked === undefined) return { at: after(now, usualDays) };
  if (asked <= now)
    return { wrong: `is ${asked}, which is past; expected an instant within the next ${mostDays} days` };
  const last = after(now, mostDays);
  if (asked > last) return { wrong: `is ${asked}, more than ${mostDays} days ahead; expected ${last} at the latest` };
  return { at: asked };
}

function after(now: Instant, days: number): Instant {
  return new Date(Date.parse(now) + days * dayMs).toISOString();
}
