import { describe, expect, it } from 'vitest';
import { SeenKeys } from './seen-keys.js';

describe('keys that were seen', () => {
  it('are known from the second time on, however alike they are', () => {
    const seen = new SeenKeys();
    const keys = Array.from({ length: 200_000 }, (_, index) => `person.${index}@acme.com`);
    expect(keys.filter((key) => seen.see(key))).toEqual([]);
    expect(keys.every((key) => seen.see(key))).toBe(true);
    seen.clear();
    expect(seen.see('person.1@acme.com')).toBe(false);
  });
});
