import type { DataSource } from 'typeorm';
import type { Environment } from '../config/environment.js';
import { tryConnection } from './connect.js';
import { dataSourceFor, type Entities } from './data-source.js';
import { startEmbedded, startExisting } from './embedded/start-embedded.js';
import { migrate } from './migrate.js';
import { isMistake, type Mistake, passingMistake } from './mistake.js';
import { moveName } from './move/move-record.js';
import { OwnBackends } from './own-backends.js';

/** A migrated database. */
export interface OpenDatabase {
  readonly dataSource: DataSource;
  /** With the password: not for messages. */
  readonly url: string;
  /** Names of the migrations that this call ran; empty when there was nothing to do. */
  readonly migrated: readonly string[];
  /** For further pools on the same database, so that stopping ends their queries, too. */
  readonly backends: OwnBackends;
  /** Closes the connections; an embedded server ends with its last user. A second call does nothing. */
  close(): Promise<void>;
}

type Place = Pick<Environment, 'databaseUrl' | 'dataDir'>;

export interface OpenOptions {
  readonly poolSize?: number;
  /** Aborted when somebody asks the process to stop: queries that do not end soon are cancelled then, also while it is opened. */
  readonly stop?: AbortSignal;
}

/**
 * The database that the environment asks for: the server of `databaseUrl`, else the embedded one in `dataDir`. What is
 * wrong with either is one sentence. `report` gets what the person should know besides, a line each.
 */
export async function openDatabase(
  environment: Place,
  entities: Entities,
  report: (line: string) => void,
  options: OpenOptions = {},
): Promise<OpenDatabase | Mistake> {
  const { databaseUrl: url } = environment;
  if (url !== null) {
    const mistake = await tryConnection(url);
    return mistake ?? connect({ url, releaseServer: noServer }, entities, options);
  }
  const server = await startEmbedded(environment.dataDir, report);
  if (isMistake(server)) return server;
  return connect({ url: server.url, ssl: false, releaseServer: () => server.release() }, entities, options);
}

/**
 * The same database as it is: not migrated, opened although it was moved away, and never begun where there is none. For
 * whoever moves it.
 */
export async function openAsItIs(
  environment: Place,
  entities: Entities,
  report: (line: string) => void,
  options: OpenOptions = {},
): Promise<OpenDatabase | Mistake> {
  const { databaseUrl: url, dataDir } = environment;
  if (url !== null) {
    const mistake = await tryConnection(url);
    return (
      mistake ??
      connect({ url, applicationName: moveName, releaseServer: noServer }, entities, { ...options, prepare: asItIs })
    );
  }
  const server = await startExisting(dataDir, report);
  if (isMistake(server)) return server;
  return connect(
    { url: server.url, ssl: false, applicationName: moveName, releaseServer: () => server.release() },
    entities,
    { ...options, prepare: asItIs },
  );
}

interface Server {
  readonly url: string;
  readonly ssl?: false;
  readonly applicationName?: string;
  readonly releaseServer: () => Promise<void>;
}

async function connect(
  { releaseServer, ...server }: Server,
  entities: Entities,
  {
    poolSize,
    stop,
    prepare = migrate,
  }: OpenOptions & { readonly prepare?: (dataSource: DataSource) => Promise<string[] | Mistake> },
): Promise<OpenDatabase | Mistake> {
  const { url, ...options } = server;
  const backends = new OwnBackends(server);
  const dataSource = dataSourceFor(url, entities, {
    ...options,
    ...(poolSize !== undefined && { poolSize }),
    backends,
  });
  const endWatch = stop === undefined ? null : backends.cancelOnStop(stop);
  let closed = false;
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    try {
      if (dataSource.isInitialized) await dataSource.destroy();
    } finally {
      await endWatch?.();
      await releaseServer();
    }
  };
  try {
    await dataSource.initialize();
    const migrated = await prepare(dataSource);
    if (!isMistake(migrated)) return { dataSource, url, migrated, backends, close };
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
