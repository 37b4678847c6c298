import { inBatches } from '../database/rows.js';
import { fold } from './headings.js';
import { mostColumns } from './limits.js';
import { mistakeAt, shown, type Cell, type RawRecord } from './roster-source.js';

/** The text is not the JSON that was expected; `at` is the offset of what is odd. */
export class JsonMistake extends Error {
  constructor(
    readonly at: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The objects of one list in a JSON text, parsed one at a time: `JSON.parse` of the whole would hold everything several
 * times over, would not say on which line a record begins, and takes the last of two equal keys without a word.
 * The constructor reads the structure and throws `JsonMistake`.
 */
export class JsonRecords {
  /** Every key of any record, in the order of first appearance. */
  readonly keys: readonly string[];
  private readonly index = new Map<string, number>();
  private readonly bounds: number[] = [];
  private readonly columns = new Map<string, string>();

  constructor(
    private readonly text: string,
    locate: (scanner: JsonScanner) => number,
    /** Keys that mean something may be spelt in several ways: each meaning is one column. */
    private readonly knows: (heading: string) => boolean,
  ) {
    const keys: string[] = [];
    const scanner = new JsonScanner(text);
    for (const [start, end] of scanner.elements(locate(scanner))) {
      if (text[start] !== '{') throw new JsonMistake(start, 'expected an object for each person.');
      const own = new Map<string, string>();
      for (const { key, at } of scanner.keysOf(start)) {
        const column = this.columnOf(key);
        const other = own.get(column);
        if (other !== undefined) {
          const what =
            other === key
              ? `the key “${shown(key)}” stands twice in one object`
              : `the keys “${shown(other)}” and “${shown(key)}” of one object mean the same`;
          throw new JsonMistake(at, `${what}; expected every key once.`);
        }
        own.set(column, key);
        if (!this.index.has(column)) {
          this.index.set(column, this.index.size);
          keys.push(key);
        }
      }
      if (this.index.size > mostColumns)
        throw new JsonMistake(start, `more than ${mostColumns} different keys; expected those of a roster.`);
      this.bounds.push(start, end);
    }
    this.keys = keys;
  }

  private columnOf(key: string): string {
    const found = this.columns.get(key);
    if (found !== undefined) return found;
    const column = this.knows(key) ? fold(key) : key;
    this.columns.set(key, column);
    return column;
  }

  /** A thousand at a time. */
  async *records(): AsyncIterable<readonly RawRecord[]> {
    yield* inBatches(this.each(), 1_000);
  }

  private *each(): Iterable<RawRecord> {
    let line = 1;
    let newline = this.newlineFrom(0);
    for (let at = 0; at < this.bounds.length; at += 2) {
      const start = this.bounds[at] ?? 0;
      for (; newline < start; newline = this.newlineFrom(newline + 1)) line++;
      const object = parsed(this.text.slice(start, this.bounds[at + 1]));
      if (object === null) {
        yield { unreadable: mistakeAt(line, 'the object that begins here is not valid JSON.') };
        return;
      }
      yield this.record(object, line);
    }
  }

  /** Infinite after the last one: a search that finds nothing reads the rest of the text, so it is made once. */
  private newlineFrom(from: number): number {
    const at = this.text.indexOf('\n', from);
    return at === -1 ? Infinity : at;
  }

  private record(object: object, line: number): RawRecord {
    const cells: Cell[] = Array.from({ length: this.index.size });
    const problems: { index: number; problem: string }[] = [];
    for (const [key, value] of Object.entries(object)) {
      const index = this.index.get(this.columnOf(key));
      if (index === undefined) continue;
      const cell = cellOf(value);
      if (typeof cell === 'object' && cell !== null) problems.push({ index, ...cell });
      else cells[index] = cell;
    }
    return problems.length > 0 ? { line, cells, tidy: false, problems } : { line, cells, tidy: false };
  }
}

/** Walks JSON without building values. Every method takes and gives offsets. */
class JsonScanner {
  constructor(private readonly text: string) {}

  startOfRoot(open: '[' | '{', what: string): number {
    const at = this.skipSpace(0);
    if (this.text[at] !== open) throw new JsonMistake(at, `expected ${what}, which begins with “${open}”.`);
    const end = this.skipSpace(this.skipValue(at));
    if (end < this.text.length) throw new JsonMistake(end, 'expected the end of the file after the list.');
    return at;
  }

  valueOf(object: number, key: string): number {
    for (const entry of this.keysOf(object)) if (entry.key === key) return entry.value;
    throw new JsonMistake(object, `expected an object with a list “${key}”.`);
  }

  *elements(list: number): Iterable<readonly [start: number, end: number]> {
    if (this.text[list] !== '[') throw new JsonMistake(list, 'expected a list, which begins with “[”.');
    let at = this.skipSpace(list + 1);
    while (this.text[at] !== ']') {
      const end = this.skipValue(at);
      yield [at, end];
      at = this.afterComma(end, ']');
    }
  }

  *keysOf(object: number): Iterable<{ key: string; at: number; value: number }> {
    let at = this.skipSpace(object + 1);
    while (this.text[at] !== '}') {
      if (this.text[at] !== '"') throw new JsonMistake(at, 'expected a key in quotation marks.');
      const end = this.skipString(at);
      const literal = parsed(`[${this.text.slice(at, end)}]`);
      const key = Array.isArray(literal) ? String(literal[0]) : '';
      const colon = this.skipSpace(end);
      if (this.text[colon] !== ':') throw new JsonMistake(colon, 'expected “:” after a key.');
      const value = this.skipSpace(colon + 1);
      yield { key, at, value };
      at = this.afterComma(this.skipValue(value), '}');
    }
  }

  private afterComma(end: number, close: ']' | '}'): number {
    const at = this.skipSpace(end);
    if (this.text[at] === close) return at;
    if (this.text[at] !== ',') throw this.odd(at, `expected “,” or “${close}”.`);
    const next = this.skipSpace(at + 1);
    if (this.text[next] === close) throw new JsonMistake(next, 'expected a value after “,”.');
    return next;
  }

  private skipSpace(from: number): number {
    let at = from;
    while (at < this.text.length && ' \t\n\r'.includes(this.text[at] ?? '')) at++;
    return at;
  }

  private skipString(from: number): number {
    for (let at = this.text.indexOf('"', from + 1); at !== -1; at = this.text.indexOf('"', at + 1)) {
      let slashes = 0;
      while (this.text[at - 1 - slashes] === '\\') slashes++;
      if (slashes % 2 === 0) return at + 1;
    }
    throw this.odd(this.text.length, '');
  }

  private skipValue(from: number): number {
    const first = this.text[from];
    if (first === '"') return this.skipString(from);
    if (first !== '{' && first !== '[') {
      const match = /[^,\]}\s]+/y;
      match.lastIndex = from;
      if (!match.test(this.text)) throw this.odd(from, 'expected a value.');
      return match.lastIndex;
    }
    let depth = 0;
    for (let at = from; at < this.text.length; at++) {
      const character = this.text[at];
      if (character === '"') at = this.skipString(at) - 1;
      else if (character === '{' || character === '[') depth++;
      else if ((character === '}' || character === ']') && --depth === 0) return at + 1;
    }
    throw this.odd(this.text.length, '');
  }

  private odd(at: number, expected: string): JsonMistake {
    return at >= this.text.length
      ? new JsonMistake(at, 'the file ends in the middle of the list; was it cut off?')
      : new JsonMistake(at, expected);
  }
}

function parsed(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

function cellOf(value: unknown): Cell | { problem: string } {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    const exact = Number.isSafeInteger(value) || (!Number.isInteger(value) && Number.isFinite(value));
    return exact
      ? String(value)
      : { problem: 'is a number too large to be read exactly (write it in quotation marks)' };
  }
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value.join(';');
  return { problem: 'is not text' };
}
