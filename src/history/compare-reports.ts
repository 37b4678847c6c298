import type { CheckStatus, Report, ReportCheck, ReportResult } from '../findings/report.js';

/** What one report says of a subject. */
export type Said = Pick<ReportResult, 'verdict' | 'reason' | 'message' | 'dueAt'>;

/** A subject of which two reports say different things; null where one of them does not have it. */
export interface ChangedSubject extends Pick<ReportResult, 'check' | 'organization' | 'subject'> {
  readonly before: Said | null;
  readonly after: Said | null;
}

export interface ComparedCheck {
  readonly id: string;
  readonly before: { readonly status: CheckStatus; readonly counts: ReportCheck['counts'] } | null;
  readonly after: { readonly status: CheckStatus; readonly counts: ReportCheck['counts'] } | null;
}

export interface Comparison {
  /** Every check of either report, in the order of the second. */
  readonly checks: readonly ComparedCheck[];
  /** Whose verdict, reason or due date differs, in the order of the second report; at the end what it does not have. */
  readonly changes: readonly ChangedSubject[];
}

export function compareReports(before: Report, after: Report): Comparison {
  const checksBefore = new Map(before.checks.map((check) => [check.id, check]));
  const checksAfter = new Set(after.checks.map(({ id }) => id));
  const resultsBefore = new Map(before.results.map((result) => [nameOf(result), result]));
  const resultsAfter = new Set(after.results.map(nameOf));
  return {
    checks: [
      ...after.checks.map((check) => ({
        id: check.id,
        before: totals(checksBefore.get(check.id)),
        after: totals(check),
      })),
      ...before.checks
        .filter(({ id }) => !checksAfter.has(id))
        .map((check) => ({ id: check.id, before: totals(check), after: null })),
    ],
    changes: [
      ...after.results.flatMap((result) => changeOf(resultsBefore.get(nameOf(result)), result)),
      ...before.results
        .filter((result) => !resultsAfter.has(nameOf(result)))
        .flatMap((result) => changeOf(result, undefined)),
    ],
  };
}

function changeOf(before: ReportResult | undefined, after: ReportResult | undefined): ChangedSubject[] {
  const about = after ?? before;
  if (about === undefined) return [];
  const isSame =
    before?.verdict === after?.verdict && before?.reason === after?.reason && before?.dueAt === after?.dueAt;
  if (isSame) return [];
  const { check, organization, subject } = about;
  return [{ check, organization, subject, before: said(before), after: said(after) }];
}

function said(result: ReportResult | undefined): Said | null {
  if (result === undefined) return null;
  const { verdict, reason, message, dueAt } = result;
  return { verdict, reason, message, dueAt };
}

function totals(check: ReportCheck | undefined): ComparedCheck['before'] {
  return check === undefined ? null : { status: check.status, counts: check.counts };
}

function nameOf({ check, organization, subject }: ReportResult): string {
  return JSON.stringify([check, organization, subject.kind, subject.id, subject.system ?? null]);
}
