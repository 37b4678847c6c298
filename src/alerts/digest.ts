import type { Instant, ReportResult, ReportSeverity } from '../findings/report.js';

/** What one message says, written down when it is planned: it says the same however often it is tried. */
export interface Digest {
  readonly schema: 'hubwarden.alert/1';
  /**
   * `changes`: one severity of one run. `first_night`: everything of a first evaluation in one message. `source_down`: everything
   * of a run in which data that verdicts rest on was missing. `catch_up`: everything that waited while the receiver was away.
   */
  readonly kind: 'changes' | 'first_night' | 'source_down' | 'catch_up' | 'sample';
  /** Null: what happened between two evaluations. Of a `catch_up`, the last one. */
  readonly evaluation: { readonly id: string; readonly at: Instant } | null;
  /** The clock of the oldest thing that it tells. */
  readonly since: Instant;
  /** The highest of its items. */
  readonly severity: ReportSeverity;
  readonly counts: DigestCounts;
  /** Every check in it, the most severe first. */
  readonly checks: readonly DigestCheck[];
  /** The most urgent first, at most `mostDigestItems`. */
  readonly items: readonly DigestItem[];
  /** How many more there are. */
  readonly more: number;
  /** What is wrong with the data that tonight's verdicts rest on, where something is. */
  readonly sources: readonly {
    readonly organization: string | null;
    readonly check: string;
    readonly message: string;
  }[];
}

export const mostDigestItems = 200;

/** `new` also where a finding came back, or its exception ended; `overdue`: now, or still; `expiring`: its exception will end. */
export const digestChanges = ['new', 'overdue', 'expiring', 'resolved'] as const;
export type DigestChange = (typeof digestChanges)[number];
/** `expiring` only where there is one. */
export type DigestCounts = Readonly<Record<Exclude<DigestChange, 'expiring'>, number>> & { readonly expiring?: number };

export function totalOf(counts: DigestCounts): number {
  return digestChanges.reduce((total, change) => total + (counts[change] ?? 0), 0);
}

export interface DigestCheck {
  readonly id: string;
  readonly title: string;
  readonly severity: ReportSeverity;
  readonly counts: DigestCounts;
}

export interface DigestItem {
  readonly change: DigestChange;
  /** True of a reminder, and of what came back: it was told before. */
  readonly again: boolean;
  /** The finding's id. */
  readonly finding: string;
  readonly check: string;
  readonly severity: ReportSeverity;
  readonly organization: string | null;
  readonly subject: Pick<ReportResult['subject'], 'kind' | 'name' | 'system'>;
  readonly reason: string;
  readonly message: string;
  readonly since: Instant;
  readonly dueAt: Instant;
  readonly acknowledged: boolean;
}
