import { inspect } from 'node:util';
import type { Severity } from '../../checks/check.js';
import { counted } from '../../checks/wording.js';
import type { CheckStatus, Outcome, ReportCheck, ReportDataset, ReportResult } from '../../findings/report.js';
import { visible } from '../../http/visible.js';
import { aligned, widthOf, wrapped } from '../columns.js';
import { subjectsOf, sumOf, type Tally, type TalliedReport } from '../tallied-report.js';
import { byCheck } from './by-check.js';
import type { Format, RenderOptions } from './format.js';

/** A summary for people: what is missing, how every check stands, and each subject that fails or is unknown. */
export const tableFormat: Format = { id: 'table', render };

type Colour = 'red' | 'yellow' | 'green' | 'dim' | 'bold';
type Paint = (colour: Colour, text: string) => string;

/** On a terminal the first so many subjects of a check are shown. */
const shownOnTerminal = 10;

async function* render(report: TalliedReport, options: RenderOptions): AsyncGenerator<string> {
  const paint: Paint = options.colours ? painted : (_, text) => text;
  yield `${paint('bold', 'Hubwarden')} ${minute(report.evaluation.at)}, evaluation ${visible(report.evaluation.id)}\n`;
  yield* incompleteData(report.datasets, options.terminalWidth, paint);
  const disabled = new Map(options.disabled.map(({ id, reason }) => [id, reason]));
  yield* disabledChecks(disabled, options.terminalWidth, paint);
  const checks = report.checks.filter(({ id }) => !disabled.has(id));
  yield* checkTable(checks, paint);
  for await (const [check, results] of byCheck(report)) {
    if (disabled.has(check.id)) continue;
    yield* subjects(
      check,
      await openOnes(results, options.terminalWidth === null ? null : shownOnTerminal),
      options,
      paint,
    );
  }
  const total = sumOf((await report.tally()).values());
  yield `\n${wrapped(summary(checks.length, total), 0, options.terminalWidth)}\n`;
}

/** util.styleText of later versions looks at the process's own streams first, which may be others than this report's. */
function painted(colour: Colour, text: string): string {
  const [open, close] = inspect.colors[colour] ?? [0, 0];
  return `\u001b[${open}m${text}\u001b[${close}m`;
}

/** The verdicts that somebody has to look at, in the order in which they are shown. */
const open: readonly Outcome[] = ['fail', 'error', 'unknown'];

interface OpenResults {
  readonly shown: readonly ReportResult[];
  readonly all: number;
}

/** Of one check, `most` of them where there is a limit. More than that are never held. */
async function openOnes(results: AsyncIterable<ReportResult>, most: number | null): Promise<OpenResults> {
  const kept = new Map(open.map((verdict): [Outcome, ReportResult[]] => [verdict, []]));
  let all = 0;
  for await (const result of results) {
    const same = kept.get(result.verdict);
    if (same === undefined) continue;
    all += 1;
    if (most === null || same.length < most) same.push(result);
  }
  const sorted = [...kept.values()].flat();
  return { shown: most === null ? sorted : sorted.slice(0, most), all };
}

function* incompleteData(datasets: readonly ReportDataset[], width: number | null, paint: Paint): Generator<string> {
  const incomplete = datasets.filter(({ status }) => status !== 'complete' && status !== 'not_configured');
  if (incomplete.length > 0) {
    yield `\n${paint('bold', 'Data that is not complete')} (nothing that needs it passes)\n`;
    const rows = incomplete.map(({ organization, name, status, received, reported, reason }) => [
      visible(organization ?? ''),
      name,
      status,
      reported === null ? `${received} received` : `${received} of ${reported} received`,
      visible(reason ?? ''),
    ]);
    for (const [index, line] of aligned(rows).entries()) {
      yield `  ${paint('yellow', line)}\n`;
      const message = incomplete[index]?.message;
      if (message) yield `${wrapped(visible(message), 4, width)}\n`;
    }
  }
  const absent = datasets.filter(({ status }) => status === 'not_configured');
  const names = absent.map(({ organization, name }) =>
    organization === null ? name : `${name} (${visible(organization)})`,
  );
  if (names.length > 0) yield `\n${paint('dim', `Not configured: ${names.join(', ')}`)}\n`;
}

function* disabledChecks(disabled: ReadonlyMap<string, string>, width: number | null, paint: Paint): Generator<string> {
  if (disabled.size > 0) yield '\n';
  for (const [id, reason] of disabled) {
    const line = `Disabled: ${visible(id)} (${visible(reason.trim().replaceAll(/\s+/g, ' '))})`;
    yield `${paint('dim', wrapped(line, 0, width))}\n`;
  }
}

