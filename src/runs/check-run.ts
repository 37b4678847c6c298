import { setMaxListeners } from 'node:events';
import type { DataSource } from 'typeorm';
import type { Instant } from '../checks/check.js';
import type { Configuration, OrganizationConfig } from '../config/configuration.js';
import { withAdvisoryLock } from '../database/advisory-lock.js';
import { DockerHub } from '../dockerhub/docker-hub.js';
import type { Patience } from '../dockerhub/patient-requests.js';
import { evaluate, type EvaluatedOrganization } from '../findings/evaluate.js';
import { readReport } from '../findings/report.query.js';
import { lastEvaluationAt } from '../findings/source-facts.query.js';
import type { LinkAccounts } from '../identity/link-accounts.js';
import type { HubSync } from '../inventory/hub-sync.js';
import type { RosterImport } from '../roster/roster-import.js';
import type { CheckOutcome, Progress, Stage } from './run-outcome.js';

export interface CheckRunOptions {
  readonly configuration: Configuration;
  readonly hubUrl: string;
  readonly fingerprintKey: Buffer;
  /** The clock of beliefs; null: the machine's. */
  readonly now: Instant | null;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** How long one request to Docker Hub is insisted on; the usual, where absent. */
  readonly patience?: Partial<Patience>;
}

/** A run that cannot go on, for a reason that a person can read. */
class Broken extends Error {}

/** Observe, match, evaluate, record: one run over everything that is configured. Each step can be repeated. */
export class CheckRun {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rosterImport: RosterImport,
    private readonly hubSync: HubSync,
    private readonly linkAccounts: LinkAccounts,
  ) {}

  async run(options: CheckRunOptions): Promise<CheckOutcome> {
    const startedAt = new Date();
    const now = options.now ?? startedAt.toISOString();
    try {
      const outcome = await withAdvisoryLock(this.dataSource, 'check run', (lost) => {
        const signal = AbortSignal.any([options.signal, lost]);
        // Every request in flight listens to it, and there are many.
        setMaxListeners(0, signal);
        return this.runAlone({ ...options, signal }, now, startedAt);
      });
      if (outcome !== 'held elsewhere') return outcome;
      return { kind: 'broken', message: 'Another run is at work on this database. Wait until it has ended.' };
    } catch (error) {
      if (error instanceof Broken) return { kind: 'broken', message: error.message };
      throw error;
    }
  }

  private async runAlone(options: CheckRunOptions, now: Instant, startedAt: Date): Promise<CheckOutcome> {
    const { configuration, progress, signal } = options;
    const last = await lastEvaluationAt(this.dataSource.manager);
    if (last !== null && now < last) {
      return mistake(
        `The clock of this run is ${now}, before the last recorded evaluation at ${last}. ` +
          'History cannot be judged anew; use a later instant for --now, or another database.',
      );
    }

    const roster = progress.stage('roster', null);
    const imported = await this.rosterImport.import(configuration.roster, now, signal);
    if ((imported.outcome === 'refused' || imported.outcome === 'unreachable') && imported.first) {
      roster.done(imported.outcome);
      return { kind: 'mistakes', mistakes: imported.mistakes };
    }
    roster.done(imported.outcome);
    for (const { message, line } of 'mistakes' in imported ? imported.mistakes : []) {
      progress.line(`roster: ${line === null ? '' : `line ${line}: `}${message}`);
    }

    const organizations = await this.observe(options, now);
    const matching = progress.stage('match accounts to people', organizations.length);
    for (const { id, snapshot } of organizations) {
      signal.throwIfAborted();
      await this.linkAccounts.link(id, snapshot, configuration.identity, now);
      matching.advance(1);
    }
    matching.done();

    signal.throwIfAborted();
    const judging = progress.stage('evaluate', null);
    const number = await evaluate(this.dataSource, {
      configuration,
      now,
      startedAt,
      organizations,
      onJudged: (subjects) => judging.advance(subjects),
    });
    judging.done();
    return { kind: 'report', report: await readReport(this.dataSource, number) };
  }

  /** Every organization side by side; what they share (a sign-in, a rate limit) the client shares. */
  private async observe(options: CheckRunOptions, now: Instant): Promise<EvaluatedOrganization[]> {
    const { configuration, hubUrl, fingerprintKey, signal, patience = {} } = options;
    const deadline = Date.now() + configuration.sync.deadlineMs;
    const hub = new DockerHub({ hubUrl, deadline, fingerprintKey, signal, patience });
    try {
      const read = await Promise.allSettled(
        configuration.organizations.map((organization) =>
          this.observeOne(hub, organization, options, { now, deadline }),
        ),
      );
      // Only once all of them have stopped: a run that goes on in the background would write into a closed database.
      return read.map((one) => {
        if (one.status === 'rejected') throw one.reason;
        return one.value;
      });
    } finally {
      hub.close();
    }
  }

  private async observeOne(
    hub: DockerHub,
    organization: OrganizationConfig,
    { progress, signal }: CheckRunOptions,
    { now, deadline }: { readonly now: Instant; readonly deadline: number },
  ): Promise<EvaluatedOrganization> {
    const stage: Stage = progress.stage(`read ${organization.name}`, null);
    let pages = 0;
    const outcome = await this.hubSync.sync(organization.name, hub.organization(organization), {
      now,
      machineNow: Date.now,
      deadline,
      signal,
      onProgress: (read) => {
        stage.advance(read.pages - pages);
        pages = read.pages;
      },
    });
    if (outcome.state === 'busy') {
      throw new Broken(`Another process is reading ${organization.name}. Wait until it has ended.`);
    }
    if (outcome.state === 'paused') {
      throw new Broken(`The run was stopped while it read ${organization.name}; the next one goes on from there.`);
    }
    const incomplete = outcome.datasets.filter(({ status }) => status === 'partial' || status === 'failed');
    stage.done(
      incomplete.length === 0
        ? `${outcome.pages} pages`
        : `incomplete: ${incomplete.map(({ dataset }) => dataset).join(', ')}`,
    );
    return { id: outcome.organizationId, name: organization.name, snapshot: outcome.runId };
  }
}

function mistake(message: string): CheckOutcome {
  return { kind: 'mistakes', mistakes: [{ file: null, line: null, message }] };
}
