import type { DataSource } from 'typeorm';
import type { Environment } from '../config/environment.js';
import { tryConnection } from './connect.js';
import { dataSourceFor, type Entities } from './data-source.js';
import { startEmbedded, startExisting } from './embedded/start-embedded.js';
import { migrate } from './migrate.js';
import { isMistake, type Mistake, passingMistake } from './mistake.js';
import { moveName } from './move/move-record.js';

/** A migrated database. */
export interface OpenDatabase {
  readonly dataSource: DataSource;
  /** With the password: not for messages. */
  readonly url: string;
  /** Names of the migrations that this call ran; empty when there was nothing to do. */
  readonly migrated: readonly string[];
  /** Closes the connections; an embedded server ends with its last user. A second call does nothing. */
  close(): Promise<void>;
}

type Place = Pick<Environment, 'databaseUrl' | 'dataDir'>;

/**
 * The database that the environment asks for: the server of `databaseUrl`, else the embedded one in `dataDir`. What is
 * wrong with either is one sentence. `report` gets what the person should know besides, a line each.
 */
export async function openDatabase(
  environment: Place,
  entities: Entities,
  report: (line: string) => void,
  poolSize?: number,
): Promise<OpenDatabase | Mistake> {
  const options = poolSize === undefined ? {} : { poolSize };
  const { databaseUrl } = environment;
  if (databaseUrl !== null) {
    const mistake = await tryConnection(databaseUrl);
    return mistake ?? connect(dataSourceFor(databaseUrl, entities, options), databaseUrl, noServer);
  }
  const server = await startEmbedded(environment.dataDir, report);
  if (isMistake(server)) return server;
  const dataSource = dataSourceFor(server.url, entities, { ...options, ssl: false });
  return connect(dataSource, server.url, () => server.release());
}

/**
 * The same database as it is: not migrated, opened although it was moved away, and never begun where there is none. For
 * whoever moves it.
 */
export async function openAsItIs(
  environment: Place,
  entities: Entities,
  report: (line: string) => void,
): Promise<OpenDatabase | Mistake> {
  const applicationName = moveName;
  const { databaseUrl, dataDir } = environment;
  if (databaseUrl !== null) {
    const mistake = await tryConnection(databaseUrl);
    return mistake ?? connect(dataSourceFor(databaseUrl, entities, { applicationName }), databaseUrl, noServer, asItIs);
  }
  const server = await startExisting(dataDir, report);
  if (isMistake(server)) return server;
  const dataSource = dataSourceFor(server.url, entities, { ssl: false, applicationName });
  return connect(dataSource, server.url, () => server.release(), asItIs);
}

async function connect(
  dataSource: DataSource,
  url: string,
  releaseServer: () => Promise<void>,
  prepare: (dataSource: DataSource) => Promise<string[] | Mistake> = migrate,
): Promise<OpenDatabase | Mistake> {
  let closed = false;
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    try {
      if (dataSource.isInitialized) await dataSource.destroy();
    } finally {
      await releaseServer();
    }
  };
  try {
    await dataSource.initialize();
    const migrated = await prepare(dataSource);
    if (!isMistake(migrated)) return { dataSource, url, migrated, close };
    await close();
    return migrated;
  } catch (error) {
    await close();
    if (!isLost(error)) throw error;
    return passingMistake(`The database broke off while it was being opened (${error.message}). Try again.`);
  }
}

function asItIs(): Promise<string[]> {
  return Promise.resolve([]);
}

/** The server went away; as opposed to one that refuses a statement, which is a fault of this program. */
function isLost(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return 'syscall' in error || /^(08|57P)/.test(code) || error.message.startsWith('Connection terminated');
}

function noServer(): Promise<void> {
  return Promise.resolve();
}
