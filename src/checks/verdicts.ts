import type { Dataset, Evidence, Instant, Reason, Verdict } from './check.js';

export function pass(because: Reason, message: string, facts?: Evidence): Verdict {
  return { outcome: 'pass', because, message, ...(facts && { facts }) };
}

export function notApplicable(because: Reason, message: string, facts?: Evidence): Verdict {
  return { outcome: 'not_applicable', because, message, ...(facts && { facts }) };
}

export function unknown(reason: Reason, message: string, facts?: Evidence): Verdict {
  return { outcome: 'unknown', reason, message, ...(facts && { facts }) };
}

export function fail(
  reason: Reason,
  message: string,
  facts: Evidence,
  claims: { readonly absentFrom?: readonly Dataset[]; readonly dueFrom?: Instant } = {},
): Verdict {
  return { outcome: 'fail', reason, message, facts, ...claims };
}

/** The reason of a verdict, whatever its outcome calls it. */
export function reasonOf(verdict: Verdict): Reason {
  return 'because' in verdict ? verdict.because : verdict.reason;
}
