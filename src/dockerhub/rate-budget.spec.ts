import { describe, expect, it } from 'vitest';
import type { Slot, Standing } from './rate-budget.js';
import { RateBudget } from './rate-budget.js';
import { RunClock } from './run-clock.js';

function budgetFor(ms = 60_000, signal?: AbortSignal): RateBudget {
  return new RateBudget(new RunClock(Date.now, Date.now() + ms, signal));
}

function headers(remaining: number, resetInMs: number, limit = 180): Record<string, string> {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String((Date.now() + resetInMs) / 1000),
  };
}

/** Queues requests and says which of them were let in so far. */
function crowd(budget: RateBudget, lanes: readonly string[]): { inside: string[]; slots: Slot[]; late: string[] } {
  const seen = { inside: [] as string[], slots: [] as Slot[], late: [] as string[] };
  for (const lane of lanes) {
    void (async () => {
      const slot = await budget.enter(lane.split(' ')[0] ?? '', standingOf(lane));
      if (slot === 'too late') {
        seen.late.push(lane);
        return;
      }
      seen.inside.push(lane);
      seen.slots.push(slot);
    })();
  }
  return seen;
}

function standingOf(lane: string): Standing {
  if (lane === 'again') return 'again';
  return lane.endsWith(' further') ? 'further' : 'first';
}

function times(count: number, lane = 'acme'): string[] {
  return Array.from({ length: count }, () => lane);
}

const tick = () => new Promise((resolve) => setImmediate(resolve));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a budget', () => {
  it('lets few in before anything is known', async () => {
    const seen = crowd(budgetFor(), times(20));
    await tick();
    expect(seen.inside).toHaveLength(4);
  });

  it.each([
    [1_000, 24],
    [80, 10],
    [16, 2],
    [3, 1],
  ])('with %i requests left lets %i in at once', async (remaining, width) => {
    const budget = budgetFor();
    for (let place = 0; place < 40; place += 1) budget.went();
    budget.learn(headers(remaining, 30_000));
    for (let place = 0; place < 40; place += 1) budget.went();
    const seen = crowd(budget, times(60));
    await tick();
    expect(seen.inside).toHaveLength(width);
    expect(budget.view).toMatchObject({ limit: 180, inFlight: width, parallelism: expect.any(Number) });
  });

  it('is as wide as it may be after a few good answers; after trouble it goes at half of that, and grows by one with each', async () => {
    const budget = budgetFor();
    budget.learn(headers(1_000, 30_000));
    const widths = [4, 8, 16, 24, 24];
    for (const width of widths) {
      expect(budget.view.parallelism).toBe(width);
      budget.went();
    }
    budget.struggled();
    expect(budget.view.parallelism).toBe(12);
    for (let place = 0; place < 10; place += 1) budget.struggled();
    expect(budget.view.parallelism).toBe(4);
    budget.went();
    expect(budget.view.parallelism).toBe(5);
  });

  it('sends no more than is left, also where answers overtake each other, and then waits for the end of the window', async () => {
    const budget = budgetFor();
    budget.learn(headers(12, 300));
    budget.learn(headers(3, 300));
    budget.learn(headers(9, 300));
    const seen = crowd(budget, times(10));
    for (let place = 0; place < 10; place += 1) {
      await tick();
      seen.slots.at(place)?.leave();
    }
    expect(seen.inside).toHaveLength(3);
    await pause(350);
    // One finds out about the next window.
    expect(seen.inside).toHaveLength(4);
    budget.learn(headers(1_000, 30_000));
    for (let place = 0; place < 10; place += 1) budget.went();
    seen.slots.at(-1)?.leave();
    await tick();
    expect(seen.inside).toHaveLength(10);
  });

  it('knows the next window also where it ends less than a second after the last one', async () => {
    const budget = budgetFor();
    budget.learn(headers(1, 50));
    await pause(60);
    budget.learn(headers(900, 500));
    expect(budget.view.remaining).toBe(900);
  });

  it('takes for sent, in a new window, what is still on its way', async () => {
    const budget = budgetFor();
    crowd(budget, times(4));
    await tick();
    budget.learn(headers(100, 30_000));
    expect(budget.view).toMatchObject({ inFlight: 4, remaining: 97 });
    budget.learn(headers(98, 30_000));
    expect(budget.view.remaining).toBe(97);
    budget.learn(headers(90, 30_000));
    expect(budget.view.remaining).toBe(90);
  });

  it('takes turns between those who share it', async () => {
    const budget = budgetFor();
    const seen = crowd(budget, [...times(6, 'large'), 'small', 'tiny', 'small']);
    for (let place = 0; place < 9; place += 1) {
      await tick();
      seen.slots.at(place)?.leave();
    }
    await tick();
    expect(seen.inside.slice(4)).toEqual(['large', 'small', 'tiny', 'large', 'small']);
  });

  it('lets in what was tried before ahead of what was not', async () => {
    const budget = budgetFor();
    const seen = crowd(budget, [...times(8), 'again', 'again']);
    await tick();
    for (const slot of seen.slots.splice(0)) slot.leave();
    await tick();
    expect(seen.inside.slice(4)).toEqual(['again', 'again', 'acme', 'acme']);
  });

  it('lets the further pages of a listing in ahead of first ones, in their order, and within their lane', async () => {
    const budget = budgetFor();
    const seen = crowd(budget, [...times(6), 'beta', 'acme further', 'acme further', 'beta']);
    await tick();
    for (let place = 0; place < 10; place += 1) {
      seen.slots.at(place)?.leave();
      await tick();
    }
    expect(seen.inside.slice(4)).toEqual(['acme further', 'beta', 'acme further', 'beta', 'acme', 'acme']);
  });

  it.each([
    ['the end of the window', (budget: RateBudget) => budget.learn(headers(0, 5_000))],
    ['a pause', (budget: RateBudget) => budget.pause(Date.now() + 5_000)],
  ])('says at once that %s comes after the deadline', async (_, block) => {
    const budget = budgetFor(1_000);
    block(budget);
    const seen = crowd(budget, times(3));
    await tick();
    expect(seen.late).toHaveLength(3);
  });

  it('lets go of who waits when the run is stopped', async () => {
    const stop = new AbortController();
    const budget = budgetFor(60_000, stop.signal);
    budget.pause(Date.now() + 30_000);
    const waiting = budget.enter('acme', 'first');
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    await expect(budget.enter('acme', 'first')).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('learns nothing from headers that say nothing', () => {
    const budget = budgetFor();
    budget.learn({});
    budget.learn({ 'x-ratelimit-limit': 'many', 'x-ratelimit-remaining': '-1' });
    expect(budget.view).toMatchObject({ limit: null, remaining: null, resetAt: null, parallelism: 4 });
  });
});
