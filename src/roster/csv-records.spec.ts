import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CsvRecord, CsvRecords } from './csv-records.js';
import { mostBytesOfARow } from './limits.js';

/** What the records of a text are when it comes in parts of so many characters; null in the place of one that is unreadable. */
function inParts(text: string, size: number, delimiter = ','): (readonly string[] | null)[] {
  const csv = new CsvRecords(delimiter, 1);
  const records: CsvRecord[] = [];
  for (let at = 0; at <= text.length && !records.some((record) => 'unreadable' in record); at += size) {
    records.push(...csv.take(text.slice(at, at + size), at + size > text.length));
  }
  return records.map((record) => ('unreadable' in record ? null : record.cells));
}

/** Null: somewhere it cannot be read. */
function parsed(text: string, delimiter: string): string[][] | null {
  try {
    return parse(text, { delimiter, relax_column_count: true, record_delimiter: ['\r\n', '\n', '\r'] });
  } catch {
    return null;
  }
}

const piece = fc.constantFrom('a', 'ü', '😀', ' ', ',', ';', '"', '""', '\n', '\r\n', '\r', '"a"', '"x,\ny"', ',"",');

describe('the records of a CSV text', () => {
  it('are those of the parser, in whatever parts the text comes', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(',', ';', '\t'),
        (pieces, size, delimiter) => {
          const text = pieces.join('');
          const expected = parsed(text, delimiter);
          const found = inParts(text, size, delimiter);
          // Where the parser stops, it says nothing of what came before.
          const unread = found.at(-1) === null;
          expect(unread ? null : found).toEqual(expected);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('know on which line they begin, whatever ends one', () => {
    const csv = new CsvRecords(',', 1);
    const text = 'a,b\r\n"c\nd",e\rf,"g""\r\n"\n\nh,"i",j';
    const records = text.split('').flatMap((character) => csv.take(character, false));
    records.push(...csv.take('', true));
    expect(records.map((record) => 'line' in record && [record.line, record.cells])).toEqual([
      [1, ['a', 'b']],
      [2, ['c\nd', 'e']],
      [4, ['f', 'g"\r\n']],
      [6, ['']],
      [7, ['h', 'i', 'j']],
    ]);
  });

  it('are refused where one never ends, long before the text does', () => {
    const csv = new CsvRecords(',', 1);
    csv.take('a,b\nc,"', false);
    let parts = 0;
    for (let found = false; !found && parts < 100; parts++) {
      const records = csv.take('d\n'.repeat(32_768), false);
      found = records.some((record) => 'unreadable' in record && record.unreadable.line === 2);
    }
    expect(parts * 65_536).toBeLessThan(3 * mostBytesOfARow);
  });
});
