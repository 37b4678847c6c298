import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync } from 'node:fs';
import { access, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mistake } from '../mistake.js';
import { run } from './account.js';
import { lastLine, type Cluster } from './create-cluster.js';

/**
 * Who needs the server. Every process that uses it holds a named pipe open for writing, and watchers beside the server
 * read from it: the system tells them when the last holder is gone, however it went, and they stop the server. So it
 * outlives the process that started it as long as another one works with it, and never outlives them all.
 */
export interface Hold {
  readonly pipe: string;
  release(): void;
}

const prefix = 'holders-';

export async function makePipe(cluster: Cluster): Promise<string | Mistake> {
  const pipe = join(cluster.root, `${prefix}${randomBytes(6).toString('hex')}`);
  const made = await run('mkfifo', ['-m', '600', pipe], cluster.account);
  if (made.code === 0) return pipe;
  return {
    mistake: `No named pipe can be made in ${cluster.root} (${lastLine(made.output)}). Choose a HUBWARDEN_DATA_DIR on a local disk.`,
  };
}

/** Pipes that servers left behind which were killed. */
export async function removeOtherPipes(cluster: Cluster, pipe: string): Promise<void> {
  for (const name of await readdir(cluster.root)) {
    const path = join(cluster.root, name);
    if (name.startsWith(prefix) && path !== pipe) await rm(path, { force: true });
  }
}

/**
 * `held`: the server stays up until `release`. `unwatched`: nobody reads, because the watchers were killed. `ending`: the
 * last holder has gone and the server is about to.
 */
export function hold(pipe: string): Hold | 'unwatched' | 'ending' {
  try {
    return asHold(pipe, openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENXIO') return 'unwatched';
    if (code === 'ENOENT') return 'ending';
    throw error;
  }
}

/** Both ends at once: the first hold, and the reading end that the watchers inherit, to be closed once they have it. */
export function openBothEnds(pipe: string): { readonly hold: Hold; readonly readingEnd: number } {
  // Opening one end waits for the other unless told not to, and the watchers must read from an end that does wait.
  const opener = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  const writingEnd = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
  const readingEnd = openSync(pipe, constants.O_RDONLY);
  closeSync(opener);
  return { hold: asHold(pipe, writingEnd), readingEnd };
}

function asHold(pipe: string, descriptor: number): Hold {
  let open = true;
  return {
    pipe,
    release: () => {
      if (open) closeSync(descriptor);
      open = false;
    },
  };
}

/** The watchers take the pipe away when they have seen the last holder go. */
export async function isEnding(pipe: string): Promise<boolean> {
  return access(pipe).then(
    () => false,
    () => true,
  );
}
