import { type DynamicModule, Module, type Provider, type Type } from '@nestjs/common';
import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { AlertChannels } from './alerts/alert-channels.js';
import { AlertDelivery } from './alerts/alert-delivery.js';
import { AlertPlanner } from './alerts/alert-planner.js';
import { DeliveryLoop } from './alerts/delivery-loop.js';
import { notifierOf } from './alerts/notifiers.js';
import { AppModule } from './app.module.js';
import { catalog } from './checks/catalog.js';
import { alertFingerprint } from './config/alert-fingerprint.js';
import { ConfigurationInForce } from './config/configuration-in-force.js';
import { AccessController } from './dashboards/access.controller.js';
import { AccountsController } from './dashboards/accounts.controller.js';
import { ChecksController } from './dashboards/checks.controller.js';
import { CriticalSystemsController } from './dashboards/critical-systems.controller.js';
import { DatasetsController } from './dashboards/datasets.controller.js';
import { FindingsController } from './dashboards/findings.controller.js';
import { LinksController } from './dashboards/links.controller.js';
import { OrganizationsController } from './dashboards/organizations.controller.js';
import { OverviewController } from './dashboards/overview.controller.js';
import { PeopleController } from './dashboards/people.controller.js';
import { TrailController } from './dashboards/trail.controller.js';
import { databaseClock } from './database/database-clock.js';
import { AcknowledgeController } from './findings/acknowledge.controller.js';
import { AcknowledgeFinding } from './findings/acknowledge-finding.js';
import { Attestations } from './findings/exceptions/attestations.js';
import { AttestationsController } from './findings/exceptions/attestations.controller.js';
import { Exceptions } from './findings/exceptions/exceptions.js';
import { ExceptionsController } from './findings/exceptions/exceptions.controller.js';
import { ExceptionRequests } from './findings/exceptions/request-exception.js';
import { scheduleState } from './findings/schedule-state.query.js';
import { HttpModule } from './http/http.module.js';
import { LinkDecisions } from './identity/link-decisions.js';
import { LinkDecisionsController } from './identity/link-decisions.controller.js';
import { LossDecisions } from './inventory/decide-loss.js';
import { LossesController } from './inventory/losses.controller.js';
import { RosterImportsController } from './roster/roster-imports.controller.js';
import { RosterQuarantinesController } from './roster/roster-quarantines.controller.js';
import { CheckRun } from './runs/check-run.js';
import { EvaluationEvents } from './runs/evaluation-events.js';
import { EvaluationsController } from './runs/evaluations.controller.js';
import { DeadMan } from './runs/dead-man.js';
import { EvaluateTogether } from './runs/evaluate-together.js';
import { HistoryKeeper } from './runs/history-keeper.js';
import { ObserveTogether } from './runs/observe-together.js';
import { RunQueue } from './runs/run-queue.js';
import { RunRecords } from './runs/run-records.js';
import { RunWorker } from './runs/run-worker.js';
import { Scheduler } from './runs/scheduler.js';
import { Slots } from './runs/slots.js';
import { Health } from './telemetry/health.js';
import { HealthController } from './telemetry/health.controller.js';
import { Metrics } from './telemetry/metrics.js';
import { MetricsController } from './telemetry/metrics.controller.js';
import { ScheduleWatch } from './telemetry/schedule-watch.js';
import type { ServerGround } from './server-ground.js';
import { StoredMetrics } from './telemetry/stored-metrics.js';
import { workProviders } from './work-providers.js';

/** What supervisors and Prometheus ask every process for. */
const supervision: readonly Type[] = [HealthController, MetricsController];

/** Every route of the API but those of the tokens. */
const api: readonly Type[] = [
  AccessController,
  AccountsController,
  AcknowledgeController,
  AttestationsController,
  ChecksController,
  CriticalSystemsController,
  DatasetsController,
  EvaluationsController,
  ExceptionsController,
  FindingsController,
  LinkDecisionsController,
  LinksController,
  LossesController,
  OrganizationsController,
  OverviewController,
  PeopleController,
  RosterImportsController,
  RosterQuarantinesController,
  TrailController,
];

/** The service: the pipeline of the commands, and around it the API, the schedule, the queue of runs and the delivery of alerts. */
@Module({})
export class ServerModule {
  static on(ground: ServerGround): DynamicModule {
    const { dataSource, callers, encryptionKey, role } = ground;
    const serves = role !== 'worker';
    return {
      module: ServerModule,
      imports: [
        AppModule.on(dataSource, ground.environment.concurrency),
        HttpModule.on({ dataSource: callers, encryptionKey, managesTokens: serves }),
        ScheduleModule.forRoot(),
      ],
      controllers: [...supervision, ...(serves ? api : [])],
      providers: [
        { provide: DataSource, useValue: callers },
        { provide: ConfigurationInForce, useValue: ground.configuration },
        onDatabase(AcknowledgeFinding),
        onDatabase(Exceptions),
        ...decisions,
        onDatabase(EvaluationEvents),
        onDatabase(LinkDecisions),
        onDatabase(LossDecisions),
        ...alerts(ground),
        ...workProviders(ground),
        ...runs(ground),
        ...telemetry(ground),
      ],
    };
  }
}

