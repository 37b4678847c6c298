import type { Report } from '../../findings/report.js';
import { visibleLines } from '../../http/visible.js';
import type { Format, RenderOptions } from './format.js';

/** The report itself, one dataset, check and result a line. */
export const jsonFormat: Format = { id: 'json', render };

function* render(report: Report, { terminalWidth }: RenderOptions): Generator<string> {
  // Inside strings such a code means the same to programs, and outside of them there is nothing to hide.
  for (const piece of pieces(report)) yield terminalWidth === null ? piece : visibleLines(piece);
}

function* pieces({ schema, evaluation, datasets, checks, results }: Report): Generator<string> {
  yield `{"schema":${json(schema)},\n"evaluation":${json(evaluation)},\n`;
  yield* list('datasets', datasets);
  yield ',\n';
  yield* list('checks', checks);
  yield ',\n';
  yield* list('results', results);
  yield '}\n';
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
