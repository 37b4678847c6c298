import { createCB } from 'xmlbuilder2';
import { type ReportCheck, type ReportHead, type ReportResult, outcomes } from '../../findings/report.js';
import { visible, visibleLines } from '../../http/visible.js';
import { noneOf, subjectsOf, sumOf, type Tally, type TalliedReport } from '../tallied-report.js';
import { byCheck } from './by-check.js';
import type { Format, RenderOptions } from './format.js';

/**
 * A test suite for every check and a test case for every subject. An unknown verdict is an error and never skipped, so
 * that a pipeline does not go green over data that nobody has; an accepted exception is skipped. A disabled check has no suite.
 */
export const junitFormat: Format = { id: 'junit', render };

type Builder = ReturnType<typeof createCB>;
type Ending = 'failures' | 'errors' | 'skipped' | 'passed';

async function* render(report: TalliedReport, { disabled }: RenderOptions): AsyncGenerator<string> {
  let pending = '';
  const xml = createCB({ data: (chunk: string) => (pending += chunk), prettyPrint: true });
  const taken = (): string => {
    const text = pending;
    pending = '';
    return text;
  };
  const time = seconds(report);
  // What comes first says how many there are.
  const tallies = await report.tally();
  xml.dec({ version: '1.0', encoding: 'UTF-8' });
  xml.ele('testsuites', { name: 'hubwarden', ...counts(sumOf(tallies.values())), time });
  const silent = new Set(disabled.map(({ id }) => id));
  for await (const [check, results] of byCheck(report)) {
    if (silent.has(check.id)) continue;
    const tally = tallies.get(check.id) ?? noneOf;
    xml.ele('testsuite', { name: check.id, ...counts(tally), timestamp: report.evaluation.at, time: '0' });
    properties(xml, check, report);
    for await (const result of results) {
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

/** As `endingOf` has it. */
function counts(tally: Tally): Record<'tests' | Exclude<Ending, 'passed'>, string> {
  const { fail, unknown, error, not_applicable: notApplicable, excepted } = tally;
  return {
    tests: String(subjectsOf(tally)),
    failures: String(fail - excepted),
    errors: String(unknown + error),
    skipped: String(notApplicable + excepted),
  };
}

function properties(xml: Builder, check: ReportCheck, { evaluation }: ReportHead): void {
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

function seconds({ evaluation: { startedAt, finishedAt } }: ReportHead): string {
  return finishedAt === null ? '0' : ((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000).toFixed(3);
}

/** XML has no way to hold control characters, half characters, and two more. */
const line = (text: string): string => visible(text).replaceAll(/[\uFFFE\uFFFF]/g, '\uFFFD');
const block = (text: string): string => visibleLines(text).replaceAll(/[\uFFFE\uFFFF]/g, '\uFFFD');
