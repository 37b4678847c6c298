import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Configuration } from '../../src/config/configuration.js';
import { loadConfiguration } from '../../src/config/load-configuration.js';
import type { Company } from '../../src/demo/company.js';
import { writeDemoFiles, type DemoFiles } from '../../src/demo/demo-files.js';
import { startHub, type HubOptions, type RunningHub } from '../../src/demo/hub.js';
import { readReport } from '../../src/findings/report.query.js';
import type { Report, ReportResult } from '../../src/findings/report.js';
import { LinkAccounts } from '../../src/identity/link-accounts.js';
import { HubSync } from '../../src/inventory/hub-sync.js';
import { RosterImport } from '../../src/roster/roster-import.js';
import { CheckRun, type CheckRunOptions } from '../../src/runs/check-run.js';
import type { RunFailure } from '../../src/runs/run-outcome.js';
import { testDatabase, type TestDatabase } from './database.js';

/** A company that is judged for real: its Docker Hub over HTTP, its files on disk, a database of its own. */
export class JudgedCompany {
  /** Reads Docker Hub in every later night; a test may put in one that loses something. */
  sync: HubSync;
  /** Has others judge a part of every later night. */
  share: CheckRunOptions['share'];

  private constructor(
    readonly hub: RunningHub,
    public database: TestDatabase,
    readonly files: DemoFiles,
  ) {
    this.sync = new HubSync(database.dataSource);
  }

  static async start(company: Company, options: HubOptions = {}): Promise<JudgedCompany> {
    const hub = await startHub(company.world, options);
    const directory = await mkdtemp(join(tmpdir(), 'hubwarden-company-'));
    const files = await writeDemoFiles(directory, company, hub.url);
    return new JudgedCompany(hub, await testDatabase(), files);
  }

  /** One night at one clock. `policy` edits the text of `hubwarden.yaml` for this and every later night. */
  async run(
    now: string,
    policy?: (text: string) => string,
  ): Promise<{ readonly kind: 'report'; readonly report: Report } | RunFailure> {
    const { dataSource } = this.database;
    const run = new CheckRun(dataSource, new RosterImport(dataSource), this.sync, new LinkAccounts(dataSource));
    const outcome = await run.run({
      id: randomUUID(),
      configuration: await this.configuration(policy),
      hubUrl: this.hub.url,
      fingerprintKey: Buffer.alloc(32, 7),
      now,
      signal: new AbortController().signal,
      ...(this.share && { share: this.share }),
      patience: { tries: 2, backoffMs: 5, attemptMs: 1_000, totalMs: 2_000 },
      progress: { stage: () => ({ advance: () => undefined, done: () => undefined }), line: () => undefined },
    });
    if (outcome.kind !== 'evaluated') return outcome;
    return { kind: 'report', report: await readReport(dataSource, outcome.number) };
  }

  async night(now: string, policy?: (text: string) => string): Promise<Report> {
    const outcome = await this.run(now, policy);
    if (outcome.kind !== 'report') throw new Error(`The night gave no report: ${JSON.stringify(outcome)}`);
    return outcome.report;
  }

  /** Replaces the roster's file; `asOf` is its modification time. */
  async writeRoster(text: string, asOf: string): Promise<void> {
    await writeFile(this.files.roster, text);
    await utimes(this.files.roster, new Date(asOf), new Date(asOf));
  }

  /** Every later night works with another database, which holds the nights before; the one until now is the caller's to drop. */
  goOnWith(database: TestDatabase): void {
    this.database = database;
    this.sync = new HubSync(database.dataSource);
  }

  async stop(): Promise<void> {
    await this.hub.stop();
    await this.database.drop();
    await rm(this.files.directory, { recursive: true, force: true });
  }

  private async configuration(policy: (text: string) => string = (text) => text): Promise<Configuration> {
    await writeFile(this.files.configuration, policy(await readFile(this.files.configuration, 'utf8')));
    const loaded = await loadConfiguration(this.files.configuration, { variables: {} });
    if ('mistakes' in loaded) throw new Error(JSON.stringify(loaded.mistakes));
    return loaded.configuration;
  }
}

/** The results of one check in one organization. */
export function resultsOf(report: Report, check: string, organization: string | null = 'acme'): ReportResult[] {
  return report.results.filter((result) => result.check === check && result.organization === organization);
}

/** The one result about a subject of that name; fails where there is none or more than one. */
export function resultOf(report: Report, check: string, name: string, system?: string): ReportResult {
  const found = report.results.filter(
    ({ check: id, subject }) => id === check && subject.name === name && subject.system === system,
  );
  const [result] = found;
  if (result === undefined || found.length > 1) throw new Error(`${found.length} results of ${check} about ${name}`);
  return result;
}