/** Of what the catalogue has, by id. */
const decisions: readonly Provider[] = [
  {
    provide: ExceptionRequests,
    inject: [DataSource],
    useFactory: (source: DataSource) =>
      new ExceptionRequests(
        source,
        catalog.map(({ id }) => id),
      ),
  },
  {
    provide: Attestations,
    inject: [DataSource],
    useFactory: (source: DataSource) =>
      new Attestations(
        source,
        catalog.flatMap(({ id, attestable }) => (attestable === true ? [id] : [])),
      ),
  },
];

function onDatabase(step: new (dataSource: DataSource) => object): Provider {
  return { provide: step, inject: [DataSource], useFactory: (dataSource: DataSource) => new step(dataSource) };
}

function alerts({ dataSource, encryptionKey, jobs }: ServerGround): Provider[] {
  return [
    { provide: AlertChannels, useFactory: () => new AlertChannels(dataSource, encryptionKey) },
    {
      provide: AlertPlanner,
      inject: [AlertChannels],
      useFactory: (channels: AlertChannels) => new AlertPlanner(dataSource, channels, catalog),
    },
    {
      provide: AlertDelivery,
      inject: [AlertChannels],
      useFactory: (channels: AlertChannels) => new AlertDelivery(dataSource, channels, notifierOf, catalog),
    },
    {
      provide: DeliveryLoop,
      inject: [AlertPlanner, AlertDelivery],
      useFactory: (planner: AlertPlanner, delivery: AlertDelivery) =>
        new DeliveryLoop(planner, delivery, {
          ...(jobs && {
            handOver: (channel: string) => jobs.deliveries.add([{ id: `channel-${channel}`, data: { channel } }]),
          }),
        }),
    },
  ];
}

function runs({ dataSource, configuration, environment, encryptionKey, metrics }: ServerGround): Provider[] {
  return [
    {
      provide: RunQueue,
      useFactory: () => new RunQueue(dataSource),
    },
    {
      provide: Slots,
      inject: [RunQueue],
      useFactory: (queue: RunQueue) => new Slots(dataSource, queue),
    },
    {
      provide: Scheduler,
      inject: [SchedulerRegistry, Slots],
      useFactory: (registry: SchedulerRegistry, slots: Slots) => new Scheduler(registry, slots, configuration),
    },
    { provide: DeadMan, useFactory: () => new DeadMan(dataSource, configuration) },
    { provide: HistoryKeeper, useFactory: () => new HistoryKeeper(dataSource, configuration) },
    {
      provide: RunWorker,
      inject: [
        RunRecords,
        CheckRun,
        RunQueue,
        AlertChannels,
        DeliveryLoop,
        HistoryKeeper,
        ObserveTogether,
        EvaluateTogether,
      ],
      useFactory: (
        records: RunRecords,
        checkRun: CheckRun,
        queue: RunQueue,
        channels: AlertChannels,
        delivery: DeliveryLoop,
        keeper: HistoryKeeper,
        together: ObserveTogether | null,
        evaluations: EvaluateTogether | null,
      ) =>
        new RunWorker(
          records,
          checkRun,
          { configuration, hubUrl: environment.hubUrl, fingerprintKey: encryptionKey },
          {
            // A hook that is new is told what changes from its registration on: that of the first night must come first.
            beforeRun: async (settings) => {
              await channels.register(settings);
            },
            afterRun: () => {
              delivery.poke();
              keeper.poke();
            },
            onHubRequest: metrics.onHubRequest,
            onHubUsage: ({ budget }) => metrics.onHubBudget(budget),
            onFinished: ({ outcome, seconds }) => metrics.onRunFinished(outcome, seconds),
          },
          queue,
          together,
          evaluations,
        ),
    },
  ];
}

function telemetry({
  dataSource,
  configuration,
  encryptionKey,
  probe,
  metrics,
  alerting,
  role,
  jobs,
}: ServerGround): Provider[] {
  const watch = new ScheduleWatch(async () => {
    const now = new Date(await databaseClock(dataSource.manager));
    return scheduleState(dataSource.manager, configuration.current, now);
  });
  const channels = (): string[] => configuration.current.alerts.map((alert) => alertFingerprint(encryptionKey, alert));
  const migrations = dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name);
  return [
    { provide: Metrics, useValue: metrics },
    { provide: StoredMetrics, useFactory: () => new StoredMetrics(probe, watch, channels) },
    {
      provide: Health,
      inject: [Scheduler, RunWorker, DeliveryLoop],
      useFactory: (scheduler: Scheduler, worker: RunWorker, delivery: DeliveryLoop) =>
        new Health(
          probe,
          migrations,
          watch,
          role === 'api'
            ? []
            : [
                { name: 'scheduler', trouble: () => scheduler.trouble ?? worker.trouble },
                ...(alerting ? [{ name: 'delivery', trouble: () => delivery.trouble } as const] : []),
              ],
          channels,
          jobs === null ? null : () => jobs.trouble,
        ),
    },
  ];
}
