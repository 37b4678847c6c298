import { describe, expect, it } from 'vitest';
import { SeenNumbers } from './seen-numbers.js';

describe('seen numbers', () => {
  it('are those that were added, each once', () => {
    const seen = new SeenNumbers();
    const numbers = [0, 1, 7, 8, 65_535, 65_536, 2 ** 40, 2 ** 53 - 1];
    expect(numbers.map((number) => seen.add(number))).toEqual(numbers.map(() => true));
    expect(numbers.map((number) => seen.add(number))).toEqual(numbers.map(() => false));
    expect(seen.size).toBe(numbers.length);
    expect([...numbers, 2, 9, 65_534, 65_537, 2 ** 40 + 1].map((number) => seen.has(number))).toEqual([
      ...numbers.map(() => true),
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
