import type { Instant } from '../checks/check.js';
import type { Configuration } from '../config/configuration.js';
import type { Actor } from '../trail/actor.js';
import type { CheckRun } from './check-run.js';
import type { Progress, RunOutcome } from './run-outcome.js';
import { bothProgress, RunProgress } from './run-progress.js';
import type { ClaimedRun, RunRecords } from './run-records.js';
import { sentencesOf } from './sentences-of.js';

export interface CommandRunOptions {
  readonly configuration: Configuration;
  readonly hubUrl: string;
  readonly fingerprintKey: Buffer;
  /** The clock of beliefs; null: the machine's. */
  readonly now: Instant | null;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Whose terminal it is, for the record. */
  readonly by?: Actor;
}

/** Somebody who started it a moment after another one would rather wait than start it again. */
const usualPatienceMs = 5_000;

/** One run in a terminal or a pipeline: it begins and ends with the process, and is on record like any other. */
export class CommandRun {
  constructor(
    private readonly records: RunRecords,
    private readonly checkRun: CheckRun,
    private readonly patienceMs = usualPatienceMs,
  ) {}

  async run(options: CommandRunOptions): Promise<RunOutcome> {
    const { signal } = options;
    const outcome = await this.records.alone((lost) => this.#onRecord(options, lost), {
      patienceMs: this.patienceMs,
      signal,
    });
    if (outcome === 'held elsewhere')
      return { kind: 'broken', message: 'Another run is at work on this database. Wait until it has ended.' };
    return outcome;
  }

  async #onRecord(options: CommandRunOptions, lost: AbortSignal): Promise<RunOutcome> {
    const run = await this.records.begin(options.now ?? new Date().toISOString(), options.by);
    const progress = new RunProgress((stages) => this.records.noteProgress(run, stages));
    try {
      const outcome = await this.#judge(run, options, progress, lost);
      if (outcome.kind === 'mistakes') await this.records.fail(run, sentencesOf(outcome.mistakes));
      if (outcome.kind === 'broken') await this.records.fail(run, outcome.message);
      return outcome;
    } catch (error) {
      const message = options.signal.aborted ? 'It was stopped.' : 'It broke down; its terminal says why.';
      // Where this cannot be written either, whoever gets the lock next writes that the terminal is gone.
      await this.records.fail(run, message).catch(() => undefined);
      throw error;
    } finally {
      await progress.close();
    }
  }

  async #judge(
    run: ClaimedRun,
    options: CommandRunOptions,
    progress: RunProgress,
    lost: AbortSignal,
  ): Promise<RunOutcome> {
    const { configuration, hubUrl, fingerprintKey, signal } = options;
    return this.checkRun.run({
      id: run.id,
      configuration,
      hubUrl,
      fingerprintKey,
      now: run.at,
      signal: AbortSignal.any([signal, lost]),
      progress: bothProgress(options.progress, progress),
      onRecorded: (manager) => this.records.finish(manager, run, progress.finished),
    });
  }
}
