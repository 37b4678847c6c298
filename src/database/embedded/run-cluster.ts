import { rename, rm, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isMistake, type Mistake } from '../mistake.js';
import { askServer, urlOf } from './ask-server.js';
import { run } from './account.js';
import type { Binaries } from './binaries.js';
import { dataOf, passwordOf, type Cluster } from './create-cluster.js';
import { hold, isEnding, makePipe, removeOtherPipes, type Hold } from './holders.js';
import { launch, rewatch, type Ended, type Launched } from './launch.js';
import { isInUse, readLockFile } from './lock-file.js';
import { sharedBuffers } from './shared-buffers.js';

/** A server that stays up at least until `release`. */
export interface RunningCluster {
  /** With the password: not for messages. */
  readonly url: string;
  /** Whether another process had started it. */
  readonly adopted: boolean;
  /** Stops the server and waits for its end, unless another process still works with it. */
  release(): Promise<void>;
}

interface Found {
  readonly port: number;
  readonly pid: number;
  readonly adopted: boolean;
  readonly hold: Hold | null;
  readonly launched: Launched | null;
}

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 100,
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Statements and rows hold names and addresses of people.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  // Workers share memory through /dev/shm, of which a container has 64 MB unless told otherwise.
  max_parallel_workers_per_gather: 0,
  max_parallel_maintenance_workers: 0,
};

/** How long a server may take to recover after a crash, and how long one that is ending may take to end. */
const patience = 120_000;

/** Uses the server that runs on the cluster, or starts one. Of several processes that start at once one does, the others use it. */
export async function runCluster(
  cluster: Cluster,
  binaries: Binaries,
  extraSettings: Readonly<Record<string, string | number>> = {},
): Promise<RunningCluster | Mistake> {
  const data = dataOf(cluster);
  const deadline = Date.now() + patience;
  let complaint = '';
  let kills = 0;
  for (let pause = 20; Date.now() < deadline; pause = Math.min(pause * 1.5, 500)) {
    const adopted = await adopt(cluster);
    if (adopted && adopted !== 'not yet') return running(cluster, binaries, adopted);
    if (!adopted) {
      const started = await start(
        cluster,
        binaries,
        { ...settings, shared_buffers: sharedBuffers(), ...extraSettings },
        deadline,
      );
      if (isMistake(started)) return started;
      if ('port' in started) return running(cluster, binaries, started);
      complaint = started.complaint;
      if (/lock file/.test(complaint)) await setAsideStaleLockFile(data);
      else if (!passing.test(complaint) && !(started.bySignal && kills++ < 5)) {
        return {
          mistake: `The database server could not be started on ${cluster.root}: ${complaint || 'it gave no reason'}`,
        };
      }
    }
    await wait(pause);
  }
  return {
    mistake:
      `Another database server holds ${data}, and it cannot be used: it is starting or stopping for too long, or it does not accept the password in ${cluster.root}. ` +
      `${complaint ? `The last message was: ${complaint} ` : ''}Stop it, or wait, and try again.`,
  };
}

/** Complaints that go away: somebody took the port, or the processes of a killed server are still ending. */
const passing = /could not (bind|create any TCP\/IP)|shared memory block .* is still in use/;

async function adopt(cluster: Cluster): Promise<Found | 'not yet' | null> {
  const lock = await readLockFile(dataOf(cluster));
  if (!lock?.ours || !lock.port) return null;
  const answer = await askServer(cluster, lock.port);
  if (answer.is === 'not yet') return 'not yet';
  if (answer.is !== 'ours') return null;
  const found = { port: lock.port, pid: lock.pid, adopted: true, launched: null };
  // Started by hand: whoever did stops it too.
  if (answer.pipe === null) return { ...found, hold: null };
  const held = hold(answer.pipe);
  if (held === 'ending') return 'not yet';
  return { ...found, hold: held === 'unwatched' ? await rewatch(cluster, answer.pipe, lock.pid) : held };
}

