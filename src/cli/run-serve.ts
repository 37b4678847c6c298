import { setTimeout as wait } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { ConfigurationInForce } from '../config/configuration-in-force.js';
import { loadEncryptionKey } from '../config/encryption-key.js';
import type { Environment } from '../config/environment.js';
import { loadConfiguration } from '../config/load-configuration.js';
import { isMistake, isPassing, type Mistake } from '../database/mistake.js';
import { type OpenDatabase, openDatabase } from '../database/open-database.js';
import { entities } from '../entities.js';
import { knownSecrets } from '../telemetry/known-secrets.js';
import type { ServiceRole } from '../config/service-role.js';
import { Redactor } from '../telemetry/redactor.js';
import { ServiceLog } from '../telemetry/service-log.js';
import { type ExitStatus, exitStatus } from './exit-status.js';
import { loadSettings, type Settings } from './load-settings.js';
import { reloadOn } from './reload.js';
import { Service } from './service.js';
import type { Session } from './session.js';
import { hardStop, stopAsked, stopAskedOrEnded } from './stopping.js';

export interface ServeArguments {
  readonly config: string;
  readonly role: ServiceRole;
}

const databasePatienceMs = 60_000;

/** `hubwarden serve`. */
export async function runServe({ config, role }: ServeArguments, session: Session): Promise<ExitStatus> {
  const settings = await loadSettings(config, session.variables);
  if ('mistakes' in settings) return session.refuse(settings.mistakes);
  const { environment } = settings;
  const redactor = new Redactor();
  redactor.know(knownSecrets(environment, settings.configuration));
  const { out } = session.terminal;
  const log = new ServiceLog(
    {
      level: environment.logLevel,
      readable: out.terminal !== null,
      colours: out.colours,
      // Where the log cannot be written any more, the service goes on: nobody reads it, or the disk is full.
      write: (entry) => void out.write(entry).catch(() => undefined),
    },
    redactor,
  );
  const onCrash = (error: unknown): void => log.fatal('Broke down; the next start goes on from here', { error });
  Logger.overrideLogger(log);
  // Before the handlers that end the process.
  process.prependListener('uncaughtException', onCrash);
  process.prependListener('unhandledRejection', onCrash);
  try {
    return await Promise.race([
      serve(config, role, settings, { log, redactor }, session),
      hardStop(session.signal, log),
    ]);
  } finally {
    process.off('uncaughtException', onCrash);
    process.off('unhandledRejection', onCrash);
    Logger.overrideLogger(false);
  }
}

interface Voice {
  readonly log: ServiceLog;
  readonly redactor: Redactor;
}

async function serve(
  file: string,
  role: ServiceRole,
  { environment, configuration }: Settings,
  { log, redactor }: Voice,
  session: Session,
): Promise<ExitStatus> {
  const inForce = new ConfigurationInForce(configuration, async () => {
    const loaded = await loadConfiguration(file, environment);
    // Before anything can be said with it.
    if ('configuration' in loaded) redactor.know(knownSecrets(environment, loaded.configuration));
    return loaded;
  });
  // A signal to read the configuration again, which comes while the service starts, must not end it.
  const reloading = reloadOn('SIGHUP', inForce, log);
  try {
    const database = await openOnceUp(environment, log, session.signal);
    if (database === 'stopped') return exitStatus.inOrder;
    if (isMistake(database)) return await session.refuseWith(database.mistake);
    try {
      // After the database, which makes the folder that both lie in so that its server may enter it.
      const key = await loadEncryptionKey(environment);
      if (isMistake(key)) return await session.refuseWith(key.mistake);
      const ground = { environment, configuration: inForce, database, encryptionKey: key, log, alerting: true, role };
      const service = await Service.start(ground);
      if (isMistake(service)) return await session.refuseWith(service.mistake);
      await announce(service, role, { log, redactor }, session);
      reloading.tell(service);
      const isEmbedded = environment.databaseUrl === null;
      if ((await (isEmbedded ? stopAskedOrEnded(service, session.signal) : stopAsked(session.signal))) === 'ended') {
        log.fatal('The embedded database has ended; the next start starts it anew and goes on from here', 'Service');
        return exitStatus.unknown;
      }
      log.log('Stopping', 'Service');
      await service.stop();
    } finally {
      await database
        .close()
        .catch((error: unknown) => log.warn('The database was not closed in order', { error }, 'Service'));
    }
    log.log('Stopped', 'Service');
    return exitStatus.inOrder;
  } finally {
    reloading.end();
  }
}

async function announce(
  service: Service,
  role: ServiceRole,
  { log, redactor }: Voice,
  session: Session,
): Promise<void> {
  const { address, adminToken, nextEvaluation } = service;
  if (adminToken !== null) {
    redactor.know([adminToken]);
    await session.say(
      'The first API token, with the role admin. It is shown this once; for others: hubwarden token create --help',
    );
    await session.say(adminToken);
  }
  log.log('Listening', { address, role, nextEvaluation: nextEvaluation.toISOString() }, 'Service');
}

/** A server of its own may start after this program, as in a group of containers; the embedded one is started here. */
async function openOnceUp(
  environment: Environment,
  log: ServiceLog,
  signal: AbortSignal,
): Promise<OpenDatabase | Mistake | 'stopped'> {
  const until = performance.now() + databasePatienceMs;
  for (let isTold = false; ; isTold = true) {
    const database = await openDatabase(
      environment,
      entities,
      (remark) => log.warn('The embedded database is not where it was configured', { remark }, 'Service'),
      { poolSize: connectionsFor(environment.concurrency), stop: signal },
    );
    if (!isMistake(database) || !isPassing(database) || performance.now() > until) return database;
    if (!isTold) log.warn('Waiting for the database, for up to a minute', { because: database.mistake }, 'Service');
    await wait(1_000, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return 'stopped';
  }
}

/** Each organization that is read holds one for its lock and writes over others; runs and messages hold some, too. */
function connectionsFor(concurrency: number): number {
  return Math.max(10, 2 * concurrency + 2);
}
