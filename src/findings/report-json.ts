import { createHash } from 'node:crypto';
import type { Report, ReportHead, StreamedReport } from './report.js';

/** The report as it is written for machines, one dataset, check and result a line: the bytes that its hash is of. */
export function* reportJson({ results, ...head }: Report): Generator<string> {
  yield* headOf(head);
  yield* list('results', results);
  yield '}\n';
}

/** The same bytes of a report that streams by. */
export async function* streamedReportJson({ results, ...head }: StreamedReport): AsyncGenerator<string> {
  yield* headOf(head);
  yield `${json('results')}:[`;
  let separator = '';
  for await (const result of results) {
    yield `${separator}\n${json(result)}`;
    separator = ',';
  }
  yield ']}\n';
}

function* headOf({ schema, evaluation, datasets, checks }: ReportHead): Generator<string> {
  yield `{"schema":${json(schema)},\n"evaluation":${json(evaluation)},\n`;
  yield* list('datasets', datasets);
  yield ',\n';
  yield* list('checks', checks);
  yield ',\n';
}

/** SHA-256 in hex of the report as JSON. */
export function reportHash(report: Report): string {
  const hash = createHash('sha256');
  for (const piece of reportJson(report)) hash.update(piece);
  return hash.digest('hex');
}

export async function streamedReportHash(report: StreamedReport): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of streamedReportJson(report)) hash.update(piece);
  return hash.digest('hex');
}

function* list(name: string, items: readonly unknown[]): Generator<string> {
  yield `${json(name)}:[`;
  for (const [index, item] of items.entries()) yield `${index === 0 ? '' : ','}\n${json(item)}`;
  yield ']';
}

/** JSON.stringify leaves the control characters from U+007F on as they are, and a terminal obeys some of them. */
export function json(value: unknown, indentation?: number): string {
  return JSON.stringify(value, null, indentation).replaceAll(
    /[\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
