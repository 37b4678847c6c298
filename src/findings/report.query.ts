import type { DataSource } from 'typeorm';
import { catalog } from '../checks/catalog.js';
import type { DatasetFacts } from '../checks/facts.js';
import type { Report, ReportCheck, ReportDataset, ReportResult } from './report.js';

interface EvaluationRow {
  id: string;
  number: string;
  at: Date;
  started_at: Date;
  finished_at: Date | null;
  roster_dataset: DatasetFacts;
}

interface ResultRow {
  check_id: string;
  organization: string | null;
  subject_kind: ReportResult['subject']['kind'];
  subject_key: string;
  subject_name: string;
  subject_system: string | null;
  outcome: ReportResult['verdict'];
  reason: string;
  message: string;
  facts: ReportResult['facts'];
  since: Date;
  due_at: Date | null;
  acknowledged_at: Date | null;
}

/** The report of one recorded evaluation. Only its own findings' dates are those of now: an acknowledgement may be newer. */
export async function readReport(dataSource: DataSource, number: string): Promise<Report> {
  const [evaluation]: EvaluationRow[] = await dataSource.query(
    'select id, number, at, started_at, finished_at, roster_dataset from evaluation where number = $1',
    [number],
  );
  if (evaluation === undefined) throw new Error(`There is no evaluation ${number}.`);
  return {
    schema: 'hubwarden.report/1',
    evaluation: {
      id: evaluation.id,
      at: evaluation.at.toISOString(),
      startedAt: evaluation.started_at.toISOString(),
      finishedAt: evaluation.finished_at?.toISOString() ?? null,
    },
    datasets: await readDatasets(dataSource, evaluation),
    checks: await readChecks(dataSource, number),
    results: await readResults(dataSource, evaluation),
  };
}

async function readDatasets(dataSource: DataSource, evaluation: EvaluationRow): Promise<ReportDataset[]> {
  const rows: (Omit<ReportDataset, 'fetchedAt'> & { fetched_at: Date | null })[] = await dataSource.query(
    `select organization.name as organization, dataset_reading.dataset as name, dataset_reading.status,
            dataset_reading.fetched_at, dataset_reading.received, dataset_reading.reported, dataset_reading.reason,
            dataset_reading.message
       from evaluated_snapshot
       join organization on organization.id = evaluated_snapshot.organization_id
       join dataset_reading on dataset_reading.run_id = evaluated_snapshot.run_id
      where evaluated_snapshot.evaluation_number = $1
      order by organization.name collate "C", dataset_reading.dataset collate "C"`,
    [evaluation.number],
  );
  const datasets = rows.map(({ fetched_at, organization, name, status, ...rest }) => ({
    organization,
    name,
    status,
    fetchedAt: fetched_at?.toISOString() ?? null,
    ...rest,
  }));
  return [...datasets, { organization: null, ...evaluation.roster_dataset }];
}

async function readChecks(dataSource: DataSource, number: string): Promise<ReportCheck[]> {
  const rows: (Omit<ReportCheck, 'counts'> & ReportCheck['counts'])[] = await dataSource.query(
    `select check_id as id, title, severity, status, pass, fail, unknown, error, not_applicable, excepted
       from evaluated_check where evaluation_number = $1
      order by array_position($2::text[], check_id), check_id collate "C"`,
    [number, catalog.map(({ id }) => id)],
  );
  return rows.map(({ id, title, severity, status, ...counts }) => ({ id, title, severity, status, counts }));
}

/**
 * An open finding lends its dates to whatever is said of its subject: a leaver whom tonight's broken listing did not show
 * is `unknown`, and still overdue since the same day.
 */
async function readResults(dataSource: DataSource, evaluation: EvaluationRow): Promise<ReportResult[]> {
  const rows: ResultRow[] = await dataSource.query(
    `select verdict.check_id, organization.name as organization, verdict.subject_kind, verdict.subject_key,
            verdict.subject_name, verdict.subject_system, verdict.outcome, verdict.reason, verdict.message, verdict.facts,
            coalesce(finding.first_seen_at, verdict.since) as since, finding.due_at, finding.acknowledged_at
       from verdict
       left join organization on organization.id = verdict.organization_id
       left join finding on finding.check_id = verdict.check_id and finding.organization_id = verdict.organization_id
        and finding.subject_kind = verdict.subject_kind and finding.subject_key = verdict.subject_key
        and finding.first_seen_at <= $2 and (finding.resolved_at is null or finding.resolved_at > $2)
      where verdict.first_evaluation <= $1 and (verdict.last_evaluation is null or verdict.last_evaluation > $1)
      order by array_position($3::text[], verdict.check_id), organization.name collate "C" nulls last,
               verdict.subject_system collate "C" nulls first, verdict.subject_kind collate "C",
               verdict.subject_name collate "C", verdict.subject_key collate "C"`,
    [evaluation.number, evaluation.at, catalog.map(({ id }) => id)],
  );
  return rows.map((row) => readResult(row, evaluation.at));
}

function readResult(row: ResultRow, at: Date): ReportResult {
  return {
    check: row.check_id,
    organization: row.organization,
    subject: {
      kind: row.subject_kind,
      id: row.subject_key,
      name: row.subject_name,
      ...(row.subject_system !== null && { system: row.subject_system }),
    },
    verdict: row.outcome,
    reason: row.reason,
    message: row.message,
    since: row.since.toISOString(),
    dueAt: row.due_at?.toISOString() ?? null,
    disposition: row.due_at === null ? 'none' : row.due_at < at ? 'overdue' : 'in_grace',
    acknowledgedAt: row.acknowledged_at?.toISOString() ?? null,
    facts: row.facts,
  };
}
