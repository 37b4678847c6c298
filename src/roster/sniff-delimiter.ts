import { parse } from 'csv-parse/sync';
import { countLines } from './decode.js';
import { mistakeAt, shown, type RosterMistake } from './roster-source.js';

const delimiters = [',', ';', '\t'] as const;
type Delimiter = (typeof delimiters)[number];

/** How much of the file is looked at. */
const mostBytes = 256 * 1024;
const mostRecords = 21;

interface Sniffed {
  readonly delimiter: Delimiter;
  readonly headings: readonly string[];
  /** Lines before the one with the headings. */
  readonly linesBefore: number;
}

/** The first line of a file that Excel writes for itself: `sep=;`. Null: there is none. */
export function separatorLine(text: Buffer): { delimiter: Delimiter; length: number } | RosterMistake | null {
  const match = /^"?sep=(.*?)"?[ \t]*(?:\r\n|\n|\r|$)/i.exec(text.subarray(0, 100).toString('utf8'));
  if (match === null) return null;
  // What is trimmed from the end of the line may have been the separator itself.
  const said = match[1] === '' ? '\t' : match[1];
  const delimiter = delimiters.find((candidate) => candidate === said);
  if (delimiter === undefined) {
    return mistakeAt(
      1,
      `the separator “${shown(said ?? '')}” is not one that a roster may have; expected “,”, “;” or a tab.`,
    );
  }
  return { delimiter, length: Buffer.byteLength(match[0]) };
}

/**
 * The delimiter under which the header has most headings that mean something, then under which most rows are as wide as
 * the header, then under which it is widest. Null: under none is there a header line.
 */
export function sniff(text: Buffer, knows: (heading: string) => boolean, given: Delimiter | null): Sniffed | null {
  const head = text.subarray(0, mostBytes);
  let best: (Sniffed & { score: readonly number[] }) | null = null;
  for (const delimiter of given === null ? delimiters : [given]) {
    const rows = firstRows(head, delimiter);
    const at = rows.findIndex((row) => !blank(row.record));
    const header = rows[at];
    if (header === undefined) continue;
    const headings = header.record;
    const even = rows.filter((row) => row.record.length === headings.length).length;
    const score = [
      headings.filter((heading) => knows(heading)).length,
      headings.length > 1 ? even : 0,
      headings.length,
    ];
    if (best === null || compare(score, best.score) > 0) {
      const linesBefore = countLines(head, 0, rows[at - 1]?.bytes ?? 0);
      best = { delimiter, headings: headings.map((heading) => heading.trim()), linesBefore, score };
    }
  }
  return best;
}

export function blank(record: readonly string[]): boolean {
  return record.every((cell) => cell.trim() === '');
}

interface FirstRow {
  readonly record: string[];
  /** Where it ends. */
  readonly bytes: number;
}

/** Until the first that cannot be read; the reading itself says what is wrong with that one. */
function firstRows(head: Buffer, delimiter: Delimiter): FirstRow[] {
  const rows: FirstRow[] = [];
  try {
    parse(head, {
      delimiter,
      relax_column_count: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      to: mostRecords,
      on_record: (record: string[], context) => {
        rows.push({ record, bytes: context.bytes });
        return null;
      },
    });
  } catch {
    return rows;
  }
  return rows;
}

function compare(left: readonly number[], right: readonly number[]): number {
  for (const [index, value] of left.entries()) {
    const difference = value - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
