import type { RunClock } from './run-clock.js';

/** What the answers to one process last said of a credential's window. */
export interface SeenWindow {
  readonly remaining: number;
  /** From now. */
  readonly endsInMs: number;
}

export type Lease =
  /** So many requests of the window may be sent, until it ends; `left` is what there is for everybody, these included. */
  | { readonly outcome: 'leased'; readonly requests: number; readonly left: number; readonly endsInMs: number }
  /** Nobody knows the window: it is for the one who asked to find out, and for the others to wait. */
  | { readonly outcome: 'find out' }
  | { readonly outcome: 'wait'; readonly ms: number };

/** Where processes that use one credential share its window. Whatever was leased is void once the window has ended. */
export interface SharedBudget {
  /** `lanes`: for how many organizations requests wait. */
  lease(wanted: {
    readonly requests: number;
    readonly lanes: number;
    readonly seen: SeenWindow | null;
  }): Promise<Lease>;
  /** Of the window that ends so much later; of none where whoever was to find out about it did not. */
  giveBack(requests: number, endsInMs: number): Promise<void>;
}

export interface Demand {
  readonly requests: number;
  readonly lanes: number;
  /** Machine milliseconds; null: not known. */
  readonly window: { readonly remaining: number; readonly endsAt: number } | null;
  /** By how many requests the process finds out about a window. */
  readonly whenFindingOut: number;
  readonly inFlight: number;
}

/** What one process may send of a budget that it shares with others. */
export class Allowance {
  readonly #shared: SharedBudget;
  readonly #clock: RunClock;
  readonly #onLease: (lease: Lease, now: number) => void;
  #left = 0;
  #lastLease = 0;
  /** Of the window that the requests were leased from; 0: they are for finding out. */
  #endsAt = 0;
  #isAsking = false;
  #isFindingOut = false;
  /** Nothing is shared any more: there is no window, or nobody who can be asked. */
  #isOnItsOwn = false;

  /** `onLease` hears every answer, whether or not it brought anything. */
  constructor(shared: SharedBudget, clock: RunClock, onLease: (lease: Lease, now: number) => void) {
    this.#shared = shared;
    this.#clock = clock;
    this.#onLease = onLease;
  }

  get left(): number {
    return this.#left;
  }

  /** One request; false: there is none, and `onLease` will say when to try again, or an answer that is on its way. */
  take(demand: Demand): boolean {
    if (this.#isOnItsOwn) return true;
    if (this.#endsAt > 0 && this.#endsAt <= this.#clock.now()) this.#left = 0;
    const waitsForAnswers = this.#isFindingOut && (this.#left > 0 || demand.inFlight > 0);
    // Before it is used up, so that nobody waits for the answer; but nobody gathers more than is sent.
    const isLow = this.#left < demand.requests && this.#left <= Math.min(mostInStock, this.#lastLease / 2);
    if (isLow && !waitsForAnswers) void this.#ask(demand);
    if (this.#left === 0) return false;
    this.#left -= 1;
    return true;
  }

  /** The window is another one than what was leased came from. */
  forget(): void {
    this.#left = 0;
    this.#isFindingOut = false;
  }

  /** Answers come and say nothing about a window. */
  sawNoWindow(): void {
    if (!this.#isFindingOut) return;
    this.#isOnItsOwn = true;
    this.#shared.giveBack(0, 0).catch(() => undefined);
  }

  /** What was not sent is for others. */
  close(): void {
    const [requests, endsInMs] = [this.#left, this.#endsAt - this.#clock.now()];
    this.#left = 0;
    if (requests > 0 && endsInMs > 0) this.#shared.giveBack(requests, endsInMs).catch(() => undefined);
  }

  async #ask({ requests, lanes, window, whenFindingOut }: Demand): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const now = this.#clock.now();
    const seen = window && { remaining: window.remaining, endsInMs: window.endsAt - now };
    let lease: Lease | null;
    try {
      lease = await this.#shared.lease({ requests: requests - this.#left, lanes, seen });
    } catch {
      // Whoever cannot be asked cannot be obeyed: from here on the process goes by what the answers say to it alone.
      lease = null;
    }
    this.#isAsking = false;
    if (lease === null) this.#isOnItsOwn = true;
    else this.#receive(lease, whenFindingOut);
    this.#onLease(lease ?? { outcome: 'wait', ms: 0 }, this.#clock.now());
  }

  #receive(lease: Lease, whenFindingOut: number): void {
    this.#isFindingOut = lease.outcome === 'find out';
    if (lease.outcome === 'find out') [this.#left, this.#endsAt] = [whenFindingOut, 0];
    if (lease.outcome !== 'leased') return;
    const endsAt = this.#clock.now() + lease.endsInMs;
    const isSame = this.#endsAt > 0 && Math.abs(endsAt - this.#endsAt) <= sameWindowMs;
    this.#left = (isSame ? this.#left : 0) + lease.requests;
    this.#lastLease = lease.requests;
    this.#endsAt = endsAt;
  }
}

/** More is asked for once no more than this is left of what was leased. */
const mostInStock = 24;

/** Two answers whose windows end no further apart speak of the same window. */
export const sameWindowMs = 1_000;
