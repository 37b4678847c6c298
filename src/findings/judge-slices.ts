import { setTimeout as wait } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { DataSource, QueryRunner } from 'typeorm';
import { judgeSlice, type Terms } from './judge-slice.js';
import type { JudgedGroup } from './judged-group.js';
import { JudgedGroups } from './judged-groups.js';
import type { Readers } from './readers.js';
import { sideBySide } from './side-by-side.js';
import { type AskedSlice, type ClaimedSlice, claimSlice, type DoneSlice, doneSlices, partsOf } from './slice-board.js';
import { type Stage, stageIn } from './stage-judgements.js';

/** Slices of which others judge some. */
export interface Shared {
  readonly dataSource: DataSource;
  readonly attempt: string;
  readonly slices: readonly AskedSlice[];
  /** Who holds a slice for so long after everything else is done is not waited for. */
  readonly patienceMs: number;
  /** Once nothing of it is needed any more. */
  close(): Promise<void>;
}

const lookMs = 100;

/**
 * Judges slices, as many at once as there are readers, and records what it comes to through one connection. Whatever fails first stops
 * the others, and is thrown once they have stopped.
 */
export class SlicesAtWork {
  private readonly recording = pLimit(1);
  private readonly failure = new AbortController();

  constructor(
    private readonly readers: Readers,
    private readonly recorder: QueryRunner,
    private readonly terms: Terms,
    private readonly onJudged: (subjects: number) => void,
    signal?: AbortSignal,
  ) {
    signal?.addEventListener('abort', () => this.failure.abort(signal.reason));
  }

  async judgeAll(slices: readonly AskedSlice[]): Promise<void> {
    const left = slices.values();
    await this.#side(async () => {
      for (const slice of left) await this.judge(slice, stageIn(this.recorder));
    });
  }

  /** Those that others judged are taken over from them; what they leave behind is judged here. */
  async judgeWithOthers({ dataSource, attempt, slices, patienceMs }: Shared): Promise<void> {
    const open = new Map(slices.map((slice, index) => [index + 1, slice]));
    const judgeOwn = async (claimed: ClaimedSlice): Promise<void> => {
      open.delete(claimed.number);
      try {
        await claimed.done(await this.judge(claimed.slice, stageIn(this.recorder)));
      } catch (error) {
        await claimed.drop().catch(() => undefined);
        throw error;
      }
    };
    await this.#side(() => this.#claimed(dataSource, attempt, judgeOwn));
    const since = performance.now();
    while (open.size > 0) {
      for (const done of await doneSlices(dataSource.manager, attempt)) {
        if (!open.delete(done.number)) continue;
        await this.#takeOver(dataSource, attempt, done);
        this.onJudged(done.subjects);
      }
      await this.#claimed(dataSource, attempt, judgeOwn);
      if (performance.now() - since > patienceMs) {
        const abandoned = [...open.values()];
        open.clear();
        await this.judgeAll(abandoned);
      }
      if (open.size > 0) await wait(lookMs);
    }
  }

  /** Answers how many subjects it has. `stage`: where its judgements gather. */
  async judge({ organization, sources, about }: AskedSlice, stage: Stage): Promise<number> {
    const groups = new JudgedGroups(this.recorder, stage, { ...about, sources });
    const add = (batch: readonly JudgedGroup[]): Promise<void> =>
      this.recording(async () => {
        await groups.add(batch);
        this.onJudged(batch.reduce((sum, { judgements }) => sum + judgements.length, 0));
      });
    await judgeSlice(this.readers, { organization, sources }, this.terms, { add }, this.failure.signal);
    return this.readers.use(() => this.recording(() => groups.close()));
  }

  /** Does the same with every reader, side by side. */
  async #side(work: () => Promise<void>): Promise<void> {
    try {
      await sideBySide(
        Array.from({ length: this.readers.count }, () => work),
        (error) => this.failure.abort(error),
      );
    } catch (error) {
      await this.readers.settle();
      throw error;
    }
  }

  async #claimed(
    dataSource: DataSource,
    attempt: string,
    judge: (claimed: ClaimedSlice) => Promise<void>,
  ): Promise<void> {
    const runner = dataSource.createQueryRunner();
    try {
      for (;;) {
        this.failure.signal.throwIfAborted();
        const claimed = await claimSlice(runner, attempt);
        if (claimed === null) return;
        await judge(claimed);
      }
    } finally {
      await runner.release();
    }
  }

  async #takeOver(dataSource: DataSource, attempt: string, done: DoneSlice): Promise<void> {
    const stage = stageIn(this.recorder);
    for await (const { place, lines } of partsOf(dataSource.manager, attempt, done)) await stage(place, lines);
  }
}
