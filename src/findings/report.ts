import type { Dataset, Evidence, Instant, Reason, Severity, SubjectKind } from '../checks/check.js';
import type { DatasetStatus } from '../checks/facts.js';

/** The words of the report that other stages speak too, which may not import `checks`. */
export type { Instant };
export type ReportSeverity = Severity;

export const outcomes = ['pass', 'fail', 'unknown', 'error', 'not_applicable'] as const;
export type Outcome = (typeof outcomes)[number];

export const checkStatuses = [
  'failing',
  'at_risk',
  'error',
  'unknown',
  'passing_with_exceptions',
  'passing',
  'not_applicable',
] as const;
export type CheckStatus = (typeof checkStatuses)[number];

export const dispositions = ['in_grace', 'overdue', 'excepted', 'none'] as const;
export type Disposition = (typeof dispositions)[number];

/** What `hubwarden check --format json` prints, and what the API serves as an evaluation's report. */
export interface Report {
  readonly schema: 'hubwarden.report/1';
  readonly evaluation: ReportEvaluation;
  readonly datasets: readonly ReportDataset[];
  readonly checks: readonly ReportCheck[];
  readonly results: readonly ReportResult[];
}

/** What stands in a report beside its results: little, however large it is. */
export type ReportHead = Omit<Report, 'results'>;

/** A report that need not be in memory as a whole. Its results can be read as often as one likes, one reading after the other. */
export interface StreamedReport extends ReportHead {
  readonly results: AsyncIterable<ReportResult> | Iterable<ReportResult>;
}

export interface ReportEvaluation {
  readonly id: string;
  readonly at: Instant;
  readonly startedAt: Instant;
  /** Null while it runs. */
  readonly finishedAt: Instant | null;
}

export interface ReportDataset {
  /** Null for the roster. */
  readonly organization: string | null;
  readonly name: Dataset;
  readonly status: DatasetStatus;
  readonly fetchedAt: Instant | null;
  readonly received: number;
  readonly reported: number | null;
  readonly reason: Reason | null;
  readonly message: string | null;
}

export interface ReportCheck {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly status: CheckStatus;
  /** The five verdicts add up to the check's subjects; `excepted` counts failing subjects under an exception. */
  readonly counts: Readonly<Record<Outcome | 'excepted', number>>;
}

export interface ReportResult {
  readonly check: string;
  /** Null for the roster. */
  readonly organization: string | null;
  readonly subject: {
    readonly kind: SubjectKind;
    readonly id: string;
    readonly name: string;
    readonly system?: string;
  };
  readonly verdict: Outcome;
  readonly reason: Reason;
  readonly message: string;
  readonly since: Instant;
  readonly dueAt: Instant | null;
  readonly disposition: Disposition;
  readonly acknowledgedAt: Instant | null;
  readonly facts: Evidence;
}
