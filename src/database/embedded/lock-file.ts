import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './account.js';

/** `postmaster.pid`, in which a running server says what it is. It outlives a server that was killed. */
export interface LockFile {
  readonly pid: number;
  /** Whether it names this very directory; a file that came here with a copied directory names the original. */
  readonly ours: boolean;
  readonly port: number | null;
  readonly ready: boolean;
}

/** Null: no file, or not yet written so far that it says anything. */
export async function readLockFile(data: string): Promise<LockFile | null> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const [pid, directory, , port, , , , status] = text.split('\n').map((line) => line.trim());
  if (!pid || !directory || !/^\d+$/.test(pid)) return null;
  return {
    pid: Number(pid),
    ours: await isSameDirectory(directory, data),
    port: port && /^\d+$/.test(port) && Number(port) > 0 ? Number(port) : null,
    ready: status === 'ready',
  };
}

export async function isSameDirectory(one: string, other: string): Promise<boolean> {
  try {
    const [first, second] = await Promise.all([stat(await realpath(one)), stat(await realpath(other))]);
    return first.dev === second.dev && first.ino === second.ino;
  } catch {
    return false;
  }
}

/**
 * Whether any living process works in the directory, which every process of a PostgreSQL server does with its own. The
 * number in the lock file proves nothing: killed processes can stay as zombies, and numbers are used again.
 */
export async function isInUse(data: string): Promise<boolean | 'unknown'> {
  return process.platform === 'linux' ? isInUseOnLinux(data) : isInUseElsewhere(data);
}

async function isInUseOnLinux(data: string): Promise<boolean> {
  const target = await realpath(data);
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // Zombies have no directory any more, and other users' processes cannot be in one that only its owner may enter.
    const directory = await readlink(join('/proc', name, 'cwd')).catch(() => null);
    if (directory === target) return true;
  }
  return false;
}

async function isInUseElsewhere(data: string): Promise<boolean | 'unknown'> {
  const listed = await run('lsof', ['-a', '-d', 'cwd', '-c', 'postgres', '-Fn'], null);
  if (listed.code === null) return 'unknown';
  return listed.output.split('\n').includes(`n${await realpath(data)}`);
}
