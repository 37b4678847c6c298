import { setTimeout as sleep } from 'node:timers/promises';

/** setTimeout takes no longer wait than this and would otherwise not wait at all. */
const longestTimer = 2_147_483_647;

/** The machine's time as one run sees it: how much of it is left, and whether the caller still wants an answer. */
export class RunClock {
  constructor(
    readonly now: () => number,
    /** Machine milliseconds. */
    readonly deadline: number,
    readonly signal: AbortSignal | undefined,
  ) {}

  get left(): number {
    return this.deadline - this.now();
  }

  /** Throws an AbortError as soon as the caller's signal is aborted. */
  async wait(ms: number): Promise<void> {
    this.throwIfAborted();
    try {
      await sleep(Math.min(Math.max(ms, 0), longestTimer), undefined, this.signal ? { signal: this.signal } : {});
    } catch {
      throw aborted();
    }
  }

  throwIfAborted(): void {
    if (this.signal?.aborted) throw aborted();
  }
}

/** The one error that leaves this folder. */
export function aborted(): DOMException {
  return new DOMException('Reading Docker Hub was stopped.', 'AbortError');
}
