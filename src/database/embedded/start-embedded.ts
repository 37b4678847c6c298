import { existsSync } from 'node:fs';
import { isMistake, type Mistake } from '../mistake.js';
import { serverAccount, type Account } from './account.js';
import { findBinaries } from './binaries.js';
import { checkCluster, createCluster, removeAbandoned } from './create-cluster.js';
import { findPlace, systemFolders } from './place.js';
import { runCluster, type RunningCluster } from './run-cluster.js';

/**
 * The database of a data directory, made at the first call, on a server that is started or shared with the processes
 * that already use it. `report` gets a line when the database lies elsewhere than configured.
 *
 * @param dataDir absolute
 * @param folders where root keeps what the configured place cannot hold, best first
 * @param durable false: made without waiting for the disk, and the last moments may be lost with the machine
 */
export async function startEmbedded(
  dataDir: string,
  report: (line: string) => void,
  { folders = systemFolders(), durable = true }: Partial<Pick<Wanted, 'folders' | 'durable'>> = {},
): Promise<RunningCluster | Mistake> {
  return start(dataDir, report, { folders, create: true, durable });
}

/** The same for a database that is there; where there is none, none is made. */
export async function startExisting(
  dataDir: string,
  report: (line: string) => void,
): Promise<RunningCluster | Mistake> {
  // What follows makes the folder where it is not there.
  if (!existsSync(dataDir)) return noDatabase(dataDir);
  return start(dataDir, report, { folders: systemFolders(), create: false, durable: true });
}

interface Wanted {
  readonly folders: readonly string[];
  readonly create: boolean;
  readonly durable: boolean;
}

async function start(
  dataDir: string,
  report: (line: string) => void,
  wanted: Wanted,
): Promise<RunningCluster | Mistake> {
  const account = serverAccount();
  if (isMistake(account)) return account;
  try {
    return await startAs(account, dataDir, report, wanted);
  } catch (error) {
    // Rights, a full disk, a file in the way: the file system says which.
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    return { mistake: `The embedded database of ${dataDir} cannot be used: ${error.message}.` };
  }
}

async function startAs(
  account: Account | null,
  dataDir: string,
  report: (line: string) => void,
  { folders, create, durable }: Wanted,
): Promise<RunningCluster | Mistake> {
  const place = await findPlace(dataDir, account, folders);
  if (isMistake(place)) return place;
  const { cluster, remark } = place;
  const binaries = await findBinaries(cluster.account, account ? folders : [dataDir]);
  if (isMistake(binaries)) return binaries;
  await removeAbandoned(cluster);
  const state = await checkCluster(cluster, binaries);
  if (isMistake(state)) return state;
  if (state === 'absent' && !create) return noDatabase(dataDir);
  if (state === 'absent') {
    const failure = await createCluster(cluster, binaries, { durable });
    if (failure) return failure;
  }
  if (remark) report(remark);
  return runCluster(cluster, binaries, durable ? {} : { synchronous_commit: 'off' });
}

function noDatabase(dataDir: string): Mistake {
  return {
    mistake: `There is no database in ${dataDir}. Expected: the HUBWARDEN_DATA_DIR of an installation, or its DATABASE_URL.`,
  };
}
