import type { AnswerHeaders } from './http-client.js';
import { resetAt } from './retry-after.js';
import type { RunClock } from './run-clock.js';
import { aborted } from './run-clock.js';
import { Allowance, sameWindowMs, type Lease, type SharedBudget } from './shared-budget.js';

/** Until the first answer says how much is allowed. */
const firstWidth = 4;
const widest = 24;
/** So many requests of the rest of a window for each one in flight: the fewer are left, the more slowly they go. */
const leftPerSlot = 8;

export interface BudgetView {
  readonly limit: number | null;
  readonly remaining: number | null;
  /** Machine milliseconds. */
  readonly resetAt: number | null;
  readonly inFlight: number;
  readonly parallelism: number;
}

/** What waits for a place: the first page of a listing, a further one, or what was tried before. */
export type Standing = 'first' | 'further' | 'again';

interface Waiting {
  readonly standing: Standing;
  readonly go: (slot: Slot | 'too late') => void;
}

export interface Slot {
  /** To be called once, whatever happened. */
  leave(): void;
}

/**
 * The requests that one credential may still send, learnt from the `X-RateLimit-*` headers. Lanes (organizations) that share it
 * take turns. Nothing is sent beyond what is left of a window; after its end one request alone finds out about the next one.
 * Where other processes use the credential too, `shared` says how much of the window is for this one.
 */
