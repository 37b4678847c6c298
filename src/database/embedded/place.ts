import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, realpath, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mistake } from '../mistake.js';
import { canEnter, ownerOf, type Account } from './account.js';
import type { Cluster } from './create-cluster.js';

/** Where the database lies. */
export interface Place {
  readonly cluster: Cluster;
  /** What the person should be told about it, if it lies elsewhere than configured. */
  readonly remark: string | null;
}

/** Where root keeps what the server's account must reach and the configured folder does not let it, best first. */
export function systemFolders(): string[] {
  return process.platform === 'win32' ? [] : ['/var/lib/hubwarden', join(tmpdir(), 'hubwarden')];
}

/**
 * `<dataDir>/postgres` where possible. As root, with a data directory that the server's account cannot enter (a home
 * directory, most often), a folder of the system named after the data directory, so that no two share a database.
 *
 * A database that exists stays where it is, whatever became of the permissions since: looking elsewhere would find an
 * empty one, and every finding would seem to be gone.
 */
export async function findPlace(
  dataDir: string,
  account: Account | null,
  folders: readonly string[],
): Promise<Place | Mistake> {
  try {
    // Root leaves the way through open for the server's account; what matters in there is closed by itself.
    await mkdir(dataDir, { recursive: true, mode: account ? 0o711 : 0o700 });
  } catch (error) {
    return {
      mistake: `The data directory ${dataDir} cannot be made (${reason(error)}). Choose another one with HUBWARDEN_DATA_DIR.`,
    };
  }
  const configured = await realpath(dataDir);
  const inPlace = join(configured, 'postgres');
  if (await holdsSomething(inPlace)) return existing(inPlace, null, account);

  const name = createHash('sha256').update(configured).digest('hex').slice(0, 32);
  for (const folder of folders) {
    const root = join(folder, name);
    if (await holdsSomething(root)) return existing(root, configured, account);
  }
  if (!account || (await canEnter(configured, account))) return { cluster: { root: inPlace, account }, remark: null };

  let why = '';
  for (const folder of folders) {
    const usable = await prepare(folder, account);
    if (usable === true) return elsewhere(join(folder, name), configured, account);
    why = usable;
  }
  return {
    mistake:
      `The database server runs as user "${account.name}", who may not enter ${configured}, and ${why}. ` +
      'Choose a HUBWARDEN_DATA_DIR that this user can enter.',
  };
}

function elsewhere(root: string, configured: string, account: Account): Place {
  return {
    cluster: { root, account },
    remark: `The database lies in ${root}: its server runs as user "${account.name}", who may not enter ${configured}.`,
  };
}

async function existing(root: string, configured: string | null, account: Account | null): Promise<Place | Mistake> {
  const owner = await ownerOf(root);
  if (!account) {
    if (process.platform === 'win32' || owner.uid === process.getuid?.())
      return { cluster: { root, account: null }, remark: null };
    return {
      mistake:
        `The database of this data directory lies in ${root} and belongs to user "${owner.name}". ` +
        'Start Hubwarden as that user or as root, or choose another HUBWARDEN_DATA_DIR.',
    };
  }
  // Root runs the server of a database as its owner, who may be the ordinary user that began with it.
  if (owner.uid === 0) {
    return {
      mistake: `${root} belongs to root, as whom PostgreSQL does not run. Give it to an ordinary user, or choose another HUBWARDEN_DATA_DIR.`,
    };
  }
  if (!(await canEnter(root, owner))) {
    return {
      mistake: `The database in ${root} belongs to user "${owner.name}", who may no longer enter that folder. Let this user pass through the folders above it.`,
    };
  }
  return configured === null ? { cluster: { root, account: owner }, remark: null } : elsewhere(root, configured, owner);
}

/** An empty folder is a place for a database, not one. One that we may not look into is somebody's. */
async function holdsSomething(root: string): Promise<boolean> {
  const found = await stat(root).catch(() => null);
  if (!found) return false;
  return readdir(root).then(
    (names) => names.length > 0,
    () => true,
  );
}

/** True, or why the folder cannot be used. In a temporary folder somebody else may have been there first. */
async function prepare(folder: string, account: Account): Promise<true | string> {
  try {
    if (await mkdir(folder, { recursive: true })) await chmod(folder, 0o755);
    const found = await lstat(folder);
    if (!found.isDirectory() || found.uid !== 0 || (found.mode & 0o022) !== 0)
      return `${folder} can be written by others`;
  } catch (error) {
    return `${folder} cannot be made (${reason(error)})`;
  }
  return (await canEnter(folder, account)) || `${folder} is closed to this user too`;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
