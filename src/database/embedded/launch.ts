import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { chown, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { spawnOptions } from './account.js';
import type { Binaries } from './binaries.js';
import { dataOf, lastLine, type Cluster } from './create-cluster.js';
import { openBothEnds, type Hold } from './holders.js';

/** A server process that we started. It may still be on its way up, or find that another one was faster. */
export interface Launched {
  readonly pid: number;
  /** Null on Windows, which has no named pipes of this kind. */
  readonly hold: Hold | null;
  /** Null while it runs. */
  ended(): Ended | null;
  /** What the process itself wrote last, for a message. */
  complaint(): Promise<string>;
}

export interface Ended {
  /** Somebody killed it, or the system did because memory was short. */
  readonly bySignal: boolean;
}

/**
 * A watcher waits until nobody holds the pipe, takes the pipe away so that nobody else can, lets whoever slipped in
 * between finish, and then stops the server. It does so only while the server's lock file names the process that it was
 * started for, because the number of a dead process is used again; the file may appear a moment later than the process.
 * It is pure shell, with nothing of its own that could be killed, and deaf to polite signals; and there are two.
 */
const watch = `
watch() {
  trap '' HUP INT QUIT TERM
  while read -r _; do :; done
  rm -f "$2"
  while read -r _; do :; done
  n=0
  while [ $n -lt 300 ] && kill -0 "$1" 2>/dev/null; do
    pid=
    [ -r "$3/postmaster.pid" ] && read -r pid <"$3/postmaster.pid"
    if [ "$pid" = "$1" ]; then kill -INT "$1"; return; fi
    n=$((n + 1)); sleep 0.1
  done
}
exec 3<&0
`;

// Each watcher's parent ends at once: the server must not find children that it did not start.
const startWatchers = (pid: string): string => `(watch "${pid}" "$1" "$2" <&3 >/dev/null 2>&1 &)\n`.repeat(2);

const launchScript = `${watch}${startWatchers('$$')}shift 2\nexec 3<&-\nexec "$@" </dev/null`;
const rewatchScript = `${watch}${startWatchers('$3')}`;

/** Starts a server in a session of its own: Ctrl-C reaches this process, not the server. */
export async function launch(
  cluster: Cluster,
  binaries: Binaries,
  pipe: string,
  settings: Readonly<Record<string, string | number>>,
): Promise<Launched> {
  const log = join(cluster.root, 'server.log');
  const logEnd = await openLog(cluster, log);
  const command = [
    join(binaries.directory, 'bin', 'postgres'),
    '-D',
    dataOf(cluster),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const written = (await stat(log)).size;
  const { child, hold } =
    process.platform === 'win32' ? launchOnWindows(command, logEnd) : launchWatched(cluster, command, pipe, logEnd);
  closeSync(logEnd);
  let ended: Ended | null = null;
  let failure = '';
  child.once('error', (error) => {
    failure = error.message;
    ended = { bySignal: false };
  });
  child.once('exit', (_, signal) => {
    if (signal) failure = `it was ended by ${signal}`;
    ended = { bySignal: signal !== null };
  });
  child.unref();
  return {
    pid: child.pid ?? 0,
    hold,
    ended: () => ended,
    complaint: async () => {
      const text = (await readFile(log)).subarray(written).toString('utf8');
      // Others may be writing to the same file; lines without a number are from before the server knew its own.
      const own = text.split('\n').filter((line) => !/ \[\d+\] /.test(line) || line.includes(` [${child.pid}] `));
      return failure || lastLine(own.filter((line) => /FATAL|PANIC/.test(line)).at(-1) ?? own.join('\n'));
    },
  };
}

function launchWatched(
  cluster: Cluster,
  command: readonly string[],
  pipe: string,
  logEnd: number,
): { child: ChildProcess; hold: Hold } {
  const { hold, readingEnd } = openBothEnds(pipe);
  const child = spawn('sh', ['-c', launchScript, 'sh', pipe, dataOf(cluster), ...command], {
    ...spawnOptions(cluster.account),
    detached: true,
    stdio: [readingEnd, logEnd, logEnd],
  });
  closeSync(readingEnd);
  return { child, hold };
}

/** Not exercised: no Windows was at hand. The server is stopped by whoever started it, and survives a kill of that process. */
function launchOnWindows(command: readonly string[], logEnd: number): { child: ChildProcess; hold: null } {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    ...spawnOptions(null),
    detached: true,
    windowsHide: true,
    stdio: ['ignore', logEnd, logEnd],
  });
  return { child, hold: null };
}

/** Gives a server new watchers on the pipe that its remaining holders, if any, still hold. */
export async function rewatch(cluster: Cluster, pipe: string, pid: number): Promise<Hold> {
  const { hold, readingEnd } = openBothEnds(pipe);
  const child = spawn('sh', ['-c', rewatchScript, 'sh', pipe, dataOf(cluster), String(pid)], {
    ...spawnOptions(cluster.account),
    detached: true,
    stdio: [readingEnd, 'ignore', 'ignore'],
  });
  closeSync(readingEnd);
  await once(child, 'exit');
  return hold;
}

async function openLog(cluster: Cluster, log: string): Promise<number> {
  const size = await stat(log).then(
    (found) => found.size,
    () => 0,
  );
  if (size > 5_000_000) await rename(log, `${log}.old`);
  const end = openSync(log, 'a', 0o600);
  if (cluster.account) await chown(log, cluster.account.uid, cluster.account.gid);
  return end;
}
