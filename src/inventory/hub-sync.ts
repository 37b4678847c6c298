import { setTimeout as wait } from 'node:timers/promises';
import pLimit, { type LimitFunction } from 'p-limit';
import type { DataSource } from 'typeorm';
import { withAdvisoryLock } from '../database/advisory-lock.js';
import { refusedForGood } from './advance-listing.js';
import { assertHeld, RunLost } from './commit-pages.js';
import { conclude } from './conclude.js';
import { Halt } from './halt.js';
import type { HubReader } from './hub-reader.js';
import type { DatasetReading } from './judge-datasets.js';
import {
  saveListings,
  storeListings,
  unreadListings,
  type HeldRun,
  type Instant,
  type ListingState,
} from './listing-state.js';
import { ListingReaders, type SyncProgress } from './read-listings.js';
import { RunMemory } from './run-memory.js';
import { startRun, type StartedRun } from './start-run.js';

export interface SyncOptions {
  /** The run's clock: what `fetchedAt` says of the pages that are read now. */
  readonly now: Instant;
  /** Milliseconds, as `Date.now` gives them. */
  readonly machineNow: () => number;
  /** By the machine's clock, in milliseconds. What is unread then ends as `failed` (`DEADLINE`), and the run is sealed. */
  readonly deadline: number;
  /** Aborted by a shutdown: the run is left resumable. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SyncProgress) => void;
  /** Asked once nobody else can be reading the organization; false: it need not be read any more. */
  readonly isToBeRead?: () => Promise<boolean>;
  /** How long to wait for another process that syncs the same organization, or that was killed a moment ago. */
  readonly patienceMs?: number;
}

export type SyncOutcome =
  /** `runId` is the number of the snapshot. `pages` counts those of every process that worked on the run. */
  | {
      readonly state: 'sealed';
      readonly runId: string;
      readonly organizationId: string;
      readonly resumed: boolean;
      readonly pages: number;
      readonly datasets: readonly DatasetReading[];
    }
  | { readonly state: 'paused'; readonly runId: string }
  /** Another process has the run, or has brought it to its end, from the start or since this one lost its database connection. */
  | { readonly state: 'busy' };

const lockRetryMs = 100;
/** Each holds a connection for its lock and needs others to write with; the usual pool has ten. */
const usuallyAtOnce = 4;
const manyPages = 100;
/** Without it the planner believes these tables to be as empty as they are between two runs. What is joined is all that it needs. */
const countedAnew =
  'analyze listing (run_id, dataset, scope, status), staged_observation (listing_id, reading, key), unchanged_batch (run_id)';

/**
 * Reads an organization from Docker Hub into a sealed snapshot, going on where an earlier process was stopped. One object for
 * each connection pool: it is what keeps many organizations from waiting for each other's connections.
 */
export class HubSync {
  private readonly limit: LimitFunction;

  constructor(
    private readonly dataSource: DataSource,
    organizationsAtOnce = usuallyAtOnce,
  ) {
    this.limit = pLimit(organizationsAtOnce);
  }

  /** Throws what the reader and the database throw; the run then stays as resumable as after a kill. */
  async sync(organization: string, reader: HubReader, options: SyncOptions): Promise<SyncOutcome> {
    return this.limit(() => this.syncWithLock(organization, reader, options));
  }

  private async syncWithLock(organization: string, reader: HubReader, options: SyncOptions): Promise<SyncOutcome> {
    const { patienceMs = 5000, signal } = options;
    for (let waitedMs = 0; ; waitedMs += lockRetryMs) {
      const outcome = await withAdvisoryLock(this.dataSource, `sync of ${organization}`, (lost) =>
        this.syncAlone(organization, reader, options, lost),
      );
      if (outcome !== 'held elsewhere') return outcome;
      if (waitedMs >= patienceMs || signal?.aborted === true) return { state: 'busy' };
      await wait(lockRetryMs);
    }
  }

  private async syncAlone(
    organization: string,
    reader: HubReader,
    options: SyncOptions,
    lockLost: AbortSignal,
  ): Promise<SyncOutcome> {
    const { now, machineNow, deadline, signal } = options;
    if (options.isToBeRead !== undefined && !(await options.isToBeRead())) return { state: 'busy' };
    const run = await startRun(this.dataSource, {
      organization,
      now,
      machineTime: isoTime(machineNow()),
      credentials: reader.credentials,
    });
    const halt = new Halt()
      .onAbort(lockLost, 'failure')
      .onAbort(signal, 'shutdown')
      .atDeadline(deadline - machineNow());
    try {
      const datasets = await this.readEverything(run, reader, options, { halt, lockLost });
      if (datasets === 'halted') {
        lockLost.throwIfAborted();
        return await this.pause(run);
      }
      return {
        state: 'sealed',
        runId: run.id,
        organizationId: run.organizationId,
        resumed: run.resumed,
        pages: await this.pagesOf(run),
        datasets,
      };
    } catch (error) {
      if (error instanceof RunLost) return { state: 'busy' };
      throw error;
    } finally {
      halt.close();
    }
  }

  /** Until the run is sealed, or the process has to stop. What is read decides what else there is to read. */
  private async readEverything(
    run: StartedRun,
    reader: HubReader,
    options: SyncOptions,
    { halt, lockLost }: { halt: Halt; lockLost: AbortSignal },
  ): Promise<readonly DatasetReading[] | 'halted'> {
    const { dataSource } = this;
    const memory = new RunMemory();
    if (run.resumed) await memory.recall(dataSource.manager, run.id);
    const readers = new ListingReaders({
      dataSource,
      run,
      memory,
      reader,
      belief: options.now,
      machineNow: options.machineNow,
      halt,
      onProgress: options.onProgress ?? (() => undefined),
    });
    let open: readonly ListingState[] = await unreadListings(dataSource.manager, run.id);
    for (;;) {
      await readers.read(open);
      if (halt.because === 'deadline') await this.endAtDeadline(run);
      else if (halt.because !== null) return 'halted';
      if ((await this.pagesOf(run)) >= manyPages) await dataSource.query(countedAnew);
      const conclusion = await conclude(dataSource, run, {
        maySeal: () => {
          lockLost.throwIfAborted();
          return halt.because === null || halt.because === 'deadline';
        },
        machineTime: () => isoTime(options.machineNow()),
      });
      if ('datasets' in conclusion) return conclusion.datasets;
      open = conclusion.open;
    }
  }

  private async endAtDeadline(run: HeldRun): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await assertHeld(manager, run, 0);
      await storeListings(manager, run.id);
      const unread = await unreadListings(manager, run.id);
      await saveListings(
        manager,
        run.id,
        unread.map((listing) =>
          refusedForGood(listing, {
            status: 'failed',
            reason: 'DEADLINE',
            message: "The run's deadline came first.",
          }),
        ),
      );
    });
  }

  private async pause(run: HeldRun): Promise<SyncOutcome> {
    await this.dataSource.transaction(async (manager) => {
      await assertHeld(manager, run, 0);
      await manager.query(`update sync_run set state = 'paused' where id = $1`, [run.id]);
    });
    return { state: 'paused', runId: run.id };
  }

  private async pagesOf(run: HeldRun): Promise<number> {
    const [row]: { pages: number }[] = await this.dataSource.query('select pages from sync_run where id = $1', [
      run.id,
    ]);
    return row?.pages ?? 0;
  }
}

function isoTime(milliseconds: number): Instant {
  return new Date(milliseconds).toISOString();
}
