import pLimit from 'p-limit';
import type { DataSource } from 'typeorm';
import type { HubDataset, PageResult } from '../dockerhub/reading.js';
import { mayGoOn, type Answer } from './advance-listing.js';
import { Batches } from './batches.js';
import { commitPages, type Progress } from './commit-pages.js';
import type { Halt } from './halt.js';
import type { HubReader } from './hub-reader.js';
import type { HeldRun, Instant, ListingState } from './listing-state.js';
import { PagesAhead, RoomAhead } from './pages-ahead.js';
import type { RunMemory } from './run-memory.js';

/**
 * Pages that are asked for and not durable yet: what a kill costs at most. A few more than the client has on their way at once,
 * which are those that are being committed.
 */
const pagesInTheAir = 40;
/** Of these, pages that no listing waits for yet. */
const pagesAhead = 8;
/** So that a transaction is shared by what comes in that time. */
const commitsApartMs = 10;

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
  readonly memory: RunMemory;
  readonly reader: HubReader;
  readonly belief: Instant;
  readonly machineNow: () => number;
  readonly halt: Halt;
  readonly onProgress: (progress: SyncProgress) => void;
}

/** Reads listings side by side, and each of them page after page: whatever is asked for ahead, pages become durable in order. */
export class ListingReaders {
  private readonly commits: Batches<Progress, ListingState>;
  private readonly limit = pLimit(pagesInTheAir);
  private readonly room = new RoomAhead(
    pagesAhead,
    (kept) => (this.limit.concurrency = pagesInTheAir - kept),
    (taken) => this.limit.activeCount + taken < pagesInTheAir,
  );
  private readonly counts = { pages: 0, rows: 0, listings: 0, ended: 0 };
  private open = 0;
  private settle: () => void = () => undefined;
  private failure: { readonly error: unknown } | null = null;

  constructor(private readonly task: ReadingTask) {
    this.commits = new Batches((progress) => this.commit(progress), commitsApartMs);
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
    const pages = new PagesAhead(this.task.reader, this.room);
    try {
      await this.readPages(listing, pages);
    } finally {
      pages.forget();
    }
  }

  private async readPages(listing: ListingState, pages: PagesAhead): Promise<void> {
    const { halt, reader, machineNow, belief } = this.task;
    const visited = new Set<string>();
    let startedOver = false;
    let state = listing;
    while (state.status === null && halt.because === null) {
      let result = await halt.orHalted(pages.page(state, state.cursor));
      if (result === 'halted') return;
      if (readByAnother(state, result)) {
        if (!startedOver) {
          startedOver = true;
          visited.clear();
          pages.forget();
          state = await this.commits.add({ state, answer: 'start over' });
          continue;
        }
        result = credentialsChange;
      }
      const page = result.outcome === 'page' ? result : null;
      const next = page?.next ?? null;
      const answer: Answer = {
        result,
        leadsBack: next !== null && visited.has(next),
        readAs: page === null ? undefined : reader.identity(page.credential),
        machineTime: new Date(machineNow()).toISOString(),
        belief,
      };
      if (page !== null && mayGoOn(state, answer)) pages.lookBeyond(state, page);
      const reading = state.reading;
      state = await this.commits.add({ state, answer });
      if (state.reading !== reading) {
        visited.clear();
        pages.forget();
      } else if (next !== null) visited.add(next);
      this.report(state, result);
    }
  }

  private async commit(progress: readonly Progress[]): Promise<readonly ListingState[]> {
    const { states, opened } = await commitPages(this.task.dataSource, this.task.run, this.task.memory, progress);
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
