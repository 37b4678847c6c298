import type { Check, Reason, Verdict } from './check.js';

/** What a reason means, in half a sentence. */
export type Meanings = Readonly<Record<Reason, string>>;

/** A check of the catalogue: whatever docs/checks.md says about it stands in its own file. */
export interface DocumentedCheck<Facts, Policy extends object = object> extends Check<Facts, Policy> {
  /** Every reason of the check's own verdicts. The engine has a few more, for verdicts that it withholds. */
  readonly reasons: Readonly<Partial<Record<Verdict['outcome'], Meanings>>>;
  /** What each key of the policy decides. */
  readonly settings: Readonly<Record<string, string>>;
}
