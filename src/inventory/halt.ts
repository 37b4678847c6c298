export type HaltReason = 'deadline' | 'shutdown' | 'failure';

/** setTimeout fires at once when asked for more. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * The one place that knows whether reading has to stop. Whoever waits for an answer waits through `orHalted`, so that a
 * request which hangs cannot hold up a shutdown or the deadline; what it would have answered is dropped.
 */
export class Halt {
  private reason: HaltReason | null = null;
  private readonly waiting = new Set<() => void>();
  private readonly release: (() => void)[] = [];

  get because(): HaltReason | null {
    return this.reason;
  }

  /** Halts after that many milliseconds; without an end if infinite. */
  atDeadline(inMs: number): this {
    if (inMs <= 0) this.now('deadline');
    else if (inMs <= longestTimerMs) {
      const timer = setTimeout(() => this.now('deadline'), inMs);
      this.release.push(() => clearTimeout(timer));
    }
    return this;
  }

  onAbort(signal: AbortSignal | undefined, reason: HaltReason): this {
    if (signal === undefined) return this;
    if (signal.aborted) this.now(reason);
    const listener = (): void => this.now(reason);
    signal.addEventListener('abort', listener);
    this.release.push(() => signal.removeEventListener('abort', listener));
    return this;
  }

  /** The first reason stands. */
  now(reason: HaltReason): void {
    this.reason ??= reason;
    for (const wake of this.waiting) wake();
    this.waiting.clear();
  }

  /** What the work throws because it was halted too is no error. */
  async orHalted<Result>(work: Promise<Result>): Promise<Result | 'halted'> {
    return new Promise((resolve, reject) => {
      const wake = (): void => resolve('halted');
      this.waiting.add(wake);
      if (this.reason !== null) wake();
      void work
        .then(resolve, (error: unknown) => {
          if (this.reason === null) reject(error);
          else wake();
        })
        .finally(() => this.waiting.delete(wake));
    });
  }

  /** Lets go of the timer and the signals. */
  close(): void {
    for (const letGo of this.release) letGo();
  }
}
