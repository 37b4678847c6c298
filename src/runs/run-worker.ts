import { setTimeout as wait } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { ConfigurationInForce } from '../config/configuration-in-force.js';
import { isDatabaseLost } from '../database/is-database-lost.js';
import type { Patience } from '../dockerhub/patient-requests.js';
import { withLogContext, withoutLogContext } from '../telemetry/log-context.js';
import type { CheckRun } from './check-run.js';
import type { EvaluateTogether } from './evaluate-together.js';
import type { ObserveTogether } from './observe-together.js';
import { Recurring } from './recurring.js';
import type { RunEnd, RunHooks } from './run-hooks.js';
import type { Progress, RunOutcome } from './run-outcome.js';
import { RunProgress } from './run-progress.js';
import type { RunQueue } from './run-queue.js';
import { type ClaimedRun, type RunRecords, RunTakenOver } from './run-records.js';
import { sentencesOf } from './sentences-of.js';

export interface RunSettings {
  readonly configuration: Pick<ConfigurationInForce, 'current'>;
  readonly hubUrl: string;
  readonly fingerprintKey: Buffer;
  readonly patience?: Partial<Patience>;
}

const tickMs = 1_000;
/**
 * An evaluation that is being recorded may come to its end; what takes longer is cancelled after a while (own-backends.ts), so that the
 * run is parked within this time, or else is undone with the process.
 */
const lastMomentsMs = 6_000;

/** Works off the queue of runs, one at a time over all processes on the database, and takes up what others have left behind. */
export class RunWorker {
  private readonly logger = new Logger('Runs');
  readonly #turns = new Recurring('runs', tickMs, (reached) => this.#workOff(reached));
  readonly #stopping = new AbortController();

  constructor(
    private readonly records: RunRecords,
    private readonly checkRun: CheckRun,
    private readonly settings: RunSettings,
    private readonly hooks: RunHooks,
    queue: RunQueue,
    private readonly together: Pick<ObserveTogether, 'observe'> | null = null,
    private readonly evaluations: Pick<EvaluateTogether, 'share'> | null = null,
  ) {
    queue.onWaiting(() => withoutLogContext(() => this.#turns.poke()));
  }

  /** Null: at work. Otherwise what is wrong, in words for anybody. */
  get trouble(): string | null {
    return this.#turns.trouble;
  }

  start(): void {
    this.#turns.start();
  }

  /** The run at hand goes back into the queue, as far as it has come. Never to be started again. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const given = new AbortController();
    await Promise.race([
      this.#turns.stop().finally(() => given.abort()),
      wait(lastMomentsMs, undefined, { signal: given.signal }).catch(() => undefined),
    ]);
  }

  async #workOff(reached: () => void): Promise<void> {
    while (!this.#stopping.signal.aborted && (await this.records.hasWork())) {
      reached();
      const worked = await this.records.alone(async (lost) => {
        const run = await this.records.claim();
        if (run === null) return false;
        await withLogContext({ run: run.id }, () => this.#attempt(run, lost));
        return true;
      });
      if (worked !== true) return;
    }
  }

  async #attempt(run: ClaimedRun, lost: AbortSignal): Promise<void> {
    const began = performance.now();
    this.logger.log('Run started', { run: run.id, cause: run.cause, attempt: run.attempt });
    const progress = new RunProgress((stages) => this.records.noteProgress(run, stages));
    let outcome: RunEnd = 'broken';
    try {
      outcome = await this.#bringToEnd(run, progress, lost);
    } finally {
      await progress.close();
      const seconds = Math.round(performance.now() - began) / 1000;
      this.logger.log('Run ended', { run: run.id, outcome, seconds });
      this.hooks.onFinished?.({ outcome, seconds });
      this.hooks.afterRun?.();
    }
  }

  async #bringToEnd(run: ClaimedRun, progress: RunProgress, lost: AbortSignal): Promise<RunEnd> {
    try {
      return await this.#conclude(run, await this.#judge(run, progress, lost));
    } catch (error) {
      // The row stays as it is: whoever gets the lock next finds it left behind.
      if (lost.aborted || isDatabaseLost(error)) throw error;
      if (error instanceof RunTakenOver) {
        this.logger.warn('Run taken up by another process', { run: run.id });
        return 'broken';
      }
      if (this.#stopping.signal.aborted) return await this.#park(run);
      return await this.#tryAgain(run, 'It broke down; the log of the service says why.', error);
    }
  }

  async #judge(run: ClaimedRun, progress: RunProgress, lost: AbortSignal): Promise<RunOutcome> {
    const { hooks, together, evaluations } = this;
    const { hubUrl, fingerprintKey, patience } = this.settings;
    const configuration = this.settings.configuration.current;
    await hooks.beforeRun?.(configuration);
    return this.checkRun.run({
      id: run.id,
      configuration,
      hubUrl,
      fingerprintKey,
      now: run.at,
      signal: AbortSignal.any([this.#stopping.signal, lost]),
      progress,
      onRecorded: (manager) => this.records.finish(manager, run, progress.finished),
      ...(hooks.onHubRequest && { onHubRequest: hooks.onHubRequest }),
      ...(hooks.onHubUsage && { onHubUsage: hooks.onHubUsage }),
      ...(patience && { patience }),
      ...(together && {
        observe: (shown: Progress, signal: AbortSignal) => together.observe(run, configuration, shown, signal),
      }),
      ...(evaluations && {
        share: (...asked: Parameters<EvaluateTogether['share']>) => evaluations.share(...asked),
      }),
    });
  }

  async #conclude(run: ClaimedRun, outcome: RunOutcome): Promise<RunEnd> {
    if (outcome.kind === 'evaluated') return 'finished';
    if (outcome.kind === 'broken') {
      if (this.#stopping.signal.aborted) return this.#park(run);
      return this.#tryAgain(run, outcome.message, null);
    }
    await this.records.fail(run, sentencesOf(outcome.mistakes));
    this.logger.error('Run failed; its message says what to put right', { run: run.id });
    return 'failed';
  }

  async #park(run: ClaimedRun): Promise<RunEnd> {
    await this.records.park(run);
    this.logger.log('Run parked; it goes on later', { run: run.id });
    return 'broken';
  }

  async #tryAgain(run: ClaimedRun, message: string, error: unknown): Promise<RunEnd> {
    const fields = { run: run.id, ...(error === null ? { because: message } : { error }) };
    if ((await this.records.retry(run, message)) === 'failed') {
      this.logger.error('Run failed after several attempts', fields);
      return 'failed';
    }
    this.logger.warn('Run broke down; it is tried again', fields);
    return 'broken';
  }
}
