import { describe, expect, it } from 'vitest';
import { JsonRecords } from './json-records.js';

async function linesOf(text: string): Promise<unknown[]> {
  const lines: unknown[] = [];
  const list = new JsonRecords(
    text,
    (scanner) => scanner.startOfRoot('[', 'a list'),
    () => false,
  );
  for await (const some of list.records()) {
    lines.push(...some.map((record) => ('line' in record ? record.line : record)));
  }
  return lines;
}

describe('the line on which a record begins', () => {
  it.each([
    ['without a line feed', '[{"a":"1"},{"a":"2"},{"a":"3"}]', [1, 1, 1]],
    ['with one behind the last', '[{"a":"1"},{"a":"2"}]\n', [1, 1]],
    ['on lines of their own', '[\n{"a":"1"},\n{"a":"2"}\n]', [2, 3]],
    ['two on a line', '[{"a":"1"},{"a":"2"},\n{"a":"3"},{"a":"4"}]', [1, 1, 2, 2]],
    ['over several lines', '\n[{\n"a":\n"1"},{"a":"2"},\n\n{\n"a":"3"}]', [2, 4, 6]],
    ['with carriage returns', '[\r\n{"a":"1"},\r\n{"a":"2"}]', [2, 3]],
    ['with an escaped line feed', '[{"a":"1\\n2"},{"a":"2"},\n{"a":"3"}]', [1, 1, 2]],
  ])('is right %s', async (_, text, expected) => expect(await linesOf(text)).toEqual(expected));
});
