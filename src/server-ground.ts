import type { DataSource } from 'typeorm';
import type { ConfigurationInForce } from './config/configuration-in-force.js';
import type { Environment } from './config/environment.js';
import type { ServiceRole } from './config/service-role.js';
import type { JobQueues } from './runs/job-workers.js';
import type { DatabaseProbe } from './telemetry/database-probe.js';
import type { Metrics } from './telemetry/metrics.js';

/** What the service stands on. */
export interface ServerGround {
  readonly dataSource: DataSource;
  /** Where the API asks: connections of its own, so that no crowd of callers keeps a run or an alert waiting. */
  readonly callers: DataSource;
  readonly configuration: ConfigurationInForce;
  readonly environment: Environment;
  readonly encryptionKey: Buffer;
  readonly probe: DatabaseProbe;
  readonly metrics: Metrics;
  /** False: no alert is ever sent, and its delivery is no part of readiness. */
  readonly alerting: boolean;
  readonly role: ServiceRole;
  /** Null: each process does by itself what it begins. */
  readonly jobs: JobQueues | null;
}
