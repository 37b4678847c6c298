import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { Configuration } from '../../src/config/configuration.js';
import { ConfigurationInForce } from '../../src/config/configuration-in-force.js';
import { loadConfiguration } from '../../src/config/load-configuration.js';
import { dataSourceFor } from '../../src/database/data-source.js';
import { demoCompany } from '../../src/demo/company.js';
import { writeDemoFiles, type DemoFiles } from '../../src/demo/demo-files.js';
import { startHub, type RunningHub } from '../../src/demo/hub.js';
import { LinkAccounts } from '../../src/identity/link-accounts.js';
import { HubSync } from '../../src/inventory/hub-sync.js';
import { RosterImport } from '../../src/roster/roster-import.js';
import { CheckRun } from '../../src/runs/check-run.js';
import type { ObserveTogether } from '../../src/runs/observe-together.js';
import type { RunHooks } from '../../src/runs/run-hooks.js';
import { RunQueue } from '../../src/runs/run-queue.js';
import { RunRecords } from '../../src/runs/run-records.js';
import { RunWorker } from '../../src/runs/run-worker.js';
import { Slots } from '../../src/runs/slots.js';
import { administer, testDatabase, type TestDatabase } from '../support/database.js';

export interface RunRow {
  readonly id: string;
  readonly cause: string;
  readonly state: string;
  readonly at: Date | null;
  readonly finished_at: Date | null;
  readonly attempts: number;
  readonly failures: number;
  readonly not_before: Date | null;
  readonly message: string | null;
  readonly progress: readonly { readonly stage: string; readonly done: number; readonly finished: boolean }[];
}

/** What one `serve` has of its own: connections, and everything that works on them. */
export interface Instance {
  readonly dataSource: DataSource;
  readonly queue: RunQueue;
  readonly records: RunRecords;
  readonly checkRun: CheckRun;
  readonly slots: Slots;
  readonly configuration: ConfigurationInForce;
  worker(hooks?: RunHooks, together?: Pick<ObserveTogether, 'observe'>): RunWorker;
}

export const fingerprintKey = Buffer.alloc(32, 7);
export const patience = { tries: 2, backoffMs: 5, attemptMs: 1_000, totalMs: 2_000 };

/** A company with a Docker Hub over HTTP, its files on disk, and a database that several instances work on. */
export class RunsRig {
  readonly #pools: DataSource[] = [];
  readonly #workers: RunWorker[] = [];

  private constructor(
    readonly hub: RunningHub,
    readonly database: TestDatabase,
    readonly files: DemoFiles,
  ) {}

  static async start(): Promise<RunsRig> {
    Logger.overrideLogger(false);
    const company = demoCompany(new Date().toISOString());
    const hub = await startHub(company.world);
    const directory = await mkdtemp(join(tmpdir(), 'hubwarden-runs-'));
    return new RunsRig(hub, await testDatabase(), await writeDemoFiles(directory, company, hub.url));
  }

  /** `url`: another way to the database. */
  async instance(url = this.database.url): Promise<Instance> {
    const dataSource = await dataSourceFor(url, []).initialize();
    this.#pools.push(dataSource);
    const configuration = new ConfigurationInForce(await this.#load(), async () => ({
      configuration: await this.#load(),
    }));
    const queue = new RunQueue(dataSource);
    const records = new RunRecords(dataSource);
    const checkRun = new CheckRun(
      dataSource,
      new RosterImport(dataSource),
      new HubSync(dataSource),
      new LinkAccounts(dataSource),
    );
    return {
      dataSource,
      queue,
      records,
      checkRun,
      slots: new Slots(dataSource, queue),
      configuration,
      worker: (hooks = {}, together?: Pick<ObserveTogether, 'observe'>) => {
        const settings = { configuration, hubUrl: this.hub.url, fingerprintKey, patience };
        const worker = new RunWorker(records, checkRun, settings, hooks, queue, together);
        this.#workers.push(worker);
        return worker;
      },
    };
  }

  /** Edits `hubwarden.yaml`. */
  async edit(change: (text: string) => string): Promise<void> {
    const { configuration } = this.files;
    await writeFile(configuration, change(await readFile(configuration, 'utf8')));
  }

  async runs(): Promise<RunRow[]> {
    return this.database.dataSource.query('select * from run order by number');
  }

  async run(id: string): Promise<RunRow> {
    const row = (await this.runs()).find((run) => run.id === id);
    if (row === undefined) throw new Error(`There is no run ${id}.`);
    return row;
  }

  async evaluations(): Promise<{ id: string; at: Date }[]> {
    return this.database.dataSource.query('select id, at from evaluation order by number');
  }

  async slots(): Promise<{ slot: Date; run_id: string }[]> {
    return this.database.dataSource.query('select slot, run_id from schedule_slot order by slot');
  }

  /** Everything that was run, judged or claimed is forgotten; what was observed stays. */
  async forget(): Promise<void> {
    await this.database.dataSource.query(
      'truncate run, schedule_slot, finding, finding_transition, evaluation cascade',
    );
  }

  /** The rows of a run as somebody who died would have left them. */
  async leaveBehind(id: string): Promise<void> {
    await this.database.dataSource.query(
      `update run set state = 'running', attempts = attempts + 1, started_at = now(), at = coalesce(at, now()) where id = $1`,
      [id],
    );
  }

  /** Every connection to the database breaks, except those of the test itself. */
  async breakConnections(): Promise<void> {
    const [own]: { pid: number }[] = await this.database.dataSource.query('select pg_backend_pid() as pid');
    const name = new URL(this.database.url).pathname.slice(1);
    await administer(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and pid <> ${own?.pid ?? 0}`,
    );
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    await Promise.all(this.#pools.map((pool) => pool.destroy()));
    await this.hub.stop();
    await this.database.drop();
    await rm(this.files.directory, { recursive: true, force: true });
    Logger.overrideLogger(['fatal', 'error', 'warn', 'log', 'debug', 'verbose']);
  }

  async #load(): Promise<Configuration> {
    const loaded = await loadConfiguration(this.files.configuration, { variables: {} });
    if ('mistakes' in loaded) throw new Error(JSON.stringify(loaded.mistakes));
    return loaded.configuration;
  }
}

/** Asks until it is so. */
export async function eventually<Value>(
  what: string,
  ask: () => Promise<Value> | Value,
  isSo: (value: Value) => boolean,
  withinMs = 60_000,
): Promise<Value> {
  for (const until = Date.now() + withinMs; ; await wait(25)) {
    const value = await ask();
    if (isSo(value)) return value;
    if (Date.now() > until) throw new Error(`Not in time: ${what}. It is ${JSON.stringify(value)}`);
  }
}
