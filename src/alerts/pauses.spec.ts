import { describe, expect, it } from 'vitest';
import { pauseBeforeRetry } from './pauses.js';

describe('the pause before the next attempt', () => {
  it.each([
    ['what the receiver asks for', 30_000, 0, 30_000],
    ['what the receiver asks for, also in a long outage', 30_000, 3_600_000, 30_000],
    ['a second where it asks for none', 0, 0, 1_000],
    ['a day where it asks for a year', 365 * 86_400_000, 0, 86_400_000],
  ])('is %s', (_, afterMs, failingForMs, expected) => {
    expect(pauseBeforeRetry({ afterMs }, failingForMs, 0.3)).toBe(expected);
  });

  it.each([NaN, -5_000])('is chosen by us where the receiver asks for nonsense (%s)', (afterMs) => {
    expect(pauseBeforeRetry({ afterMs }, 10_000, 0)).toBe(5_000);
  });

  it('grows with the outage up to five minutes, with jitter, and is never under a second', () => {
    let failingFor = 0;
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 25; attempt++) {
      const pause = pauseBeforeRetry({ afterMs: null }, failingFor, (attempt % 10) / 10);
      pauses.push(pause);
      failingFor += pause;
    }
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(300_000);
    expect(pauses.slice(0, 3).every((pause) => pause < 5_000)).toBe(true);
    expect(pauses.slice(-3).every((pause) => pause >= 150_000)).toBe(true);
    expect(new Set(pauses.slice(-3)).size).toBe(3);
  });
});