export class RateBudget {
  readonly #clock: RunClock;
  readonly #allowance: Allowance | null;
  readonly #lanes = new Map<string, Waiting[]>();
  readonly #again: Waiting[] = [];
  #limit: number | null = null;
  #remaining: number | null = null;
  #resetAt: number | null = null;
  #pausedUntil = 0;
  #inFlight = 0;
  #width = firstWidth;
  #hasStruggled = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(clock: RunClock, shared: SharedBudget | null = null) {
    this.#clock = clock;
    this.#allowance = shared && new Allowance(shared, clock, (lease, now) => this.#hear(lease, now));
  }

  get view(): BudgetView {
    return {
      limit: this.#limit,
      remaining: this.#remaining,
      resetAt: this.#resetAt,
      inFlight: this.#inFlight,
      parallelism: Math.min(this.#width, this.#widthAllowed()),
    };
  }

  /**
   * A place among the requests in flight, or `too late` where waiting for one would outlast the run. What is tried `again`
   * goes ahead of whatever was not tried yet; behind it, a host that is down would be found out only after everybody had tried
   * it once for each try. A `further` page goes ahead of the first pages of its lane: a listing of many pages, each of which
   * had to wait for all others, would be read long after they are. May throw an AbortError.
   */
  async enter(lane: string, standing: Standing, given?: AbortSignal): Promise<Slot | 'too late'> {
    this.#clock.throwIfAborted();
    const signal = given ?? this.#clock.signal;
    if (signal?.aborted) throw aborted();
    return await new Promise((resolve, reject) => {
      const queue = standing === 'again' ? this.#again : (this.#lanes.get(lane) ?? []);
      if (standing !== 'again') this.#lanes.set(lane, queue);
      const giveUp = () => {
        queue.splice(queue.indexOf(waiting), 1);
        // The wake-up would keep the process alive until the window ends.
        if ([this.#again, ...this.#lanes.values()].every((one) => one.length === 0)) this.#sleep();
        reject(aborted());
      };
      const waiting: Waiting = {
        standing,
        go: (slot) => {
          signal?.removeEventListener('abort', giveUp);
          resolve(slot);
        },
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      const place = standing === 'further' ? queue.findIndex((one) => one.standing === 'first') : -1;
      queue.splice(place === -1 ? queue.length : place, 0, waiting);
      this.#serve();
    });
  }

  /** Takes in what an answer's headers say about the window. */
  learn(headers: AnswerHeaders): void {
    const now = this.#clock.now();
    const limit = Number(headers['x-ratelimit-limit'] || Number.NaN);
    const remaining = Number(headers['x-ratelimit-remaining'] || Number.NaN);
    if (Number.isFinite(limit) && limit > 0) this.#limit = limit;
    if (!Number.isFinite(remaining) || remaining < 0) return;
    const reset = resetAt(headers, now) ?? now;
    const isNewWindow =
      this.#resetAt === null ||
      Math.abs(reset - this.#resetAt) > sameWindowMs ||
      (this.#resetAt <= now && reset > this.#resetAt);
    // Answers overtake each other; in one window the lowest number is the true one. In a new one this answer may not count
    // the requests that are still on their way.
    const others = Math.max(0, this.#inFlight - 1);
    this.#remaining =
      isNewWindow || this.#remaining === null ? Math.max(0, remaining - others) : Math.min(this.#remaining, remaining);
    this.#resetAt = isNewWindow ? reset : this.#resetAt;
    if (isNewWindow) this.#allowance?.forget();
  }

  /** What other processes know of the window counts as if it had been answered. */
  #hear(lease: Lease, now: number): void {
    if (lease.outcome === 'wait') this.pause(now + lease.ms);
    if (lease.outcome === 'leased') {
      const isKnown = this.#resetAt !== null && this.#resetAt > now;
      if (!isKnown) this.#resetAt = now + lease.endsInMs;
      if (!isKnown || this.#remaining === null) this.#remaining = lease.left;
      // What was leased before is still there to be sent.
      else if (lease.requests === 0) this.#remaining = Math.min(this.#remaining, this.#allowance?.left ?? 0);
    }
    this.#serve();
  }

  /** One more answer as it should be: as long as nothing went wrong twice as many may go at once, and after that one more. */
  went(): void {
    if (this.#remaining === null) this.#allowance?.sawNoWindow();
    else this.#width = Math.min(widest, this.#width + (this.#hasStruggled ? 1 : this.#width));
  }

  /** Too many requests, a time-out, an error of the server: half as many at once, but never fewer than at the start. */
  struggled(): void {
    this.#hasStruggled = true;
    this.#width = Math.max(firstWidth, Math.floor(this.#width / 2));
  }

  close(): void {
    this.#allowance?.close();
  }

  /** Nothing is sent before `until` (machine milliseconds). */
  pause(until: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, until);
  }

  #widthAllowed(): number {
    if (this.#remaining === null) return firstWidth;
    return Math.max(1, Math.ceil((this.#remaining + this.#inFlight) / leftPerSlot));
  }

  #serve(): void {
    for (;;) {
      const now = this.#clock.now();
      const blockedUntil = this.#blockedUntil(now);
      if (Math.max(now, blockedUntil) >= this.#clock.deadline) {
        for (let late = this.#next(); late; late = this.#next()) late.go('too late');
        return;
      }
      if (blockedUntil > now) {
        this.#wake(blockedUntil - now);
        return;
      }
      if (this.#inFlight >= Math.min(this.#width, this.#widthAllowed()) || !this.#isAllowed(now)) return;
      const waiting = this.#next();
      if (!waiting) return;
      this.#inFlight += 1;
      if (this.#remaining) this.#remaining -= 1;
      waiting.go({ leave: () => this.#leave() });
    }
  }

  #isAllowed(now: number): boolean {
    if (this.#allowance === null) return true;
    const queues = [this.#again, ...this.#lanes.values()].filter((one) => one.length > 0);
    if (queues.length === 0) return false;
    const [remaining, endsAt] = [this.#remaining, this.#resetAt];
    return this.#allowance.take({
      requests: queues.reduce((sum, one) => sum + one.length, 0),
      lanes: queues.length,
      window: remaining === null || endsAt === null || endsAt <= now ? null : { remaining, endsAt },
      whenFindingOut: remaining === null ? firstWidth : 1,
      inFlight: this.#inFlight,
    });
  }

  #blockedUntil(now: number): number {
    const isSpent = this.#remaining === 0 && this.#resetAt !== null && this.#resetAt > now;
    return Math.max(this.#pausedUntil, isSpent ? (this.#resetAt ?? 0) : 0);
  }

  #leave(): void {
    this.#inFlight -= 1;
    this.#serve();
  }

  /** The lane that was served goes to the end of the line. */
  #next(): Waiting | undefined {
    const again = this.#again.shift();
    if (again) return again;
    for (const [lane, queue] of this.#lanes) {
      const waiting = queue.shift();
      this.#lanes.delete(lane);
      if (!waiting) continue;
      if (queue.length > 0) this.#lanes.set(lane, queue);
      return waiting;
    }
    return undefined;
  }

  #wake(inMs: number): void {
    if (this.#timer || (this.#lanes.size === 0 && this.#again.length === 0)) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#serve();
    }, inMs + 1);
  }

  #sleep(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
