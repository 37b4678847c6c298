import { describe, expect, it } from 'vitest';
import { inBatches } from './rows.js';

async function batchesOf<Row>(rows: Iterable<Row> | AsyncIterable<Row>, size: number): Promise<Row[][]> {
  const found: Row[][] = [];
  for await (const batch of inBatches(rows, size)) found.push(batch);
  return found;
}

async function* arriving(): AsyncGenerator<string> {
  yield 'a';
  await Promise.resolve();
  yield 'b';
}

describe('inBatches', () => {
  it.each([
    [[], 2, []],
    [[1], 2, [[1]]],
    [[1, 2], 2, [[1, 2]]],
    [[1, 2, 3], 2, [[1, 2], [3]]],
    [[1, 2, 3], 1, [[1], [2], [3]]],
  ])('groups %j by %i', async (rows, size, expected) => {
    expect(await batchesOf(rows, size)).toEqual(expected);
  });

  it('takes rows that arrive over time', async () => {
    expect(await batchesOf(arriving(), 5)).toEqual([['a', 'b']]);
  });

  it.each([0, -1, 1.5])('refuses a size of %s', async (size) => {
    await expect(batchesOf([1], size)).rejects.toThrow(RangeError);
  });
});
