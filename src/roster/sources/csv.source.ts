import { type CsvRecord, CsvRecords } from '../csv-records.js';
import { lineAt } from '../decode.js';
import type { RosterSource } from '../roster-format.js';
import { mistakeAt, type RawRecord, type RawRoster } from '../roster-source.js';
import type { RosterText } from '../roster-text.js';
import { tidyText } from '../row.js';
import { blank, separatorLine, sniff } from '../sniff-delimiter.js';

/** RFC 4180 with `,`, `;` or tab between cells, and lines that end as they like. */
export const csvSource: RosterSource = {
  id: 'csv',
  currentStaffOnly: false,
  mediaTypes: 'text/csv, text/plain;q=0.8, */*;q=0.5',
  understands: {},
  open(text, knows) {
    const { head } = text;
    const separator = separatorLine(head);
    if (separator !== null && !('delimiter' in separator)) return Promise.resolve([separator]);
    const start = separator?.length ?? 0;
    const found = sniff(head.subarray(start), knows, separator?.delimiter ?? null);
    if (found === null) {
      return Promise.resolve([
        mistakeAt(
          lineAt(head, start),
          'no header line could be read; expected headings separated by “,”, “;” or tabs, quotation marks around a whole cell only.',
        ),
      ]);
    }
    return Promise.resolve({
      headings: found.headings,
      headingsLine: lineAt(head, start) + found.linesBefore,
      records: () => records(text, start, found.delimiter, found.headings.length),
    } satisfies RawRoster);
  },
};

async function* records(
  text: RosterText,
  start: number,
  delimiter: string,
  width: number,
): AsyncIterable<readonly RawRecord[]> {
  const csv = new CsvRecords(delimiter, lineAt(text.head, start));
  let skip = start;
  let header = true;
  const judged = (given: readonly CsvRecord[]): RawRecord[] => {
    const found: RawRecord[] = [];
    for (const record of given) {
      if ('unreadable' in record) {
        found.push(record);
        break;
      }
      const { line, lines, cells } = record;
      if (blank(cells)) continue;
      if (header) {
        header = false;
        continue;
      }
      if (lines > 1 && swallowedRows(record.text, delimiter, width)) {
        found.push({
          unreadable: mistakeAt(
            line,
            `a quotation mark opens here and closes in line ${line + lines - 1}, around what look like whole rows; expected quotation marks around one cell.`,
          ),
        });
        break;
      }
      found.push({
        line,
        cells,
        tidy: delimiter === '\t' ? cells.every((cell) => tidyText(cell)) : tidyText(record.text),
      });
    }
    return found;
  };
  for await (const part of text.parts()) {
    yield judged(csv.take(part.toString('utf8', skip), false));
    skip = Math.max(0, skip - part.length);
  }
  yield judged(csv.take('', true));
}

/**
 * A forgotten quotation mark pairs up with the next one, lines below, and may leave a row of the right width that holds
 * one person's id and another's address. Then every line of it, taken by itself and without those two marks, is a whole
 * row; the lines of a cell with line breaks in it are not.
 */
function swallowedRows(text: string, delimiter: string, width: number): boolean {
  const lines = text.split(/\r\n|\n|\r/);
  return lines.every((line, index) => {
    const mark = index === 0 ? scan(line, delimiter).open : index === lines.length - 1 ? line.indexOf('"') : -1;
    const whole = mark === -1 ? line : line.slice(0, mark) + line.slice(mark + 1);
    return scan(whole, delimiter).cells === width;
  });
}

/** How many cells a line has by itself, and which quotation mark, if any, it leaves open. */
function scan(line: string, delimiter: string): { cells: number; open: number } {
  let cells = 1;
  let open = -1;
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '"') open = open === -1 ? at : -1;
    else if (open === -1 && line[at] === delimiter) cells++;
  }
  return { cells, open };
}
