import { setTimeout as wait } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { DelayedError } from 'bullmq';
import { type AnyQueue, type AnyWorker, type JobAtHand, type JobPlace, openQueue, openWorker } from './job-place.js';

/** What a turn came to: there is nothing left to do, or it wants another turn after that long. */
export type TurnEnd = 'done' | { readonly againInMs: number };

/** What a job is known by, and all that it says: what there is to do stands in the rows that it is about. */
export interface Job {
  /** Added again while it waits or is at work, it is the same job. Without a colon. */
  readonly id: string;
  readonly data: Readonly<Record<string, string>>;
}

const jobStates = ['waiting', 'active', 'delayed', 'failed'] as const;
export type JobCounts = Readonly<Record<string, number>>;

/** A job whose worker was killed is somebody else's after these two at most. */
const heartbeatMs = 5_000;
const stalledMs = 2_500;
const lookMs = 5_000;
const patienceMs = 3_000;
const lastMomentsMs = 6_000;

/**
 * Tells processes that there is something to do, one of them for each job. A hint and no more: it may be lost, doubled or late,
 * and whoever adds it looks again whether it was done. Nothing here throws where the backend is away.
 */
export class JobQueue {
  private readonly logger = new Logger('Jobs');
  readonly #queue: AnyQueue;
  readonly #stopping = new AbortController();
  #worker: AnyWorker | null = null;
  #look: NodeJS.Timeout | null = null;
  #isAdding = false;
  #isAway = false;
  #counts: JobCounts | null = null;

  constructor(
    readonly name: `hubwarden${string}`,
    private readonly place: JobPlace,
    private readonly concurrency: number,
  ) {
    this.#queue = openQueue(name, place);
    this.#queue.on('error', (error) => this.#lose(error));
  }

  /** Null: it can be reached. Otherwise what is wrong, in words for anybody. */
  get trouble(): string | null {
    return this.#isAway ? 'it cannot be reached; the work goes on without it' : null;
  }

  /** As they were some seconds ago; null: not known. */
  get counts(): JobCounts | null {
    return this.#isAway ? null : this.#counts;
  }

  /**
   * Takes jobs from now on, as many at once as it was made for. `perform` may be called twice for a job, also at the same time.
   * What it throws drops the job.
   */
  start(perform: (job: Job['data']) => Promise<TurnEnd>): void {
    if (this.#worker !== null) return;
    this.#worker = openWorker(this.name, this.place, (job, token) => this.#turn(perform, job, token), {
      concurrency: this.concurrency,
      lockDuration: heartbeatMs,
      stalledInterval: stalledMs,
      // That workers were killed says nothing about the job.
      maxStalledCount: 1_000_000,
      runRetryDelay: 1_000,
    });
    this.#worker.on('error', (error) => this.#lose(error));
    this.#look = setInterval(() => void this.#count(), lookMs);
    void this.#count();
  }

  /** False: it could not be said whether they were added. */
  async add(jobs: readonly Job[]): Promise<boolean> {
    if (jobs.length === 0) return true;
    // The time before still hangs.
    if (this.#isAdding || this.#stopping.signal.aborted) return false;
    this.#isAdding = true;
    const entries = jobs.map(({ id, data }) => ({
      name: 'turn',
      data,
      opts: { jobId: id, removeOnComplete: true, removeOnFail: true },
    }));
    const added = this.#queue.addBulk(entries).finally(() => (this.#isAdding = false));
    return (await this.#inTime(added)) !== null;
  }

  /** Takes nothing new, and resolves once the turns at hand have ended or `withinMs` is over. */
  async stop(withinMs = lastMomentsMs): Promise<void> {
    this.#stopping.abort();
    if (this.#look !== null) clearInterval(this.#look);
    const closing = Promise.all([this.#worker?.close(), this.#queue.close()]);
    await Promise.race([closing, wait(withinMs, undefined, { ref: false })]).catch(() => undefined);
  }

  async #turn(perform: (job: Job['data']) => Promise<TurnEnd>, job: JobAtHand, token?: string): Promise<void> {
    const end = await perform(job.data);
    if (end === 'done') return;
    await job.moveToDelayed(Date.now() + end.againInMs, token);
    throw new DelayedError();
  }

  async #count(): Promise<void> {
    this.#counts = await this.#inTime(this.#queue.getJobCounts(...jobStates));
  }

  async #inTime<Result>(work: Promise<Result>): Promise<Result | null> {
    try {
      const result = await Promise.race([work, wait(patienceMs, 'late' as const, { ref: false })]);
      if (result === 'late') throw new Error(`No answer within ${patienceMs / 1_000} seconds.`);
      this.#find();
      return result;
    } catch (error) {
      this.#lose(error);
      // What comes of it later is nobody's any more.
      void work.catch(() => undefined);
      return null;
    }
  }

  #lose(error: unknown): void {
    if (this.#isAway || this.#stopping.signal.aborted) return;
    this.#isAway = true;
    this.logger.warn('The queue cannot be reached; the work goes on without it', { queue: this.name, error });
  }

  #find(): void {
    if (!this.#isAway) return;
    this.#isAway = false;
    this.logger.log('The queue can be reached again', { queue: this.name });
  }
}
