import { open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { RosterConfig } from '../config/configuration.js';
import { errorCode } from '../config/error-code.js';
import { isSecureUrl } from '../config/secure-url.js';
import { DateTime } from 'luxon';
import { download } from './download.js';
import { mostBytesOfAFile } from './limits.js';
import type { Instant } from './person.js';
import { mistakeAt, type RosterMistake } from './roster-source.js';
import { sourceOf } from './sources.js';
import { instantOf } from './working-days.js';

/** The bytes of a roster, and since when they are what HR says: never later than the clock of the run. */
export interface FetchedRoster {
  readonly bytes: Buffer;
  readonly asOf: Instant;
}

/** Nothing came (`unreachable`), or something that is no roster before anybody reads it (`refused`). */
type Unfetched = { readonly unreachable: RosterMistake } | { readonly refused: RosterMistake };

interface FetchOptions {
  /** The first pause before a request is repeated; each further one is twice as long. */
  readonly pauseMs: number;
  readonly timeoutMs: number;
}

const usual: FetchOptions = { pauseMs: 500, timeoutMs: 30_000 };

/** Reads the configured file or URL. `now` is the clock of beliefs; waiting goes by the machine's. */
export async function fetchRoster(
  config: RosterConfig,
  now: Instant,
  signal: AbortSignal,
  options: FetchOptions = usual,
): Promise<FetchedRoster | Unfetched> {
  if (!isUrl(config.source)) return readFile(config.source, now, options.pauseMs);
  if (!isSecureUrl(config.source)) {
    return unreachable(
      `the roster at ${nameOf(config.source)} is not asked for; expected https, or http on this machine.`,
    );
  }
  const headers = { accept: sourceOf(config.format).mediaTypes, ...config.headers };
  const answer = await download(config.source, headers, nameOf(config.source), signal, options);
  if (!('body' in answer)) return answer;
  return { bytes: answer.body, asOf: notAfter(answer.lastModified, now) };
}

/** The source without what may be secret in it: a path as it is, of a URL the host. */
export function nameOf(source: string): string {
  return isUrl(source) ? new URL(source).origin : source;
}

function isUrl(source: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(source) && URL.canParse(source);
}

function notAfter(time: DateTime | null, now: Instant): Instant {
  if (time === null) return now;
  const instant = instantOf(time);
  return instant < now ? instant : now;
}

/** A file that changes while it is read is half of one thing and half of another: it is read again. */
async function readFile(path: string, now: Instant, pauseMs: number): Promise<FetchedRoster | Unfetched> {
  for (let attempt = 1; attempt <= 5; attempt++) {
    const read = await readOnce(path);
    if (!('changed' in read)) {
      return 'bytes' in read ? { bytes: read.bytes, asOf: notAfter(read.modified, now) } : read;
    }
    await pause(pauseMs);
  }
  return unreachable(`${path} changes while it is read; expected a file that is complete.`);
}

async function readOnce(path: string): Promise<{ bytes: Buffer; modified: DateTime } | { changed: true } | Unfetched> {
  try {
    const file = await open(path, 'r');
    try {
      const before = await file.stat();
      if (!before.isFile()) return unreachable(`${path} is not a file; expected the path of a roster.`);
      if (before.size > mostBytesOfAFile) {
        return { refused: mistakeAt(null, `${path} has ${before.size} bytes; expected at most ${mostBytesOfAFile}.`) };
      }
      const bytes = await file.readFile();
      const after = await file.stat();
      if (bytes.length !== after.size || after.mtimeMs !== before.mtimeMs) return { changed: true };
      return { bytes, modified: DateTime.fromMillis(Math.floor(after.mtimeMs)) };
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return unreachable(`${path} does not exist; expected the path of a roster.`);
    if (code === 'EACCES' || code === 'EPERM') return unreachable(`${path} may not be read by this user.`);
    if (code !== null) return unreachable(`${path} cannot be read (${code}).`);
    throw error;
  }
}

function unreachable(message: string): { unreachable: RosterMistake } {
  return { unreachable: mistakeAt(null, message) };
}
