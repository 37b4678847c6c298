import { setTimeout as wait } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Configuration } from '../config/configuration.js';
import type { EvaluatedOrganization } from '../findings/judge-slice.js';
import type { JobQueue } from '../jobs/job-queue.js';
import type { HubsAtWork } from './hubs-at-work.js';
import type { ReadOrganization } from './read-organization.js';
import type { Reading, Readings } from './readings.js';
import type { Progress, Stage } from './run-outcome.js';
import type { ClaimedRun } from './run-records.js';

export interface TogetherOptions {
  /** How long nobody may be reading anything before this process reads by itself. */
  readonly patienceMs?: number;
  /** How long a job may be neither done nor at work before it is added again. */
  readonly againMs?: number;
}

const lookMs = 500;
/** A deadline ends a reading, and sealing it takes a while. */
const afterDeadlineMs = 120_000;
/** By itself, while the queue does not help. */
const ownAtOnce = 4;

/**
 * Has every organization of a run read by the processes that share the database. What is done is seen from the rows alone, so
 * that it does not matter which process did it, whether a job was lost or doubled, or whether there is a queue at all.
 */
export class ObserveTogether {
  private readonly logger = new Logger('Runs');
  private readonly patienceMs: number;
  private readonly againMs: number;

  constructor(
    private readonly readings: Readings,
    private readonly reader: ReadOrganization,
    private readonly hubs: HubsAtWork,
    private readonly queue: Pick<JobQueue, 'add'>,
    options: TogetherOptions = {},
  ) {
    this.patienceMs = options.patienceMs ?? 5_000;
    this.againMs = options.againMs ?? 3_000;
  }

  /** Throws what the signal and the database throw; the run then goes on from there. */
  async observe(
    run: ClaimedRun,
    { organizations, sync }: Pick<Configuration, 'organizations' | 'sync'>,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<EvaluatedOrganization[]> {
    const deadline = Date.now() + sync.deadlineMs;
    const wanted = await this.hubs.using(`${run.id} ${run.attempt}`, deadline, ({ hub }) =>
      Promise.resolve(
        organizations.map((organization) => ({
          organization: organization.name,
          credentials: hub.organization(organization).credentials.toSorted(),
        })),
      ),
    );
    await this.readings.plan(run, wanted, sync.deadlineMs);
    const board = new Board(progress);
    const own = new Map<string, Promise<unknown>>();
    try {
      const read = await this.#untilRead(run, deadline + afterDeadlineMs, { board, own, signal });
      const failed = read.find(({ failure }) => failure !== null);
      if (failed !== undefined) throw new Error(failed.failure ?? '');
      const found = new Map(read.map((one) => [one.organization, one]));
      return organizations.map(({ name }) => evaluated(found.get(name), name));
    } finally {
      // What goes on in the background would write into a closed database.
      await Promise.allSettled(own.values());
    }
  }

  async #untilRead(
    run: ClaimedRun,
    giveUpAt: number,
    { board, own, signal }: { board: Board; own: Map<string, Promise<unknown>>; signal: AbortSignal },
  ): Promise<readonly Reading[]> {
    let wake = new AbortController();
    const stopListening = this.reader.onRead(() => wake.abort());
    let addedAt = Number.NEGATIVE_INFINITY;
    let isHandedOver = true;
    let left = Number.POSITIVE_INFINITY;
    let quietSince = performance.now();
    let isAlone = false;
    try {
      for (;;) {
        signal.throwIfAborted();
        wake = new AbortController();
        const readings = await this.readings.of(run.id);
        board.show(readings);
        const open = readings.filter(({ snapshot, failure }) => snapshot === null && failure === null);
        if (open.length === 0) return readings;
        if (Date.now() > giveUpAt)
          throw new Error(`${open[0]?.organization} is being read by a process that does not come to an end.`);

        const idle = open.filter((one) => !one.isHeld && !one.isDelayed && !own.has(one.organization));
        const now = performance.now();
        if (now - addedAt > this.againMs) {
          addedAt = now;
          isHandedOver = await this.queue.add(idle.map(({ organization }) => jobOf(run.id, organization)));
        }
        const isAtWork = open.some(({ organization, isHeld }) => isHeld && !own.has(organization));
        if (isAtWork || (own.size === 0 && (idle.length === 0 || open.length < left))) {
          quietSince = now;
          isAlone = false;
        } else isAlone ||= now - quietSince > (isHandedOver ? this.patienceMs : 0);
        left = open.length;
        if (isAlone) this.#readByItself(run, idle, own, signal);
        await wait(lookMs, undefined, { signal: AbortSignal.any([signal, wake.signal]) }).catch(() => undefined);
      }
    } finally {
      stopListening();
    }
  }

  #readByItself(
    run: ClaimedRun,
    idle: readonly Reading[],
    own: Map<string, Promise<unknown>>,
    signal: AbortSignal,
  ): void {
    for (const { organization } of idle.slice(0, Math.max(0, ownAtOnce - own.size))) {
      if (own.size === 0) this.logger.warn('No job is taken from the queue; reading without it', { run: run.id });
      const reading = this.reader
        .read(run.id, organization, signal)
        .catch((error: unknown) => {
          if (!signal.aborted) this.logger.warn('A reading broke off', { organization, error });
        })
        .finally(() => own.delete(organization));
      own.set(organization, reading);
    }
  }
}

/** Shows how far each organization is. */
class Board {
  readonly #stages = new Map<string, { readonly stage: Stage; pages: number; isDone: boolean }>();

  constructor(private readonly progress: Progress) {}

  show(readings: readonly Reading[]): void {
    for (const { organization, pages, snapshot, incomplete } of readings) {
      const line = this.#stages.get(organization) ?? this.#open(organization);
      if (line.isDone) continue;
      if (pages > line.pages) line.stage.advance(pages - line.pages);
      line.pages = Math.max(pages, line.pages);
      if (snapshot === null) continue;
      line.isDone = true;
      line.stage.done(incomplete.length === 0 ? `${pages} pages` : `incomplete: ${incomplete.join(', ')}`);
    }
  }

  #open(organization: string): { readonly stage: Stage; pages: number; isDone: boolean } {
    const line = { stage: this.progress.stage(`read ${organization}`, null), pages: 0, isDone: false };
    this.#stages.set(organization, line);
    return line;
  }
}

function jobOf(run: string, organization: string) {
  return { id: `${run}_${organization}`, data: { run, organization } };
}

function evaluated(reading: Reading | undefined, name: string): EvaluatedOrganization {
  if (reading === undefined || reading.snapshot === null || reading.organizationId === null)
    throw new Error(`${name} was not read.`);
  return { id: reading.organizationId, name, snapshot: reading.snapshot };
}
