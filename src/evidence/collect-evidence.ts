import type { QueryRunner } from 'typeorm';
import { removalWithinSla } from '../checks/catalog/removal-within-sla.check.js';
import type { DocumentedCheck } from '../checks/documented-check.js';
import { streamRows } from '../database/rows.js';
import { policyChange } from '../findings/policy-change.js';
import { streamReport } from '../findings/report.query.js';
import type { StreamedReport } from '../findings/report.js';
import { columns } from './columns.js';
import { Figures } from './figures.js';
import { attestationsSql, exceptionsSql, findingsSql, linksSql, trailSql } from './findings.query.js';
import { leavers } from './leavers.query.js';
import { checkStatusSql, evaluationsSql, gapsSql, incompleteReadingsSql, policiesSql } from './monitoring.query.js';
import { ocsfFindings } from './ocsf.js';
import { oscalAssessmentResults } from './oscal.js';
import { populationChangesSql, populationOverTimeSql, populationSql } from './population.query.js';
import {
  auditEventsSql,
  auditWindowsSql,
  employmentSql,
  readingsSql,
  recordsSql,
  rosterReadingsSql,
  rostersSql,
} from './raw.query.js';
import { readmeText } from './readme.js';
import { reportPage } from './report-page.js';
import { sources } from './sources.js';
import { type EvidenceWindow, unwatched } from './window.query.js';
import { type Row, writeJson, writeLines, writeTable, writeText } from './write-rows.js';

export interface Collection {
  readonly window: EvidenceWindow;
  /** The checks that it is about. */
  readonly checks: ReadonlyMap<string, DocumentedCheck<never>>;
  /** In words: `all checks`, `the checks for SOC 2`. */
  readonly scope: string;
  readonly signedBy: string;
  readonly writtenAt: string;
  readonly version: string;
  readonly onFile: (name: string) => void;
}

/** Writes every file of an archive into an empty folder, all from the runner's one transaction. Rows stream; of the long ones none is held. */
export async function collectEvidence(runner: QueryRunner, folder: string, collection: Collection): Promise<void> {
  const { window, checks, scope, signedBy, writtenAt, version, onFile } = collection;
  const ids = [...checks.keys()];
  const numbers = [window.start.number, window.end.number];
  const span = [window.from, window.to];
  const figures = new Figures(window.to);
  const rows = (sql: string, parameters: readonly unknown[]): AsyncIterable<Row> =>
    streamRows<Row>(runner, sql, parameters);
  const table = async (
    name: string,
    headings: readonly string[],
    from: AsyncIterable<Row> | Iterable<Row>,
  ): Promise<void> => {
    onFile(name);
    await writeTable(folder, name, headings, from);
  };
  const lines = async (name: string, from: AsyncIterable<Row> | Iterable<Row>): Promise<void> => {
    onFile(name);
    await writeLines(folder, name, from);
  };

  await table('population-start', columns.population, rows(populationSql, [window.start.number]));
  await table('population-end', columns.population, rows(populationSql, [window.end.number]));
  await table(
    'population-changes',
    columns.populationChanges,
    tapped(rows(populationChangesSql, numbers), (row) => figures.countChange(row)),
  );
  await table(
    'population-over-time',
    columns.populationOverTime,
    tapped(rows(populationOverTimeSql, span), (row) => figures.countPopulation(row)),
  );
  const policies = await all(rows(policiesSql, numbers));
  const policyChanges = changesOf(policies);
  onFile('policy');
  await writeJson(folder, 'policy.json', { atStart: policies[0] ?? null, changes: policyChanges });
  const within = removalAllowed(policies.at(-1)?.['policy']);
  await table(
    'leavers',
    columns.leavers,
    tapped(leavers(runner, window, within), (row) => figures.countLeaver(row)),
  );
  await table(
    'findings',
    columns.findings,
    tapped(rows(findingsSql, [...span, ids, window.end.number]), (row) => figures.countFinding(row)),
  );
  const exceptions = await all(rows(exceptionsSql, [...span, ids]));
  await table('exceptions', columns.exceptions, exceptions);
  const attestations = await all(rows(attestationsSql, [...span, ids]));
  await table('attestations', columns.attestations, attestations);
  const { until, since } = unwatched(window, writtenAt);
  await table(
    'gaps',
    columns.gaps,
    tapped(rows(gapsSql, [...numbers, until, ids, since]), (row) => figures.countGap(row)),
  );
  await table('check-status', columns.checkStatus, rows(checkStatusSql, [...numbers, ids]));
  await table('incomplete-readings', columns.incompleteReadings, rows(incompleteReadingsSql, numbers));
  await table('links', columns.links, rows(linksSql, span));
  await lines('trail', rows(trailSql, [...span, ...numbers]));
  await lines('evaluations', rows(evaluationsSql, numbers));
  await lines('raw/records', rows(recordsSql, numbers));
  await lines('raw/readings', withSource(rows(readingsSql, numbers)));
  await lines('raw/audit-events', rows(auditEventsSql, span));
  await lines('raw/audit-windows', rows(auditWindowsSql, numbers));
  await lines('raw/rosters', rows(rostersSql, [...span, ...numbers]));
  await lines('raw/roster-readings', rows(rosterReadingsSql, span));
  await lines('raw/employment', rows(employmentSql, [...span, ...numbers]));

  async function* about({ results }: StreamedReport): AsyncGenerator<Row> {
    for await (const result of results) if (checks.has(result.check)) yield { ...result };
  }
  await lines('results-at-start', about(await streamReport(runner, window.start.number)));
  const report = await streamReport(runner, window.end.number);
  await lines('results-at-end', about(report));
  // Its results are read twice rather than held.
  await lines('ocsf/compliance-findings', ocsfFindings(report, checks, { version }));
  onFile('oscal/assessment-results');
  await writeJson(
    folder,
    'oscal/assessment-results.json',
    oscalAssessmentResults(report, window, checks, { at: writtenAt, version }),
  );
  onFile('report');
  const page = { window, scope, writtenAt, signedBy, report, checks, figures, within, exceptions, attestations };
  await writeText(folder, 'report.html', reportPage({ ...page, policyChanges }));
  await writeText(folder, 'README.txt', readmeText(window, scope, signedBy));
}

/** How long access may outlast its holder, by the policy as it was recorded. */
function removalAllowed(policy: unknown): string {
  const checks: unknown = fieldOf(policy, 'checks');
  const check: unknown = Array.isArray(checks)
    ? checks.find((one: unknown) => fieldOf(one, 'id') === removalWithinSla.id)
    : undefined;
  const within = fieldOf(fieldOf(check, 'policy'), 'within');
  return typeof within === 'string' ? within : new removalWithinSla.policy().within;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

async function* tapped(rows: AsyncIterable<Row>, see: (row: Row) => void): AsyncIterable<Row> {
  for await (const row of rows) {
    see(row);
    yield row;
  }
}

async function* withSource(rows: AsyncIterable<Row>): AsyncIterable<Row> {
  for await (const row of rows) yield { ...row, source: sources[String(row['dataset'])] ?? null };
}

async function all(rows: AsyncIterable<Row>): Promise<Row[]> {
  const found: Row[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

/** The first row says what was in force; every later one changed something. */
function changesOf(policies: readonly Row[]): Row[] {
  return policies.slice(1).map(({ at, number, catalogueVersion, versionBefore, policy, policyBefore }) => ({
    at,
    evaluation: number,
    catalogueVersion,
    versionBefore,
    change: policyChange(policyBefore, policy),
  }));
}
