import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DataSource } from 'typeorm';
import { AlertChannels } from '../alerts/alert-channels.js';
import { DeliveryLoop } from '../alerts/delivery-loop.js';
import type { ConfigurationInForce } from '../config/configuration-in-force.js';
import type { Environment } from '../config/environment.js';
import { errorCode } from '../config/error-code.js';
import { nextSlot } from '../config/schedule.js';
import { dataSourceFor } from '../database/data-source.js';
import { isMistake, type Mistake } from '../database/mistake.js';
import type { OpenDatabase } from '../database/open-database.js';
import { entities } from '../entities.js';
import { ApiTokens } from '../http/api-tokens.js';
import { createServer } from '../http/create-server.js';
import { prepareJobs } from '../jobs/prepare-jobs.js';
import { DeadMan } from '../runs/dead-man.js';
import { HistoryKeeper } from '../runs/history-keeper.js';
import { JobQueues, JobWorkers } from '../runs/job-workers.js';
import { RunWorker } from '../runs/run-worker.js';
import { Scheduler } from '../runs/scheduler.js';
import { ServerModule } from '../server.module.js';
import type { ServiceRole } from '../config/service-role.js';
import { DatabaseProbe } from '../telemetry/database-probe.js';
import { Health } from '../telemetry/health.js';
import { Metrics } from '../telemetry/metrics.js';
import type { ServiceLog } from '../telemetry/service-log.js';
import { watchRequests } from '../telemetry/watch-requests.js';
import { version } from './version.js';

export interface ServiceGround {
  readonly environment: Environment;
  readonly configuration: ConfigurationInForce;
  readonly database: OpenDatabase;
  readonly encryptionKey: Buffer;
  readonly log: ServiceLog;
  /** False: nothing is sent to anybody. */
  readonly alerting: boolean;
  readonly role: ServiceRole;
}

/** Fewer connections than the work has, which needs the processors, too; and a query that nobody waits for any more ends. */
const forCallers = { poolSize: 6, statementTimeoutMs: 30_000 } as const;

/** Whatever works by itself; `stop` begins nothing new and resolves once the work at hand is parked. */
interface Background {
  start(): void;
  stop(): Promise<void>;
}

/** The whole service in this process, on a database that its caller opens and closes. */
export class Service {
  private constructor(
    private readonly app: NestFastifyApplication,
    private readonly ground: ServiceGround,
    private readonly probe: DatabaseProbe,
    private readonly callers: DataSource,
    private readonly background: readonly Background[],
    /** `http://127.0.0.1:3000`. */
    readonly address: string,
    /** To be shown this once, where it was made just now. */
    readonly adminToken: string | null,
  ) {}

  /** Serves and works from now on; a mistake where it cannot listen there. */
  static async start(ground: ServiceGround, port = ground.environment.port): Promise<Service | Mistake> {
    const { database, environment, configuration, encryptionKey, log, alerting, role } = ground;
    const { dataSource } = database;
    const ssl = environment.databaseUrl === null ? ({ ssl: false } as const) : {};
    const { backends } = database;
    const callers = await dataSourceFor(database.url, entities, { ...forCallers, ...ssl, backends }).initialize();
    const probe = new DatabaseProbe(database.url, ssl);
    const metrics = new Metrics(version());
    const jobs = role === 'api' ? null : await openQueues(ground);
    if (jobs !== null) metrics.watchJobs(() => jobs.counts);
    const module = ServerModule.on({
      dataSource,
      callers,
      configuration,
      environment,
      encryptionKey,
      probe,
      metrics,
      alerting,
      role,
      jobs,
    });
    const app = await createServer(module, {
      corsOrigins: () => configuration.current.api.corsOrigins,
      trustedProxies: configuration.current.api.trustedProxies,
      logger: log,
      version: version(),
    });
    watchRequests(app.getHttpAdapter().getInstance(), log, metrics);
    const close = async (): Promise<void> => {
      await app.close();
      await probe.close();
      await callers.destroy();
    };
    try {
      await app.listen(port, environment.host);
    } catch (error) {
      await close();
      const mistake = cannotListen(error, environment.host, port);
      if (mistake === null) throw error;
      return { mistake };
    }
    let adminToken: string | null = null;
    try {
      // Only now: a token that was made by a process that cannot listen would never be seen again.
      if (role !== 'worker') adminToken = await app.get(ApiTokens).ensureAdminToken(environment);
      if (alerting) await app.get(AlertChannels).register(configuration.current);
    } catch (error) {
      await close();
      throw error;
    }
    const background = [
      // Also where nothing else works: that no worker is left is seen by those that only serve.
      app.get(DeadMan),
      ...(role === 'api'
        ? []
        : [
            app.get(JobWorkers),
            app.get(RunWorker),
            app.get(Scheduler),
            app.get(HistoryKeeper),
            ...(alerting ? [app.get(DeliveryLoop)] : []),
          ]),
    ];
    for (const part of background) part.start();
    return new Service(app, ground, probe, callers, background, await app.getUrl(), adminToken);
  }

  get nextEvaluation(): Date {
    return nextSlot(this.ground.configuration.current.schedule, new Date());
  }

  /** After the configuration has changed: its hooks are told from now on, and not only from the next run. */
  async registerChannels(): Promise<void> {
    if (this.ground.alerting) await this.app.get(AlertChannels).register(this.ground.configuration.current);
  }

  /**
   * Not ready any more, no new requests and no new work; requests at hand are answered, streams are ended, a run at hand is
   * parked. Takes seconds at most, as each part has its own patience.
   */
  async stop(): Promise<void> {
    this.app.get(Health).stop();
    const stops = [this.app.close(), ...this.background.map((part) => part.stop())];
    for (const stop of await Promise.allSettled(stops))
      if (stop.status === 'rejected')
        this.ground.log.warn('A part did not stop in order', { error: stop.reason }, 'Service');
    await this.probe.close();
    await this.callers.destroy();
  }

  /** Whether the database answers, within seconds. */
  async isDatabaseUp(): Promise<boolean> {
    return (await this.probe.ask('select 1 as one')) !== null;
  }
}

/** Null: there can be none, and this process works without. */
async function openQueues({ database, environment, log }: ServiceGround): Promise<JobQueues | null> {
  const place = await prepareJobs(database.dataSource, database.url, environment);
  if (!isMistake(place)) return new JobQueues(place, environment.concurrency);
  log.warn('There is no queue, so that processes do not share the work', { because: place.mistake }, 'Jobs');
  return null;
}

function cannotListen(error: unknown, host: string, port: number): string | null {
  switch (errorCode(error) ?? '') {
    case 'EADDRINUSE':
      return `another program listens on ${host}, port ${port}; stop it, or choose another PORT`;
    case 'EACCES':
      return `this user may not listen on port ${port}; expected a PORT from 1024 on`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST is \`${host}\`, which is no address of this machine; expected 127.0.0.1, 0.0.0.0 or one that it has`;
    default:
      return null;
  }
}
