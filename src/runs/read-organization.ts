import { setMaxListeners } from 'node:events';
import { Logger } from '@nestjs/common';
import type { ConfigurationInForce } from '../config/configuration-in-force.js';
import type { OrganizationConfig } from '../config/configuration.js';
import { isDatabaseLost } from '../database/is-database-lost.js';
import type { BudgetView } from '../dockerhub/rate-budget.js';
import type { HubReader } from '../inventory/hub-reader.js';
import type { HubSync } from '../inventory/hub-sync.js';
import type { TurnEnd } from '../jobs/job-queue.js';
import { withLogContext } from '../telemetry/log-context.js';
import type { HubAtWork, HubsAtWork } from './hubs-at-work.js';
import type { Readings, ReadingTask } from './readings.js';
import type { RunHooks } from './run-hooks.js';

const watchMs = 1_000;
/** Whoever was killed a moment ago may hold the organization's lock a moment longer. */
const lockPatienceMs = 1_000;
/** A window that opens sooner is worth waiting for. */
const shortMs = 2_000;

interface Turn {
  readonly run: string;
  readonly task: ReadingTask;
  readonly organization: OrganizationConfig;
  readonly stop: AbortSignal;
}

/** Reads one organization for a run that some process works on, unless that is done or being done. */
export class ReadOrganization {
  private readonly logger = new Logger('Runs');
  readonly #stopping = new AbortController();
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly readings: Readings,
    private readonly hubSync: HubSync,
    private readonly hubs: HubsAtWork,
    private readonly configuration: Pick<ConfigurationInForce, 'current'>,
    private readonly hooks: Pick<RunHooks, 'onHubUsage'>,
  ) {
    setMaxListeners(0, this.#stopping.signal);
  }

  /** Calls back whenever this process has come to the end of an organization. */
  onRead(tell: () => void): () => void {
    this.#listeners.add(tell);
    return () => this.#listeners.delete(tell);
  }

  /** Pages at hand are dropped, and what was read stays resumable. Never to be used again. */
  stop(): void {
    this.#stopping.abort();
  }

  /** As often as anybody likes. Throws where the database is lost. */
  async read(run: string, name: string, signal?: AbortSignal): Promise<TurnEnd> {
    if (this.#stopping.signal.aborted) return { againInMs: 0 };
    const organization = this.configuration.current.organizations.find((one) => one.name === name);
    const task = await this.readings.task(run, name);
    if (organization === undefined || task === null) return 'done';
    const end = await withLogContext({ run }, () =>
      this.hubs.using(`${run} ${task.attempt}`, Date.now() + task.leftMs, (at) =>
        this.#read(
          { run, task, organization, stop: AbortSignal.any([this.#stopping.signal, ...(signal ? [signal] : [])]) },
          at,
        ),
      ),
    );
    if (end !== 'done' && end.againInMs > 0) await this.readings.delay(run, name, end.againInMs);
    for (const tell of this.#listeners) tell();
    return end;
  }

  async #read({ run, task, organization, stop }: Turn, { hub, deadline }: HubAtWork): Promise<TurnEnd> {
    const { now, credentials } = task;
    const { name } = organization;
    const watch = new Watch(
      () => spentForMs(hub.budget, reader),
      () => this.readings.isWanted(run),
    );
    const signal = AbortSignal.any([stop, watch.signal]);
    // Every request in flight listens to it, and there are many.
    setMaxListeners(0, signal);
    const reader = hub.organization(organization, signal);
    if (reader.credentials.toSorted().join() !== credentials.join()) {
      this.logger.warn('Another process has other credentials for an organization, and is left to read it', {
        organization: name,
      });
      return 'done';
    }
    const pauseMs = spentForMs(hub.budget, reader);
    if (pauseMs > shortMs) return { againInMs: pauseMs };
    watch.start();
    try {
      const outcome = await this.hubSync.sync(name, reader, {
        now,
        machineNow: Date.now,
        deadline,
        signal,
        // Whoever had the lock until now may have read it to its end.
        isToBeRead: async () => (await this.readings.task(run, name)) !== null,
        patienceMs: lockPatienceMs,
      });
      this.hooks.onHubUsage?.({ requests: hub.requests, budget: hub.budget });
      if (outcome.state !== 'paused') return 'done';
      return stop.aborted ? { againInMs: 0 } : watch.pauseMs === null ? 'done' : { againInMs: watch.pauseMs };
    } catch (error) {
      if (isDatabaseLost(error)) throw error;
      this.logger.error('An organization could not be read', { organization: name, error });
      await this.readings.fail(run, name, `Reading ${name} broke down; the log of the service says why.`);
      return 'done';
    } finally {
      watch.end();
    }
  }
}

/** Ends a reading that would only wait, so that another organization has its place, and one that nobody wants any more. */
class Watch {
  readonly #given = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #unwanted = 0;
  /** Null: not ended for want of a budget. */
  pauseMs: number | null = null;

  constructor(
    private readonly pauseForMs: () => number,
    private readonly isWanted: () => Promise<boolean>,
  ) {}

  start(): void {
    this.#timer = setInterval(() => void this.#look(), watchMs);
  }

  get signal(): AbortSignal {
    return this.#given.signal;
  }

  end(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const pause = this.pauseForMs();
    if (pause > shortMs) {
      this.pauseMs = pause;
      this.#given.abort();
      return;
    }
    // Between one process that works on a run and the next one, it is nobody's for a moment.
    this.#unwanted = (await this.isWanted().catch(() => true)) ? 0 : this.#unwanted + 1;
    if (this.#unwanted > 2) this.#given.abort();
  }
}

/**
 * How long nothing may be asked with a credential of the organization; 0: something may be, or an answer is still on its way,
 * which would be lost.
 */
function spentForMs(
  budget: readonly (BudgetView & { readonly credential: string })[],
  reader: Pick<HubReader, 'credentials'>,
): number {
  const own = budget.filter(({ credential }) => reader.credentials.includes(credential));
  if (own.some(({ inFlight }) => inFlight > 0)) return 0;
  const spent = own.filter(({ remaining }) => remaining === 0).map(({ resetAt }) => (resetAt ?? 0) - Date.now());
  return Math.max(0, ...spent);
}
