import pLimit from 'p-limit';
import type { DataSource } from 'typeorm';
import type { HubDataset, PageResult } from '../dockerhub/reading.js';
import { Batches } from './batches.js';
import { commitPages, type Progress } from './commit-pages.js';
import type { Halt } from './halt.js';
import type { HubReader } from './hub-reader.js';
import type { HeldRun, Instant, ListingState } from './listing-state.js';

/** The client has a budget of its own; this only bounds what waits in memory. */
const listingsInFlight = 32;

/** After every committed answer. `listings` grows while rows open more. */
export interface SyncProgress {
  readonly dataset: HubDataset;
  readonly pages: number;
  readonly rows: number;
  readonly listings: number;
  readonly ended: number;
}

export interface ReadingTask {
  readonly dataSource: DataSource;
  readonly run: HeldRun;
  readonly reader: HubReader;
  readonly belief: Instant;
  readonly machineNow: () => number;
  readonly halt: Halt;
  readonly onProgress: (progress: SyncProgress) => void;
}

/** Reads listings side by side, and each of them page after page: the next page is asked for once the last is durable. */
export class ListingReaders {
  private readonly commits: Batches<Progress, ListingState>;
  private readonly limit = pLimit(listingsInFlight);
  private readonly counts = { pages: 0, rows: 0, listings: 0, ended: 0 };
  private open = 0;
  private settle: () => void = () => undefined;
  private failure: { readonly error: unknown } | null = null;

  constructor(private readonly task: ReadingTask) {
    this.commits = new Batches((progress) => this.commit(progress));
  }

  /**
   * Returns when these listings and all that they opened have a status, or when reading was halted. Throws what the reader
   * or the database threw, once nothing of this call can write any more.
   */
  async read(listings: readonly ListingState[]): Promise<void> {
    if (listings.length === 0) return;
    await new Promise<void>((resolve) => {
      this.settle = resolve;
      for (const listing of listings) this.start(listing);
    });
    if (this.failure !== null) throw this.failure.error;
  }

  private start(listing: ListingState): void {
    this.open += 1;
    this.counts.listings += 1;
    void this.limit(() => this.readToItsEnd(listing))
      .catch((error: unknown) => {
        this.failure ??= { error };
        this.task.halt.now('failure');
      })
      .finally(() => {
        this.open -= 1;
        if (this.open === 0) this.settle();
      });
  }

  private async readToItsEnd(listing: ListingState): Promise<void> {
    const { halt, reader, machineNow, belief } = this.task;
    const visited = new Set<string>();
    let startedOver = false;
    let state = listing;
    while (state.status === null && halt.because === null) {
      let result = await halt.orHalted(reader.page(state, state.cursor));
      if (result === 'halted') return;
      if (readByAnother(state, result)) {
        if (!startedOver) {
          startedOver = true;
          visited.clear();
          state = await this.commits.add({ state, answer: 'start over' });
          continue;
        }
        result = credentialsChange;
      }
      const page = result.outcome === 'page' ? result : null;
      const next = page?.next ?? null;
      const reading = state.reading;
      state = await this.commits.add({
        state,
        answer: {
          result,
          leadsBack: next !== null && visited.has(next),
          readAs: page === null ? undefined : reader.identity(page.credential),
          machineTime: new Date(machineNow()).toISOString(),
          belief,
        },
      });
      if (state.reading !== reading) visited.clear();
      else if (next !== null) visited.add(next);
      this.report(state, result);
    }
  }

  private async commit(progress: readonly Progress[]): Promise<readonly ListingState[]> {
    const { states, opened } = await commitPages(this.task.dataSource, this.task.run, progress);
    for (const listing of opened) this.start(listing);
    return states;
  }

  private report(state: ListingState, result: PageResult): void {
    if (result.outcome === 'page') {
      this.counts.pages += 1;
      this.counts.rows += result.rows.length;
    }
    if (state.status !== null) this.counts.ended += 1;
    this.task.onProgress({ dataset: state.dataset, ...this.counts });
  }
}

function readByAnother(state: ListingState, result: PageResult): boolean {
  return result.outcome === 'page' && state.credential !== null && state.credential !== result.credential;
}

const credentialsChange: PageResult = {
  outcome: 'refused',
  status: 'failed',
  reason: 'CREDENTIAL_CHANGED',
  message: 'Its pages were read with one credential and then with another, twice; what they show need not be the same.',
};
