import { describe, expect, it } from 'vitest';
import { RateBudget } from './rate-budget.js';
import { RunClock } from './run-clock.js';
import type { Lease, SharedBudget } from './shared-budget.js';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Answers with one lease after the other, the last one for ever, and remembers what was asked of it. */
class Leases implements SharedBudget {
  readonly asked: Parameters<SharedBudget['lease']>[0][] = [];
  readonly givenBack: number[] = [];

  constructor(private readonly answers: readonly (Lease | Error)[]) {}

  async lease(wanted: Parameters<SharedBudget['lease']>[0]): Promise<Lease> {
    const answer = this.answers[Math.min(this.asked.length, this.answers.length - 1)];
    this.asked.push(wanted);
    await pause(1);
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error('nothing to lease');
    return answer;
  }

  async giveBack(requests: number): Promise<void> {
    this.givenBack.push(requests);
    await Promise.resolve();
  }
}

function leased(requests: number, left: number, endsInMs = 30_000): Lease {
  return { outcome: 'leased', requests, left, endsInMs };
}

function headers(remaining: number, resetInMs = 30_000): Record<string, string> {
  return {
    'x-ratelimit-limit': '180',
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String((Date.now() + resetInMs) / 1000),
  };
}

function sharing(leases: Leases): RateBudget {
  return new RateBudget(new RunClock(Date.now, Date.now() + 60_000, undefined), leases);
}

/** Sends that many at once as soon as it may; each is answered at once, with these headers where there are any. */
function send(
  budget: RateBudget,
  requests: number,
  answer: (sent: number) => Record<string, string> = () => ({}),
): { sent: number } {
  const state = { sent: 0 };
  for (let place = 0; place < requests; place += 1) {
    void (async () => {
      const slot = await budget.enter(`organization ${place % 3}`, 'first');
      if (slot === 'too late') return;
      state.sent += 1;
      const said = answer(state.sent);
      await pause(1);
      budget.learn(said);
      budget.went();
      slot.leave();
    })();
  }
  return state;
}

describe('a budget that is shared', () => {
  it('sends what it has leased, and no more where no more is left', async () => {
    const leases = new Leases([leased(10, 100), leased(5, 5), leased(0, 0)]);
    const state = send(sharing(leases), 40, () => headers(150));
    await pause(120);
    expect(state.sent).toBe(15);
    expect(leases.asked[0]).toEqual({ requests: 1, lanes: 1, seen: null });
    expect(leases.asked[1]).toMatchObject({ lanes: 3, seen: { remaining: expect.any(Number) } });
  });

  it('finds out with a few requests, and asks again with what they showed', async () => {
    const leases = new Leases([{ outcome: 'find out' }, leased(30, 100)]);
    const state = send(sharing(leases), 20, (sent) => headers(180 - sent));
    await pause(100);
    expect(state.sent).toBe(20);
    // The others of the first four were still on their way.
    expect(leases.asked[1]?.seen?.remaining).toBeGreaterThanOrEqual(173);
    expect(leases.asked[1]?.seen?.remaining).toBeLessThanOrEqual(176);
  });

  it('waits while another process finds out', async () => {
    const leases = new Leases([{ outcome: 'wait', ms: 40 }, leased(30, 100)]);
    const state = send(sharing(leases), 5);
    await pause(25);
    expect(state.sent).toBe(0);
    await pause(75);
    expect(state.sent).toBe(5);
  });

  it.each<[string, (Lease | Error)[]]>([
    ['nobody can be asked', [new Error('the database is gone')]],
    ['the answers show no window', [{ outcome: 'find out' }]],
  ])('goes on by itself where %s', async (_, answers) => {
    const leases = new Leases(answers);
    const state = send(sharing(leases), 40);
    await pause(150);
    expect(state.sent).toBe(40);
    expect(leases.asked).toHaveLength(1);
  });

  it('gives back what it did not send, unless the window is over', async () => {
    const [open, over] = [new Leases([leased(50, 100)]), new Leases([leased(50, 100, 30)])];
    for (const leases of [open, over]) {
      const budget = sharing(leases);
      const state = send(budget, 4);
      await pause(60);
      expect(state.sent).toBe(4);
      budget.close();
    }
    expect(open.givenBack).toEqual([46]);
    expect(over.givenBack).toEqual([]);
  });
});
