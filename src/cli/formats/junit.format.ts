import { createCB } from 'xmlbuilder2';
import { type Report, type ReportCheck, type ReportResult, outcomes } from '../../findings/report.js';
import { visible, visibleLines } from '../../http/visible.js';
import { resultsByCheck } from './results-by-check.js';
import type { Format, RenderOptions } from './format.js';

/**
 * A test suite for every check and a test case for every subject. An unknown verdict is an error and never skipped, so
 * that a pipeline does not go green over data that nobody has; an accepted exception is skipped. A disabled check has no suite.
 */
export const junitFormat: Format = { id: 'junit', render };

type Builder = ReturnType<typeof createCB>;
type Ending = 'failures' | 'errors' | 'skipped' | 'passed';

function* render(report: Report, { disabled }: RenderOptions): Generator<string> {
  let pending = '';
  const xml = createCB({ data: (chunk: string) => (pending += chunk), prettyPrint: true });
  const taken = (): string => {
    const text = pending;
    pending = '';
    return text;
  };
  const time = seconds(report);
  xml.dec({ version: '1.0', encoding: 'UTF-8' });
  xml.ele('testsuites', { name: 'hubwarden', ...counts(report.results), time });
  const byCheck = resultsByCheck(report.results);
  const silent = new Set(disabled.map(({ id }) => id));
  for (const check of report.checks.filter(({ id }) => !silent.has(id))) {
    const results = byCheck.get(check.id) ?? [];
    xml.ele('testsuite', { name: check.id, ...counts(results), timestamp: report.evaluation.at, time: '0' });
    properties(xml, check, report);
    for (const result of results) {
      testCase(xml, result);
      if (pending.length > 60_000) yield taken();
    }
    xml.up();
    yield taken();
  }
  xml.end();
  yield `${taken()}\n`;
}

function endingOf({ verdict, disposition }: ReportResult): Ending {
  if (verdict === 'fail') return disposition === 'excepted' ? 'skipped' : 'failures';
  if (verdict === 'unknown' || verdict === 'error') return 'errors';
  return verdict === 'not_applicable' ? 'skipped' : 'passed';
}

function counts(results: readonly ReportResult[]): Record<string, string> {
  const number = (ending: Ending): string => String(results.filter((result) => endingOf(result) === ending).length);
  return {
    tests: String(results.length),
    failures: number('failures'),
    errors: number('errors'),
    skipped: number('skipped'),
  };
}

function properties(xml: Builder, check: ReportCheck, { evaluation }: Report): void {
  const values = { title: check.title, severity: check.severity, status: check.status, evaluation: evaluation.id };
  xml.ele('properties');
  for (const [name, value] of Object.entries(values)) xml.ele('property', { name, value: line(value) }).up();
  for (const outcome of outcomes) xml.ele('property', { name: outcome, value: String(check.counts[outcome]) }).up();
  xml.up();
}

function testCase(xml: Builder, result: ReportResult): void {
  const { subject, organization, check, verdict, reason, message, since, dueAt } = result;
  const where = [check, organization, subject.system].filter((part) => part !== null && part !== undefined).join('.');
  xml.ele('testcase', {
    name: line(`${subject.kind} ${subject.name} (${subject.id})`),
    classname: line(where),
    time: '0',
  });
  const ending = endingOf(result);
  if (ending === 'failures' || ending === 'errors') {
    xml.ele(ending === 'failures' ? 'failure' : 'error', { type: line(reason), message: line(message) });
    xml.txt(block(`${verdict} since ${since}${dueAt === null ? '' : `, due ${dueAt}`}\n${message}`)).up();
  } else if (ending === 'skipped') {
    xml.ele('skipped', { message: line(verdict === 'fail' ? `excepted: ${message}` : message) }).up();
  }
  xml.up();
}

function seconds({ evaluation: { startedAt, finishedAt } }: Report): string {
  return finishedAt === null ? '0' : ((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000).toFixed(3);
}

/** XML has no way to hold control characters, half characters, and two more. */
const line = (text: string): string => visible(text).replaceAll(/[\uFFFE\uFFFF]/g, '\uFFFD');
const block = (text: string): string => visibleLines(text).replaceAll(/[\uFFFE\uFFFF]/g, '\uFFFD');