const statusColours: Readonly<Record<CheckStatus, Colour>> = {
  failing: 'red',
  at_risk: 'red',
  error: 'yellow',
  unknown: 'yellow',
  passing_with_exceptions: 'green',
  passing: 'green',
  not_applicable: 'dim',
};

function* checkTable(checks: readonly ReportCheck[], paint: Paint): Generator<string> {
  const columns: readonly (readonly [string, keyof ReportCheck['counts']])[] = [
    ['pass', 'pass'],
    ['fail', 'fail'],
    ['unknown', 'unknown'],
    ['error', 'error'],
    ['n/a', 'not_applicable'],
    ['excepted', 'excepted'],
  ];
  const numbers = ({ counts }: ReportCheck): string[] =>
    columns.map(([heading, count]) => String(counts[count]).padStart(heading.length));
  const [heading = '', ...lines] = aligned([
    ['status', 'check', 'severity', ...columns.map(([name]) => name)],
    ...checks.map((check) => [words(check.status), visible(check.id), check.severity, ...numbers(check)]),
  ]);
  yield `\n${paint('dim', heading)}\n`;
  for (const [index, line] of lines.entries()) {
    const status = checks[index]?.status ?? 'unknown';
    const word = words(status);
    yield `${paint(statusColours[status], word)}${line.slice(word.length)}\n`;
  }
}

function* subjects(
  check: ReportCheck,
  { shown, all }: OpenResults,
  options: RenderOptions,
  paint: Paint,
): Generator<string> {
  if (all === 0) return;
  const width = options.terminalWidth;
  yield `\n${paint('bold', visible(check.id))} ${severityWord(check.severity, paint)} ${visible(check.title)}\n`;
  const wide = aligned(shown.map((result) => [...who(result), ...when(result)]));
  const fits = width === null || wide.every((line) => widthOf(line) + 2 <= width);
  const lines = fits ? wide : aligned(shown.map(who));
  for (const [index, line] of lines.entries()) {
    const result = shown[index];
    if (!result) continue;
    const colour = result.verdict === 'fail' ? 'red' : 'yellow';
    yield `  ${paint(colour, result.verdict)}${line.slice(result.verdict.length)}\n`;
    yield `${wrapped(visible(result.message), 4, width)}\n`;
    if (!fits) yield `${paint('dim', wrapped(when(result).filter(Boolean).join(', '), 4, width))}\n`;
  }
  const more = all - shown.length;
  if (more > 0) yield paint('dim', `  and ${more} more (--format csv or json has all of them)\n`);
  const remedy = options.checks.find(({ id }) => id === check.id)?.remedy;
  // Failures come first.
  if (remedy !== undefined && shown[0]?.verdict === 'fail') yield `${wrapped(`To do: ${visible(remedy)}`, 2, width)}\n`;
}

function who({ verdict, organization, subject, reason }: ReportResult): string[] {
  const system = subject.system === undefined ? '' : ` in ${subject.system}`;
  return [
    verdict,
    visible(organization ?? ''),
    visible(`${words(subject.kind)} ${subject.name}${system}`),
    visible(reason),
  ];
}

function when({ since, dueAt, disposition, acknowledgedAt }: ReportResult): string[] {
  const due = dueAt === null ? '' : `due ${minute(dueAt)}${disposition === 'overdue' ? ', overdue' : ''}`;
  const more = [due, disposition === 'excepted' ? 'excepted' : '', acknowledgedAt === null ? '' : 'acknowledged'];
  return [`since ${minute(since)}`, more.filter((part) => part !== '').join(', ')];
}

function severityWord(severity: Severity, paint: Paint): string {
  return paint(severity === 'critical' || severity === 'high' ? 'red' : 'dim', `[${severity}]`);
}

function summary(checks: number, total: Tally): string {
  const parts = [
    `${total.pass} pass`,
    `${total.fail} fail`,
    `${total.unknown} unknown`,
    ...(total.error > 0 ? [`${total.error} error`] : []),
    `${total.not_applicable} not applicable`,
  ];
  return `${counted(checks, 'check')}, ${counted(subjectsOf(total), 'subject')}: ${parts.join(', ')}.`;
}

const words = (code: string): string => code.replaceAll('_', ' ');

/** To the minute, in UTC. */
function minute(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)}Z`;
}
