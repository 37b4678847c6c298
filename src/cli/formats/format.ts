import type { Control, Severity } from '../../checks/check.js';
import type { TalliedReport } from '../tallied-report.js';

export const formatIds = ['table', 'json', 'csv', 'junit', 'sarif'] as const;
export type FormatId = (typeof formatIds)[number];

/** One way to write a report. Every result is in it, passes included; only `table` is a summary. */
export interface Format {
  readonly id: FormatId;
  /** The report in pieces, so that a large one need not be in memory. Reads its results to their end, once or twice. */
  render(report: TalliedReport, options: RenderOptions): AsyncIterable<string>;
}

export interface RenderOptions {
  readonly colours: boolean;
  /** Columns of the terminal that somebody looks at: lines are broken and long lists end early. Null elsewhere. */
  readonly terminalWidth: number | null;
  /** What the catalogue says about each check. */
  readonly checks: readonly CheckNotes[];
  readonly version: string;
  /** The configuration that was judged by, as a path for people and tools. */
  readonly policyFile: string | null;
  /** Checks that the configuration switches off. They have no subjects, which must not look like an empty population. */
  readonly disabled: readonly DisabledCheck[];
}

export interface DisabledCheck {
  readonly id: string;
  readonly reason: string;
}

export interface CheckNotes {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly why: string;
  readonly remedy: string;
  readonly controls: readonly Control[];
}
