import type { Check, Evidence, Given, Instant, Verdict } from '../checks/check.js';
import type { Ground } from './ground.js';
import type { Outcome } from './report.js';

/** A verdict that may be recorded. */
export interface Gated {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly message: string;
  readonly facts: Evidence;
  readonly dueFrom: Instant | null;
  /** Everything that the check needs was complete and fresh: only then may the verdict close a finding. */
  readonly settled: boolean;
}

/**
 * The only way from a check's judgement to a recorded verdict. A check cannot talk its way around it: a pass becomes
 * `unknown` where anything it needs is missing, and so does a failure that claims an absence in data that is not whole;
 * a check that throws, or that answers with something else than a verdict, is an `error` of that subject alone.
 */
export function judgeThroughGate<Facts>(check: Check<Facts>, facts: Facts, given: Given, ground: Ground): Gated {
  let verdict: Verdict;
  try {
    verdict = check.judge(facts, given);
  } catch {
    // The exception's text may quote a source's data, so it stays out of the report.
    return error(`The check ${check.id} failed on this subject. This is a defect of Hubwarden; please report it.`);
  }
  const unmet = ground.unmet(check.needs);
  switch (verdict.outcome) {
    case 'pass':
      if (unmet !== null) return { ...withheld(unmet), facts: verdict.facts ?? {} };
      return settle('pass', verdict.because, verdict.message, verdict.facts);
    case 'not_applicable':
      return { ...settle('not_applicable', verdict.because, verdict.message, verdict.facts), settled: unmet === null };
    case 'fail': {
      const missing = verdict.absentFrom === undefined ? null : ground.unmet(verdict.absentFrom);
      if (missing !== null) return { ...withheld(missing), facts: verdict.facts };
      return {
        ...settle('fail', verdict.reason, verdict.message, verdict.facts),
        dueFrom: verdict.dueFrom ?? null,
        settled: false,
      };
    }
    case 'unknown':
      return { ...settle('unknown', verdict.reason, verdict.message, verdict.facts), settled: false };
    default:
      return error(`The check ${check.id} gave no verdict. This is a defect of Hubwarden; please report it.`);
  }
}

/** The verdict of a subject about which nothing can be said, for a reason that lies outside it. */
export function withheld(why: { readonly reason: string; readonly message: string }): Gated {
  return { outcome: 'unknown', reason: why.reason, message: why.message, facts: {}, dueFrom: null, settled: false };
}

function settle(outcome: Outcome, reason: string, message: string, facts: Evidence | undefined): Gated {
  return { outcome, reason, message, facts: facts ?? {}, dueFrom: null, settled: true };
}

function error(message: string): Gated {
  return { outcome: 'error', reason: 'CHECK_FAILED', message, facts: {}, dueFrom: null, settled: false };
}
