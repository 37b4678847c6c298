import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DataSource } from 'typeorm';
import { ConfigurationInForce } from '../../src/config/configuration-in-force.js';
import type { Configuration } from '../../src/config/configuration.js';
import { readEnvironment } from '../../src/config/read-environment.js';
import { dataSourceFor } from '../../src/database/data-source.js';
import { createServer } from '../../src/http/create-server.js';
import { ServerModule } from '../../src/server.module.js';
import { DatabaseProbe } from '../../src/telemetry/database-probe.js';
import { Metrics } from '../../src/telemetry/metrics.js';

export interface WholeServer {
  readonly app: NestFastifyApplication;
  close(): Promise<void>;
}

/** Every route of the service on a database, with nothing at work behind them: no schedule, no queue, no delivery. */
export async function wholeServer(
  database: { readonly dataSource: DataSource; readonly url: string },
  configuration: Configuration,
  options: { readonly statementTimeoutMs?: number } = {},
): Promise<WholeServer> {
  const environment = readEnvironment({});
  if ('mistakes' in environment) throw new Error(JSON.stringify(environment.mistakes));
  const probe = new DatabaseProbe(database.url);
  const callers = await dataSourceFor(database.url, [], options).initialize();
  const module = ServerModule.on({
    dataSource: database.dataSource,
    callers,
    configuration: new ConfigurationInForce(configuration, () => Promise.resolve({ configuration })),
    environment,
    encryptionKey: Buffer.alloc(32, 7),
    probe,
    metrics: new Metrics('1.2.3'),
    alerting: false,
    role: 'all',
    jobs: null,
  });
  const app = await createServer(module, {
    corsOrigins: () => [],
    trustedProxies: [],
    logger: false,
    version: '1.2.3',
  });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return {
    app,
    close: async () => {
      await app.close();
      await probe.close();
      await callers.destroy();
    },
  };
}
