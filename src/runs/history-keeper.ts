import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { ConfigurationInForce } from '../config/configuration-in-force.js';
import { hubwarden } from '../trail/actor.js';
import { pruneHistory } from './prune-history.js';
import { Recurring } from './recurring.js';

/** What was begun elsewhere and left behind is found within the hour. */
const everyMs = 3_600_000;
/** A week's nights at once, so that the trail has two entries a week of it and not two a night. */
const leastMs = 7 * 86_400_000;

/** Removes what the retention policy no longer keeps, after each run and now and then; one process of all at a time. */
export class HistoryKeeper {
  private readonly logger = new Logger('Runs');
  #stopping = new AbortController();
  readonly #loop = new Recurring('history', everyMs, () => this.#prune());

  constructor(
    private readonly dataSource: DataSource,
    private readonly configuration: ConfigurationInForce,
  ) {}

  start(): void {
    this.#stopping = new AbortController();
    this.#loop.start();
  }

  poke(): void {
    this.#loop.poke();
  }

  /** Resolves once the batch at hand is done; whoever comes next goes on with the others. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop.stop();
  }

  async #prune(): Promise<void> {
    const { historyMs } = this.configuration.current.retention;
    if (historyMs === null) return;
    const { signal } = this.#stopping;
    const pruned = await pruneHistory(this.dataSource, { historyMs, leastMs, by: hubwarden, signal });
    if (pruned.outcome === 'removed')
      this.logger.log('History was removed as the retention policy has it', {
        beginsAt: pruned.beginsAt,
        rows: pruned.rows,
      });
  }
}
