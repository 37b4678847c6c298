import { CsvError, parse } from 'csv-parse/sync';
import { lineAt } from './decode.js';
import { mostBytesOfARow } from './limits.js';
import { mistakeAt, type RosterMistake } from './roster-source.js';

/** One record as it stands in the text, with the line on which it begins. */
export type CsvRecord =
  | {
      readonly line: number;
      /** How many lines end in it. */
      readonly lines: number;
      readonly cells: readonly string[];
      readonly text: string;
    }
  | { readonly unreadable: RosterMistake };

/**
 * Records of RFC 4180 from text that comes in parts, in lines that end as they like. A record without quotation marks is what
 * stands between its delimiters, and one with them where they belong nearly is; that is most of a million rows. What is
 * anything else goes to the parser, and so does every sentence about what cannot be read.
 */
export class CsvRecords {
  private rest = '';
  /** A record that is not whole yet is looked at again once it has grown to this. */
  private patience = mostBytesOfARow;

  constructor(
    private readonly delimiter: string,
    private line: number,
  ) {}

  /** The records that are whole by now; after an unreadable one there are no others. */
  take(part: string, last: boolean): CsvRecord[] {
    const text = this.rest === '' ? part : this.rest + part;
    const records: CsvRecord[] = [];
    const ends = new LineEnds(text, last);
    let start = 0;
    while (start < text.length) {
      const end = this.endOfRecord(text, start, ends);
      if (end === null) {
        if (last) records.push(this.parsed(text.slice(start), 0));
        break;
      }
      const record = this.record(text.slice(start, end.at), end.lines);
      records.push(record);
      if ('unreadable' in record) return records;
      start = end.next;
    }
    this.rest = last ? '' : text.slice(start);
    if (this.rest.length <= this.patience) {
      if (this.rest.length < mostBytesOfARow) this.patience = mostBytesOfARow;
      return records;
    }
    this.patience *= 2;
    const mistake = this.hopeless(this.rest);
    return mistake === null ? records : [...records, { unreadable: mistake }];
  }

  /** Where quotation marks pair up, as they do between the marks of no cell. Null: not in this text. */
  private endOfRecord(text: string, start: number, ends: LineEnds): { at: number; next: number; lines: number } | null {
    let lines = 0;
    let odd = false;
    let from = start;
    for (;;) {
      const end = ends.after(from);
      if (end === null) return null;
      for (let mark = ends.markFrom(from); mark < end.at; mark = ends.markFrom(mark + 1)) odd = !odd;
      if (end.at < end.next) lines++;
      if (!odd) return { at: end.at, next: end.next, lines };
      if (end.at === end.next) return null;
      from = end.next;
    }
  }

  private record(text: string, lines: number): CsvRecord {
    const cells = text.length > mostBytesOfARow ? null : this.cellsOf(text);
    if (cells === null) return this.parsed(text, lines);
    const { line } = this;
    this.line += lines;
    return { line, lines, cells, text };
  }

  /** Null: not all quotation marks stand where they should. */
  private cellsOf(text: string): string[] | null {
    const { delimiter } = this;
    if (!text.includes('"')) return text.split(delimiter);
    const cells: string[] = [];
    for (let at = 0; ;) {
      if (text[at] === '"') {
        let close = text.indexOf('"', at + 1);
        while (close !== -1 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
        if (close === -1) return null;
        cells.push(text.slice(at + 1, close).replaceAll('""', '"'));
        if (close + 1 === text.length) return cells;
        if (text[close + 1] !== delimiter) return null;
        at = close + 2;
        continue;
      }
      const next = text.indexOf(delimiter, at);
      const cell = next === -1 ? text.slice(at) : text.slice(at, next);
      if (cell.includes('"')) return null;
      cells.push(cell);
      if (next === -1) return cells;
      at = next + 1;
    }
  }

  private parsed(text: string, lines: number): CsvRecord {
    try {
      const [cells = ['']] = parse(text, this.options);
      const { line } = this;
      this.line += lines;
      return { line, lines, cells, text };
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      return { unreadable: this.explain(error, text) };
    }
  }

  /** Whether it cannot become a record, whatever follows. */
  private hopeless(text: string): RosterMistake | null {
    try {
      parse(text, this.options);
      return null;
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      return error.code === 'CSV_QUOTE_NOT_CLOSED' ? null : this.explain(error, text);
    }
  }

  private get options() {
    return {
      delimiter: this.delimiter,
      relax_column_count: true as const,
      record_delimiter: ['\r\n', '\n', '\r'],
      max_record_size: mostBytesOfARow,
    };
  }

  /** The parser stopped in the cell after so many bytes: its line, beyond the line break that ended the one before. */
  private explain(error: CsvError, text: string): RosterMistake {
    const bytes = Buffer.from(text, 'utf8');
    let at = typeof error['bytes'] === 'number' ? error['bytes'] : 0;
    while (at < bytes.length && (bytes[at] === 0x0a || bytes[at] === 0x0d)) at++;
    const line = this.line + lineAt(bytes, at) - 1;
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
}

/**
 * Line ends and quotation marks of one text. At its end, which is a line's too where nothing follows, a carriage return may be
 * half of one. A search that finds nothing reads the rest of the text, so it is made once.
 */
class LineEnds {
  private feed = -1;
  private carriage = -1;
  private mark = -1;

  constructor(
    private readonly text: string,
    private readonly last: boolean,
  ) {}

  after(from: number): { at: number; next: number } | null {
    if (this.feed < from) this.feed = this.find('\n', from);
    if (this.carriage < from) this.carriage = this.find('\r', from);
    const { feed, carriage, text } = this;
    if (feed === Infinity && carriage === Infinity) {
      return this.last ? { at: text.length, next: text.length } : null;
    }
    if (feed < carriage) return { at: feed, next: feed + 1 };
    if (carriage + 1 === text.length && !this.last) return null;
    return { at: carriage, next: text[carriage + 1] === '\n' ? carriage + 2 : carriage + 1 };
  }

  /** Where the next quotation mark stands; infinite after the last one. */
  markFrom(from: number): number {
    if (this.mark < from) this.mark = this.find('"', from);
    return this.mark;
  }

  private find(what: string, from: number): number {
    const at = this.text.indexOf(what, from);
    return at === -1 ? Infinity : at;
  }
}
