import { inBatches } from '../../database/rows.js';
import type { ReportResult } from '../../findings/report.js';
import { csvLines } from '../../http/csv.js';
import type { TalliedReport } from '../tallied-report.js';
import type { Format } from './format.js';
import { json } from '../../findings/report-json.js';

/**
 * One line for every result. Cells that a spreadsheet would take for a formula begin with an apostrophe, since names come
 * from whoever holds an account.
 */
export const csvFormat: Format = { id: 'csv', render };

const columns = [
  'check',
  'severity',
  'organization',
  'subject_kind',
  'subject_id',
  'subject_name',
  'subject_system',
  'verdict',
  'reason',
  'message',
  'since',
  'due_at',
  'disposition',
  'acknowledged_at',
  'facts',
  'evaluated_at',
] as const;

const rowsAtOnce = 500;

async function* render(report: TalliedReport): AsyncGenerator<string> {
  for await (const batch of inBatches(rows(report), rowsAtOnce)) yield* csvLines(batch, '\n');
}

async function* rows({ evaluation, checks, results }: TalliedReport): AsyncGenerator<string[]> {
  const severities = new Map(checks.map(({ id, severity }) => [id, severity]));
  yield [...columns];
  for await (const result of results) yield cells(result, severities.get(result.check) ?? '', evaluation.at);
}

function cells({ subject, ...result }: ReportResult, severity: string, at: string): string[] {
  const row: Record<(typeof columns)[number], string | null | undefined> = {
    check: result.check,
    severity,
    organization: result.organization,
    subject_kind: subject.kind,
    subject_id: subject.id,
    subject_name: subject.name,
    subject_system: subject.system,
    verdict: result.verdict,
    reason: result.reason,
    message: result.message,
    since: result.since,
    due_at: result.dueAt,
    disposition: result.disposition,
    acknowledged_at: result.acknowledgedAt,
    facts: json(result.facts),
    evaluated_at: at,
  };
  return columns.map((column) => row[column] ?? '');
}
