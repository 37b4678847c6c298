import type { EntityManager, QueryRunner } from 'typeorm';
import { catalog, catalogueVersion } from '../checks/catalog.js';
import type { DatasetFacts } from '../checks/facts.js';
import { streamRows } from '../database/rows.js';
import { sameSubject } from './same-subject.js';
import type { Report, ReportCheck, ReportHead, ReportDataset, ReportResult, StreamedReport } from './report.js';

/** A connection, or whatever has some. */
type Queries = Pick<EntityManager, 'query'>;

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
  excepted: boolean;
}

/**
 * The report of one recorded evaluation, as it was when it was recorded: what happened to its findings since is in the reports
 * of later ones.
 */
export async function readReport(database: Queries, number: string): Promise<Report> {
  const evaluation = await readEvaluation(database, number);
  const rows: ResultRow[] = await database.query(resultsSql, resultsOf(evaluation));
  return { ...(await readHead(database, evaluation)), results: rows.map((row) => readResult(row, evaluation.at)) };
}

/**
 * The same, with its results one by one through a cursor at each reading of them; the connection serves nothing else meanwhile. They are
 * of one snapshot in a transaction that is of one.
 */
export async function streamReport(runner: QueryRunner, number: string): Promise<StreamedReport> {
  const evaluation = await readEvaluation(runner.manager, number);
  return {
    ...(await readHead(runner.manager, evaluation)),
    results: { [Symbol.asyncIterator]: () => streamResults(runner, evaluation) },
  };
}

/**
 * The hash of the report as it is read here; null where it is not recorded yet, and where another catalogue may have put the checks in
 * another order.
 */
export async function recordedHash(database: Queries, number: string): Promise<string | null> {
  const [row]: { hash: string | null }[] = await database.query(
    'select report_hash as hash from evaluation where number = $1 and catalogue_version = $2',
    [number, catalogueVersion],
  );
  return row?.hash ?? null;
}

async function* streamResults(runner: QueryRunner, evaluation: EvaluationRow): AsyncGenerator<ReportResult> {
  for await (const row of streamRows<ResultRow>(runner, resultsSql, resultsOf(evaluation)))
    yield readResult(row, evaluation.at);
}

async function readEvaluation(database: Queries, number: string): Promise<EvaluationRow> {
  const [evaluation]: EvaluationRow[] = await database.query(
    'select id, number, at, started_at, finished_at, roster_dataset from evaluation where number = $1',
    [number],
  );
  if (evaluation === undefined) throw new Error(`There is no evaluation ${number}.`);
  return evaluation;
}

async function readHead(database: Queries, evaluation: EvaluationRow): Promise<ReportHead> {
  return {
    schema: 'hubwarden.report/1',
    evaluation: {
      id: evaluation.id,
      at: evaluation.at.toISOString(),
      startedAt: evaluation.started_at.toISOString(),
      finishedAt: evaluation.finished_at?.toISOString() ?? null,
    },
    datasets: await readDatasets(database, evaluation),
    checks: await readChecks(database, evaluation.number),
  };
}

async function readDatasets(database: Queries, evaluation: EvaluationRow): Promise<ReportDataset[]> {
  const rows: (Omit<ReportDataset, 'fetchedAt'> & { fetched_at: Date | null })[] = await database.query(
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

async function readChecks(database: Queries, number: string): Promise<ReportCheck[]> {
  const rows: (Omit<ReportCheck, 'counts'> & ReportCheck['counts'])[] = await database.query(
    `select check_id as id, title, severity, status, pass, fail, unknown, error, not_applicable, excepted
       from evaluated_check where evaluation_number = $1
      order by array_position($2::text[], check_id), check_id collate "C"`,
    [number, catalog.map(({ id }) => id)],
  );
  return rows.map(({ id, title, severity, status, ...counts }) => ({ id, title, severity, status, counts }));
}

/**
 * How far each finding had come when the evaluation $1 was recorded: by its own transitions and those of earlier ones, and by what
 * had happened between two evaluations before its verdicts met the findings.
 */
const toldThen = `
  select finding_id,
         (array_agg(kind order by id desc) filter (where kind in ('opened', 'reopened', 'resolved')))[1] as state,
         max(at) filter (where kind = 'acknowledged') as acknowledged_at
    from finding_transition
   where evaluation_number <= $1
      or evaluation_number is null and (
           select case when evaluation.judged_at is null then finding_transition.at <= evaluation.at
                       else finding_transition.recorded_at < evaluation.judged_at end
             from evaluation where evaluation.number = $1)
   group by finding_id`;

/**
 * An open finding lends its dates to whatever is said of its subject: a leaver whom tonight's broken listing did not show
 * is `unknown`, and still overdue since the same day.
 */
const resultsSql = `
     with told as materialized (${toldThen})
     select verdict.check_id, organization.name as organization, verdict.subject_kind, verdict.subject_key,
            verdict.subject_name, verdict.subject_system, verdict.outcome, verdict.reason, verdict.message, verdict.facts,
            coalesce(finding.first_seen_at, verdict.since) as since, finding.due_at, told.acknowledged_at,
            exists (
              select from excepted_finding as excepted
               where excepted.finding_id = finding.id and excepted.first_evaluation <= $1
                 and (excepted.last_evaluation is null or excepted.last_evaluation > $1)) as excepted
       from verdict
       left join organization on organization.id = verdict.organization_id
       left join (finding join told on told.finding_id = finding.id and told.state <> 'resolved')
         on ${sameSubject('finding', 'verdict')}
      where verdict.first_evaluation <= $1 and (verdict.last_evaluation is null or verdict.last_evaluation > $1)
      order by array_position($2::text[], verdict.check_id), organization.name collate "C" nulls last,
               verdict.subject_system collate "C" nulls first, verdict.subject_kind collate "C",
               verdict.subject_name collate "C", verdict.subject_key collate "C"`;

function resultsOf({ number }: EvaluationRow): [number: string, checks: string[]] {
  return [number, catalog.map(({ id }) => id)];
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
    disposition: dispositionOf(row, at),
    acknowledgedAt: row.acknowledged_at?.toISOString() ?? null,
    facts: row.facts,
  };
}

function dispositionOf({ due_at: dueAt, excepted }: ResultRow, at: Date): ReportResult['disposition'] {
  if (dueAt === null) return 'none';
  if (excepted) return 'excepted';
  return dueAt < at ? 'overdue' : 'in_grace';
}
