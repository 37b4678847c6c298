import { setMaxListeners } from 'node:events';
import type { DataSource, EntityManager } from 'typeorm';
import type { Instant } from '../checks/check.js';
import { alertFingerprint, alertLabel } from '../config/alert-fingerprint.js';
import type { Configuration, OrganizationConfig } from '../config/configuration.js';
import { DockerHub } from '../dockerhub/docker-hub.js';
import type { Patience } from '../dockerhub/patient-requests.js';
import { evaluate, type EvaluationInput } from '../findings/evaluate.js';
import type { EvaluatedOrganization } from '../findings/judge-slice.js';
import { lastEvaluationAt } from '../findings/source-facts.query.js';
import type { LinkAccounts } from '../identity/link-accounts.js';
import type { HubSync } from '../inventory/hub-sync.js';
import { shareRates } from '../inventory/share-rates.js';
import type { RosterImport } from '../roster/roster-import.js';
import type { Progress, RunOutcome, Stage } from './run-outcome.js';

/** What reading Docker Hub took, and what is left of each credential's rate limit. */
export interface HubUsage {
  readonly requests: number;
  readonly budget: DockerHub['budget'];
}

export interface CheckRunOptions {
  /** Of the evaluation; at most one is ever recorded under it. */
  readonly id: string;
  readonly configuration: Configuration;
  readonly hubUrl: string;
  readonly fingerprintKey: Buffer;
  /** The clock of beliefs. */
  readonly now: Instant;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** In the transaction that records the evaluation. What it throws keeps the evaluation from being recorded. */
  readonly onRecorded?: (manager: EntityManager) => Promise<void>;
  /** For each request, as it is sent. */
  readonly onHubRequest?: () => void;
  readonly onHubUsage?: (usage: HubUsage) => void;
  /** Reads all organizations, with the help of others; where absent, this process does by itself. */
  readonly observe?: (progress: Progress, signal: AbortSignal) => Promise<EvaluatedOrganization[]>;
  /** Has others judge a part; where absent, this process judges all. */
  readonly share?: EvaluationInput['share'];
  /** How long one request to Docker Hub is insisted on; the usual, where absent. */
  readonly patience?: Partial<Patience>;
}

/** A run that cannot go on, for a reason that a person can read. */
class Broken extends Error {}

/**
 * Observe, match, evaluate, record: one run over everything that is configured. Each step can be repeated. The caller sees to it
 * that no other run is at work on the database.
 */
export class CheckRun {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rosterImport: RosterImport,
    private readonly hubSync: HubSync,
    private readonly linkAccounts: LinkAccounts,
  ) {}

  /** Throws what the database and the caller's signal throw; the next run then goes on from there. */
  async run(options: CheckRunOptions): Promise<RunOutcome> {
    // Every request in flight listens to it, and there are many.
    setMaxListeners(0, options.signal);
    try {
      return await this.#run(options);
    } catch (error) {
      if (error instanceof Broken) return { kind: 'broken', message: error.message };
      throw error;
    }
  }

  async #run(options: CheckRunOptions): Promise<RunOutcome> {
    const { configuration, now, progress, signal } = options;
    const startedAt = new Date();
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

    const organizations = await (options.observe?.(progress, signal) ?? this.observe(options));
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
      id: options.id,
      configuration,
      now,
      startedAt,
      organizations,
      alertChannels: configuration.alerts.map((alert) => ({
        fingerprint: alertFingerprint(options.fingerprintKey, alert),
        label: alertLabel(alert),
        organizations: alert.organizations,
      })),
      onJudged: (subjects) => judging.advance(subjects),
      ...(options.share && { share: options.share }),
      ...(options.onRecorded && { onRecorded: options.onRecorded }),
    });
    judging.done();
    return { kind: 'evaluated', number };
  }

  /** Every organization side by side; what they share (a sign-in, a rate limit) the client shares. */
  private async observe(options: CheckRunOptions): Promise<EvaluatedOrganization[]> {
    const { configuration, hubUrl, fingerprintKey, signal, patience = {}, onHubRequest } = options;
    const deadline = Date.now() + configuration.sync.deadlineMs;
    const hub = new DockerHub({
      hubUrl,
      deadline,
      fingerprintKey,
      signal,
      patience,
      sharedBudget: shareRates(this.dataSource),
      ...(onHubRequest && { onRequest: onHubRequest }),
    });
    try {
      const read = await Promise.allSettled(
        configuration.organizations.map((organization) => this.observeOne(hub, organization, options, deadline)),
      );
      // Only once all of them have stopped: a run that goes on in the background would write into a closed database.
      return read.map((one) => {
        if (one.status === 'rejected') throw one.reason;
        return one.value;
      });
    } finally {
      options.onHubUsage?.({ requests: hub.requests, budget: hub.budget });
      hub.close();
    }
  }

  private async observeOne(
    hub: DockerHub,
    organization: OrganizationConfig,
    { now, progress, signal }: CheckRunOptions,
    deadline: number,
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

function mistake(message: string): RunOutcome {
  return { kind: 'mistakes', mistakes: [{ file: null, line: null, message }] };
}
