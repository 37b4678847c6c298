import { stringify } from 'csv-stringify/sync';
import { visibleLines } from './visible.js';

const batch = 500;

/**
 * RFC 4180 in pieces, with cells that no spreadsheet takes for a formula (names come from whoever holds an account): such a
 * cell begins with an apostrophe, and so does what would become one where the file is cut at `;` or tabs instead of commas.
 */
export function* csvLines(rows: Iterable<readonly string[]>, lineEnd: '\n' | '\r\n' = '\r\n'): Generator<string> {
  const write = (lines: readonly (readonly string[])[]): string =>
    stringify([...lines], { record_delimiter: lineEnd, quoted_match: /[\r\n]/ });
  let waiting: string[][] = [];
  for (const row of rows) {
    waiting.push(row.map((cell) => withoutFormula(visibleLines(cell))));
    if (waiting.length < batch) continue;
    yield write(waiting);
    waiting = [];
  }
  if (waiting.length > 0) yield write(waiting);
}

// With the wide forms, which some spreadsheets make plain.
const formula = /^(?=\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20\t])|(?<=[;\t\n]\s*)(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/g;

function withoutFormula(cell: string): string {
  return cell.replaceAll(formula, "'");
}
