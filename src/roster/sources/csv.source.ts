import { Readable } from 'node:stream';
import { CsvError, parse, type Info } from 'csv-parse';
import { countLines, lineAt } from '../decode.js';
import { mostBytesOfARow } from '../limits.js';
import { mistakeAt, type RawRecord, type RawRoster, type RosterMistake, type RosterSource } from '../roster-source.js';
import { blank, separatorLine, sniff } from '../sniff-delimiter.js';

/** RFC 4180 with `,`, `;` or tab between cells, and lines that end as they like. */
export const csvSource: RosterSource = {
  id: 'csv',
  currentStaffOnly: false,
  mediaTypes: 'text/csv, text/plain;q=0.8, */*;q=0.5',
  understands: {},
  open(text, knows) {
    const separator = separatorLine(text);
    if (separator !== null && !('delimiter' in separator)) return [separator];
    const start = separator?.length ?? 0;
    const found = sniff(text.subarray(start), knows, separator?.delimiter ?? null);
    if (found === null) {
      return [
        mistakeAt(
          lineAt(text, start),
          'no header line could be read; expected headings separated by “,”, “;” or tabs, quotation marks around a whole cell only.',
        ),
      ];
    }
    return {
      headings: found.headings,
      headingsLine: lineAt(text, start) + found.linesBefore,
      records: () => records(text, start, found.delimiter, found.headings.length),
    } satisfies RawRoster;
  },
};

interface Parsed {
  readonly record: string[];
  readonly info: Info;
}

async function* records(text: Buffer, start: number, delimiter: string, width: number): AsyncIterable<RawRecord> {
  const parser = parse({
    delimiter,
    info: true,
    relax_column_count: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: mostBytesOfARow,
  });
  const chunks = Readable.from(slices(text, start)).pipe(parser);
  let from = start;
  let line = lineAt(text, start);
  let header = true;
  try {
    for await (const { record, info } of chunks as AsyncIterable<Parsed>) {
      const to = start + info.bytes;
      const lines = countLines(text, from, to);
      const first = line;
      const raw = lines > 1 ? text.subarray(from, to) : null;
      from = to;
      line += lines;
      if (blank(record)) continue;
      if (header) {
        header = false;
        continue;
      }
      if (raw !== null && swallowedRows(raw, delimiter, width)) {
        yield {
          unreadable: mistakeAt(
            first,
            `a quotation mark opens here and closes in line ${first + lines - 1}, around what look like whole rows; expected quotation marks around one cell.`,
          ),
        };
        return;
      }
      yield { line: first, cells: record };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    yield { unreadable: explain(error, text, start) };
  }
}

function* slices(text: Buffer, start: number): Iterable<Buffer> {
  for (let at = start; at < text.length; at += 65_536) yield text.subarray(at, at + 65_536);
}

/**
 * A forgotten quotation mark pairs up with the next one, lines below, and may leave a row of the right width that holds
 * one person's id and another's address. Then every line of it, taken by itself and without those two marks, is a whole
 * row; the lines of a cell with line breaks in it are not.
 */
function swallowedRows(raw: Buffer, delimiter: string, width: number): boolean {
  const lines = raw
    .toString('utf8')
    .replace(/(\r\n|\n|\r)$/, '')
    .split(/\r\n|\n|\r/);
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

function explain(error: CsvError, text: Buffer, start: number): RosterMistake {
  const bytes = typeof error['bytes'] === 'number' ? error['bytes'] : 0;
  const line = lineOfNext(text, start + bytes);
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') {
    return mistakeAt(
      line,
      'a quotation mark that opens in the row that begins here is never closed; expected a pair around the cell. Was the file cut off?',
    );
  }
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    return mistakeAt(
      line,
      `the row that begins here is longer than ${mostBytesOfARow} bytes; expected a quotation mark that closes.`,
    );
  }
  return mistakeAt(
    line,
    'a quotation mark inside a cell; expected quotation marks around the whole cell, and those inside it doubled (“""”).',
  );
}

/** The parser stopped in the cell after `offset`: its line, beyond the line break that ended the one before. */
function lineOfNext(text: Buffer, offset: number): number {
  let at = offset;
  while (at < text.length && (text[at] === 0x0a || text[at] === 0x0d)) at++;
  return lineAt(text, at);
}
