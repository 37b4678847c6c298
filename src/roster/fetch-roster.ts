import { open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { RosterConfig } from '../config/configuration.js';
import { errorCode } from '../config/error-code.js';
import { isSecureUrl } from '../config/secure-url.js';
import { DateTime } from 'luxon';
import { download } from './download.js';
import { type Content, digestOf, FileContent, MemoryContent } from './content.js';
import { mostBytesOfAFile } from './limits.js';
import type { Instant } from './person.js';
import { mistakeAt, type RosterMistake } from './roster-source.js';
import { sourceOf } from './sources.js';
import { instantOf } from './working-days.js';

/** The bytes of a roster, and since when they are what HR says: never later than the clock of the run. Whoever has it closes it. */
export interface FetchedRoster {
  readonly content: Content;
  readonly digest: string;
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
  if (!isUrl(config.source)) return openFile(config.source, now, options.pauseMs);
  if (!isSecureUrl(config.source)) {
    return unreachable(
      `the roster at ${nameOf(config.source)} is not asked for; expected https, or http on this machine.`,
    );
  }
  const headers = { accept: sourceOf(config.format).mediaTypes, ...config.headers };
  const answer = await download(config.source, headers, nameOf(config.source), signal, options);
  if (!('body' in answer)) return answer;
  const content = new MemoryContent(answer.body);
  return { content, digest: await digestOf(content), asOf: notAfter(answer.lastModified, now) };
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

/** What is said of a file of which the beginning is one thing and the end another. */
export function changesMeanwhile(path: string): RosterMistake {
  return mistakeAt(null, `${path} changes while it is read; expected a file that is complete.`);
}

/** A file that somebody is writing is waited for. */
async function openFile(path: string, now: Instant, pauseMs: number): Promise<FetchedRoster | Unfetched> {
  for (let attempt = 1; attempt <= 5; attempt++) {
    const opened = await openOnce(path);
    if (!('content' in opened)) return opened;
    const digest = await digestOf(opened.content);
    if (await opened.content.unchanged()) {
      return { content: opened.content, digest, asOf: notAfter(opened.modified, now) };
    }
    await opened.content.close();
    await pause(pauseMs);
  }
  return { unreachable: changesMeanwhile(path) };
}

async function openOnce(path: string): Promise<{ content: FileContent; modified: DateTime } | Unfetched> {
  try {
    const file = await open(path, 'r');
    let given: FileContent | null = null;
    try {
      const first = await file.stat({ bigint: true });
      if (!first.isFile()) return unreachable(`${path} is not a file; expected the path of a roster.`);
      if (first.size > mostBytesOfAFile) {
        return { refused: mistakeAt(null, `${path} has ${first.size} bytes; expected at most ${mostBytesOfAFile}.`) };
      }
      given = new FileContent(file, first);
      return { content: given, modified: DateTime.fromMillis(Number(first.mtimeMs)) };
    } finally {
      if (given === null) await file.close();
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
