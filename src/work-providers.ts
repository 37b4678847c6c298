import type { Provider } from '@nestjs/common';
import { DeliveryLoop } from './alerts/delivery-loop.js';
import { HubSync } from './inventory/hub-sync.js';
import { shareRates } from './inventory/share-rates.js';
import type { HubUsage } from './runs/check-run.js';
import { EvaluateTogether } from './runs/evaluate-together.js';
import { HubsAtWork } from './runs/hubs-at-work.js';
import { JobWorkers } from './runs/job-workers.js';
import { ObserveTogether } from './runs/observe-together.js';
import { ReadOrganization } from './runs/read-organization.js';
import { Readings } from './runs/readings.js';
import type { ServerGround } from './server-ground.js';

/** What processes do for each other. */
export function workProviders({
  dataSource,
  configuration,
  environment,
  encryptionKey,
  metrics,
  jobs: queues,
}: ServerGround): Provider[] {
  const onHubUsage = ({ budget }: HubUsage): void => metrics.onHubBudget(budget);
  const readings = new Readings(dataSource);
  const hubs = new HubsAtWork({
    hubUrl: environment.hubUrl,
    fingerprintKey: encryptionKey,
    onRequest: metrics.onHubRequest,
    sharedBudget: shareRates(dataSource),
  });
  return [
    {
      provide: ReadOrganization,
      inject: [HubSync],
      useFactory: (sync: HubSync) => new ReadOrganization(readings, sync, hubs, configuration, { onHubUsage }),
    },
    {
      provide: JobWorkers,
      inject: [ReadOrganization, DeliveryLoop, EvaluateTogether],
      useFactory: (reader: ReadOrganization, delivery: DeliveryLoop, evaluations: EvaluateTogether | null) =>
        new JobWorkers(queues, reader, delivery, evaluations, hubs),
    },
    {
      provide: EvaluateTogether,
      useFactory: () => (queues === null ? null : new EvaluateTogether(dataSource, queues.evaluations)),
    },
    {
      provide: ObserveTogether,
      inject: [ReadOrganization],
      useFactory: (reader: ReadOrganization) =>
        queues === null ? null : new ObserveTogether(readings, reader, hubs, queues.readings),
    },
  ];
}
