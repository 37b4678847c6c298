import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { ConfigurationInForce } from '../config/configuration-in-force.js';
import type { Configuration } from '../config/configuration.js';
import { loadEncryptionKey } from '../config/encryption-key.js';
import type { Environment } from '../config/environment.js';
import { isMistake, type Mistake } from '../database/mistake.js';
import type { OpenDatabase } from '../database/open-database.js';
import { knownSecrets } from '../telemetry/known-secrets.js';
import { Redactor } from '../telemetry/redactor.js';
import { ServiceLog } from '../telemetry/service-log.js';
import { type ExitStatus, exitStatus } from './exit-status.js';
import { forShell } from './for-shell.js';
import { Service, type ServiceGround } from './service.js';
import type { Session } from './session.js';
import { hardStop, stopAsked } from './stopping.js';

export interface Demo {
  readonly file: string;
  readonly configuration: Configuration;
  readonly environment: Environment;
}

/** The service on what the demo made, until somebody stops it. It has no alert channels, and would not use them. */
export async function serveDemo(demo: Demo, database: OpenDatabase, session: Session): Promise<ExitStatus> {
  const key = await loadEncryptionKey(demo.environment);
  if (isMistake(key)) return session.refuseWith(key.mistake);
  // A new one each time, in place of the last: what was printed yesterday has scrolled away.
  const environment = { ...demo.environment, adminToken: `hw_${randomBytes(32).toString('base64url')}` };
  const redactor = new Redactor();
  redactor.know(knownSecrets(environment, demo.configuration));
  const { err } = session.terminal;
  const log = new ServiceLog(
    {
      level: 'warn',
      readable: true,
      colours: err.colours,
      // Standard output has the report.
      write: (entry) => void err.write(entry).catch(() => undefined),
    },
    redactor,
  );
  Logger.overrideLogger(log);
  try {
    const configuration = new ConfigurationInForce({ ...demo.configuration, alerts: [] }, () =>
      Promise.resolve({ mistakes: [] }),
    );
    const service = await startAnywhere({
      environment,
      configuration,
      database,
      encryptionKey: key,
      log,
      alerting: false,
      role: 'all',
    });
    if (isMistake(service)) return await session.refuseWith(service.mistake);
    await explain(demo, service, environment.adminToken, session);
    await stopAsked(session.signal);
    await Promise.race([service.stop(), hardStop(session.signal, log)]);
    return exitStatus.inOrder;
  } finally {
    Logger.overrideLogger(false);
  }
}

/** A demo beside a service that has the usual port takes another one. */
async function startAnywhere(ground: ServiceGround): Promise<Service | Mistake> {
  const usual = await Service.start(ground);
  return isMistake(usual) ? Service.start(ground, 0) : usual;
}

async function explain(
  { file, environment }: Demo,
  { address }: Service,
  token: string,
  session: Session,
): Promise<void> {
  for (const line of [
    '',
    `The API is at ${address}/api/v1 and its page at ${address}/api/docs, until Ctrl-C, with this token of an admin:`,
    `  ${token}`,
    `  curl -H 'Authorization: Bearer ${token}' ${address}/api/v1/overview`,
    '',
    `The simulated Docker Hub is at ${environment.hubUrl}. In another terminal:`,
    `  HUBWARDEN_DATA_DIR=${forShell(environment.dataDir)} DOCKERHUB_URL=${forShell(environment.hubUrl)} hubwarden check --config ${forShell(file)}`,
    `Its policy is ${file}; change it, or the roster beside it, and check again.`,
  ])
    await session.say(line);
}
