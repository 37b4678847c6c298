import type { Progress, Stage } from './run-outcome.js';

/** How far one stage of a run is, as the row of the run keeps it. */
export interface StageProgress {
  readonly stage: string;
  readonly done: number;
  /** Null where nobody knows yet how much there is. */
  readonly total: number | null;
  readonly note: string | null;
  readonly finished: boolean;
}

const usualPauseMs = 500;

/**
 * Keeps how far a run is, and writes it down now and then. A write that fails is left out: the run is what matters, and it has
 * connections of its own to find out that the database is gone.
 */
export class RunProgress implements Progress {
  readonly #stages: StageProgress[] = [];
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  #isUnwritten = false;
  #isClosed = false;

  constructor(
    private readonly write: (stages: readonly StageProgress[]) => Promise<void>,
    private readonly pauseMs = usualPauseMs,
  ) {}

  get stages(): readonly StageProgress[] {
    return [...this.#stages];
  }

  /** As it is once everything is done. */
  get finished(): readonly StageProgress[] {
    return this.#stages.map((stage) => ({ ...stage, finished: true }));
  }

  stage(name: string, total: number | null): Stage {
    const at = this.#stages.push({ stage: name, done: 0, total, note: null, finished: false }) - 1;
    const change = (to: (now: StageProgress) => Partial<StageProgress>): void => {
      const now = this.#stages[at];
      if (now === undefined) return;
      this.#stages[at] = { ...now, ...to(now) };
      this.#writeSoon();
    };
    this.#writeSoon();
    return {
      advance: (by, grown) => change(({ done, total: known }) => ({ done: done + by, total: grown ?? known })),
      done: (note) => change(() => ({ note: note ?? null, finished: true })),
    };
  }

  /** Lines are for whoever watches a terminal. */
  line(): void {}

  /** Nothing is written any more once it resolves. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#writing;
  }

  #writeSoon(): void {
    this.#isUnwritten = true;
    if (this.#timer !== null || this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#writing = this.#writeNow();
    }, this.pauseMs);
  }

  async #writeNow(): Promise<void> {
    this.#isUnwritten = false;
    await this.write(this.stages).catch(() => undefined);
    this.#timer = null;
    if (this.#isUnwritten) this.#writeSoon();
  }
}

/** Tells two at once. */
export function bothProgress(one: Progress, other: Progress): Progress {
  return {
    stage: (name, total) => {
      const stages = [one.stage(name, total), other.stage(name, total)];
      return {
        advance: (by, grown) => {
          for (const stage of stages) stage.advance(by, grown);
        },
        done: (note) => {
          for (const stage of stages) stage.done(note);
        },
      };
    },
    line: (text) => {
      one.line(text);
      other.line(text);
    },
  };
}
