import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { SizedSlice } from '../findings/judge-all.js';
import { judgeForAnother } from '../findings/judge-for-another.js';
import type { Shared } from '../findings/judge-slices.js';
import { type AskedSlice, putUp, type SharedTask, takeDown } from '../findings/slice-board.js';
import { isDatabaseLost } from '../database/is-database-lost.js';
import type { JobQueue, TurnEnd } from '../jobs/job-queue.js';

export interface SharingOptions {
  /** Members of all organizations from which on it is worth asking others for help. */
  readonly shareFrom?: number;
  /** Members of one organization from which on its sources are judged apart from each other. */
  readonly splitFrom?: number;
  /** How long a slice that somebody else judges is waited for, once nothing else is left to do. */
  readonly patienceMs?: number;
}

/** Nobody needs more hints than there are processes, and a process that comes once takes slices until there are none. */
const hintsAtMost = 16;
const againInMs = 1_000;

/**
 * Has the processes that share the database judge slices of a large evaluation. Who judges what, and what it came to, is in rows, and the
 * process that records the evaluation can do all of it by itself: a job that is lost costs time and nothing else.
 */
export class EvaluateTogether {
  private readonly logger = new Logger('Runs');
  readonly #own = new Set<string>();
  readonly #stopping = new AbortController();
  private readonly shareFrom: number;
  private readonly splitFrom: number;
  private readonly patienceMs: number;

  constructor(
    private readonly dataSource: DataSource,
    private readonly queue: Pick<JobQueue, 'add'>,
    options: SharingOptions = {},
  ) {
    this.shareFrom = options.shareFrom ?? 5_000;
    this.splitFrom = options.splitFrom ?? 20_000;
    this.patienceMs = options.patienceMs ?? 60_000;
  }

  /** Null: there is too little to do. */
  async share(task: SharedTask, slices: readonly SizedSlice[]): Promise<Shared | null> {
    const members = slices.reduce((sum, slice) => sum + slice.members, 0);
    // The largest first: what is begun last should not take longest.
    const parts = slices.toSorted((one, other) => other.members - one.members).flatMap((slice) => this.#split(slice));
    if (members < this.shareFrom || parts.length < 2) return null;
    const attempt = await putUp(this.dataSource, task, parts);
    this.#own.add(attempt);
    const hints = Math.min(parts.length - 1, hintsAtMost);
    await this.queue.add(
      Array.from({ length: hints }, (_, place) => ({ id: `${attempt}_${place}`, data: { attempt } })),
    );
    return {
      dataSource: this.dataSource,
      attempt,
      slices: parts,
      patienceMs: this.patienceMs,
      close: async () => {
        await takeDown(this.dataSource.manager);
        this.#own.delete(attempt);
      },
    };
  }

  /** Judges slices of an evaluation that another process records. Throws where the database is lost. */
  async help(attempt: string): Promise<TurnEnd> {
    if (this.#stopping.signal.aborted) return { againInMs: 0 };
    // That process is at it already, and somebody else is to have the job.
    if (this.#own.has(attempt)) return { againInMs };
    try {
      const slices = await judgeForAnother(this.dataSource, attempt, this.#stopping.signal);
      if (slices > 0) this.logger.log('Judged for another process', { attempt, slices });
    } catch (error) {
      if (isDatabaseLost(error)) throw error;
      if (this.#stopping.signal.aborted) return { againInMs: 0 };
      // Where the other process has gone, so has what it saw; and a defect shows where the evaluation is recorded.
      this.logger.warn('A slice of an evaluation was left to the others', { attempt, error });
    }
    return 'done';
  }

  /** What is being judged here for others is theirs again. */
  stop(): void {
    this.#stopping.abort();
  }

  #split({ organization, sources, about, members }: SizedSlice): AskedSlice[] {
    if (members < this.splitFrom) return [{ organization, sources, about }];
    return sources.map((source) => ({ organization, sources: [source], about }));
  }
}
