import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Mistake } from '../mistake.js';
import { run, type Account } from './account.js';
import type { Binaries } from './binaries.js';

/** A folder with one database in it, and who may run a server on it. */
export interface Cluster {
  /** Absolute, without symbolic links. Holds `data` (PostgreSQL's own folder), `password` and `server.log`. */
  readonly root: string;
  readonly account: Account | null;
}

export const superuser = 'hubwarden';

export function dataOf(cluster: Cluster): string {
  return join(cluster.root, 'data');
}

export async function passwordOf(cluster: Cluster): Promise<string> {
  return (await readFile(join(cluster.root, 'password'), 'utf8')).trim();
}

/** Whether the database is there and of the programs' major version, which is the only one that they can open. */
export async function checkCluster(cluster: Cluster, binaries: Binaries): Promise<'absent' | 'usable' | Mistake> {
  const version = await readFile(join(dataOf(cluster), 'PG_VERSION'), 'utf8').catch(() => null);
  if (version === null) {
    const content = await readdir(cluster.root).catch(() => []);
    if (content.length === 0) return 'absent';
    return {
      mistake: `${cluster.root} is not empty and holds no database of Hubwarden's. Empty it, or choose another HUBWARDEN_DATA_DIR.`,
    };
  }
  if (Number(version) === binaries.major) return 'usable';
  return {
    mistake:
      `The database in ${cluster.root} was made by PostgreSQL ${version.trim()}; this Hubwarden brings PostgreSQL ${binaries.major}, which cannot open it. ` +
      'Use the Hubwarden that made it, or move its content to a server of your own and set DATABASE_URL.',
  };
}

/**
 * Makes the database beside its place and puts it there with one rename, password included: it exists whole or not at
 * all, and of several processes that make it at once one wins, unnoticed by the others.
 */
export async function createCluster(
  cluster: Cluster,
  binaries: Binaries,
  { durable }: { readonly durable: boolean },
): Promise<Mistake | null> {
  const parent = dirname(cluster.root);
  const temporary = await mkdtemp(join(parent, temporaryPrefix(cluster)));
  try {
    const passwordFile = join(temporary, 'password');
    await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flush: durable });
    if (cluster.account) {
      await chown(passwordFile, cluster.account.uid, cluster.account.gid);
      await chown(temporary, cluster.account.uid, cluster.account.gid);
    }
    const initdb = await run(
      join(binaries.directory, 'bin', 'initdb'),
      [
        `--pgdata=${join(temporary, 'data')}`,
        `--username=${superuser}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // The same order of texts on every machine.
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
        ...(durable ? [] : ['--no-sync']),
      ],
      cluster.account,
    );
    if (initdb.code !== 0) {
      return { mistake: `The database could not be made in ${cluster.root}: ${reasonIn(initdb.output)}` };
    }
    await putInPlace(temporary, cluster.root);
    if (durable) await flush(parent);
    return null;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function putInPlace(temporary: string, root: string): Promise<void> {
  try {
    await rename(temporary, root);
  } catch (error) {
    // Somebody else's database is there by now.
    const there = await stat(join(root, 'data')).catch(() => null);
    if (!there) throw error;
  }
}

/** A rename is on the disk when its folder is. */
async function flush(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function temporaryPrefix(cluster: Cluster): string {
  return `.${basename(cluster.root)}-new-`;
}

/** Removes what a process left that was killed while it made the database; only after an hour: it may be at work. */
export async function removeAbandoned(cluster: Cluster): Promise<void> {
  const parent = dirname(cluster.root);
  for (const name of await readdir(parent)) {
    if (!name.startsWith(temporaryPrefix(cluster))) continue;
    const path = join(parent, name);
    const found = await stat(path).catch(() => null);
    if (found && Date.now() - found.mtimeMs > 3_600_000) await rm(path, { recursive: true, force: true });
  }
}

/** initdb says what it does before, and what it cleans up after, the line that matters. */
function reasonIn(output: string): string {
  return lastLine(output.split('\n').findLast((line) => /error|FATAL|PANIC|terminated/.test(line)) ?? output);
}

export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