async function start(
  cluster: Cluster,
  binaries: Binaries,
  given: Readonly<Record<string, string | number>>,
  deadline: number,
): Promise<Found | (Ended & { readonly complaint: string }) | Mistake> {
  const pipe = process.platform === 'win32' ? '' : await makePipe(cluster);
  if (isMistake(pipe)) return pipe;
  const port = await freePort();
  const launched = await launch(cluster, binaries, pipe, { ...given, port, 'hubwarden.holders': pipe });
  let started = false;
  try {
    while (Date.now() < deadline) {
      const ended = launched.ended();
      if (ended) return { ...ended, complaint: await launched.complaint() };
      const lock = await readLockFile(dataOf(cluster));
      if (lock?.pid === launched.pid && lock.ready) {
        const answer = await askServer(cluster, port);
        started = answer.is === 'ours';
        if (started) break;
        if (answer.is === 'stranger')
          return { mistake: `The database server on ${cluster.root} does not accept the password in that folder.` };
      }
      await wait(10);
    }
    if (!started)
      return { mistake: `The database server on ${cluster.root} was not ready after ${patience / 1000} seconds.` };
    await removeOtherPipes(cluster, pipe);
    return { port, pid: launched.pid, adopted: false, hold: launched.hold, launched };
  } finally {
    if (!started) {
      launched.hold?.release();
      await rm(pipe, { force: true });
    }
  }
}

/**
 * PostgreSQL replaces a dead server's lock file by itself, unless some living process (or a zombie) has the number in
 * it. It is taken away only if no process at all works in the directory, and put back if it was another one by then.
 */
async function setAsideStaleLockFile(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  const judged = await readFile(file, 'utf8').catch(() => null);
  if (judged === null || (await isInUse(data)) !== false) return;
  const aside = `${file}.stale`;
  await rename(file, aside).catch(() => undefined);
  const moved = await readFile(aside, 'utf8').catch(() => null);
  if (moved !== null && moved !== judged) await rename(aside, file);
  await rm(aside, { force: true });
}

async function running(cluster: Cluster, binaries: Binaries, found: Found): Promise<RunningCluster> {
  return {
    url: urlOf(found.port, await passwordOf(cluster)),
    adopted: found.adopted,
    release: async () => {
      if (!found.hold) return found.launched ? stopOnWindows(cluster, binaries) : undefined;
      await makeSureOfWatchers(cluster, found.hold.pipe, found.pid);
      found.hold.release();
      if (await othersHold(found.hold.pipe)) return;
      const until = Date.now() + patience;
      while (Date.now() < until && (await isServing(cluster, found))) await wait(10);
    },
  };
}

/** Not exercised, as the launch there. */
async function stopOnWindows(cluster: Cluster, binaries: Binaries): Promise<void> {
  await run(join(binaries.directory, 'bin', 'pg_ctl'), ['stop', '-D', dataOf(cluster), '-m', 'fast'], null);
}

/** Should both have been killed, nobody would see that the last holder goes. */
async function makeSureOfWatchers(cluster: Cluster, pipe: string, pid: number): Promise<void> {
  const probe = hold(pipe);
  if (probe === 'ending') return;
  (probe === 'unwatched' ? await rewatch(cluster, pipe, pid) : probe).release();
}

/** The watchers see the last holder go at once; the rest is for a machine that is busy. */
async function othersHold(pipe: string): Promise<boolean> {
  for (let waited = 0; waited < 300; waited += 10) {
    if (await isEnding(pipe)) return false;
    await wait(10);
  }
  return true;
}

async function isServing(cluster: Cluster, found: Found): Promise<boolean> {
  if (found.launched) return found.launched.ended() === null;
  const lock = await readLockFile(dataOf(cluster));
  return lock?.pid === found.pid && (await isInUse(dataOf(cluster))) !== false;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
