import { setTimeout as pause } from 'node:timers/promises';
import axios, { isAxiosError, type AxiosResponse } from 'axios';
import { DateTime } from 'luxon';
import { errorCode } from '../config/error-code.js';
import { isSecureUrl } from '../config/secure-url.js';
import { mostBytesOfAnAnswer } from './limits.js';
import { mistakeAt, type RosterMistake } from './roster-source.js';

interface Answer {
  readonly body: Buffer;
  readonly lastModified: DateTime | null;
}

type NoAnswer = { readonly unreachable: RosterMistake } | { readonly refused: RosterMistake };

interface Again {
  readonly again: NoAnswer;
  readonly afterMs: number | null;
}

const mostTries = 4;
const mostRedirects = 5;
const longestPauseMs = 10_000;

/**
 * One GET, repeated where the server or the way to it stumbled. Redirects are followed on the same host only, because
 * the headers carry a credential. `name` stands for the URL in sentences: the URL itself may hold a secret.
 */
export async function download(
  url: string,
  headers: Readonly<Record<string, string>>,
  name: string,
  signal: AbortSignal,
  { pauseMs, timeoutMs }: { readonly pauseMs: number; readonly timeoutMs: number },
): Promise<Answer | NoAnswer> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    const result = await follow(url, headers, name, signal, timeoutMs);
    if (!('again' in result)) return result;
    const wait = result.afterMs ?? pauseMs * 2 ** (attempt - 1) * (0.5 + Math.random());
    if (attempt === mostTries || wait > longestPauseMs) return result.again;
    await pause(wait, undefined, { signal });
  }
}

async function follow(
  start: string,
  headers: Readonly<Record<string, string>>,
  name: string,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<Answer | NoAnswer | Again> {
  let url = start;
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    const response = await ask(url, headers, name, signal, timeoutMs);
    if ('again' in response || 'refused' in response || 'unreachable' in response) return response;
    const { status } = response;
    if (status < 300 || status >= 400) return judge(response, name);
    const location: unknown = response.headers['location'];
    const target = typeof location === 'string' && URL.canParse(location, url) ? new URL(location, url) : null;
    if (target === null) return unreachable(`${name} redirects (${status}) to nowhere; expected the roster.`);
    if (target.host !== new URL(url).host || !isSecureUrl(target.href)) {
      return unreachable(
        `${name} redirects (${status}) to ${target.origin}, where the configured headers are not sent; expected the roster's final address in roster.source.`,
      );
    }
    url = target.href;
  }
  return unreachable(`${name} redirects more than ${mostRedirects} times; expected the roster.`);
}

async function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
  name: string,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<AxiosResponse<Buffer> | NoAnswer | Again> {
  const timeout = AbortSignal.timeout(timeoutMs * 4);
  try {
    return await axios.get<Buffer>(url, {
      headers,
      responseType: 'arraybuffer',
      maxRedirects: 0,
      maxContentLength: mostBytesOfAnAnswer,
      timeout: timeoutMs,
      signal: AbortSignal.any([signal, timeout]),
      validateStatus: () => true,
      ...(url.startsWith('http:') ? { proxy: false as const } : {}),
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!isAxiosError(error)) throw error;
    if (error.message.includes('maxContentLength')) {
      const most = mostBytesOfAnAnswer / 1024 / 1024;
      return { refused: mistakeAt(null, `${name} answers with more than ${most} MiB; expected at most that.`) };
    }
    return { again: unreachable(`${name} cannot be reached: ${reasonOf(errorCode(error))}.`), afterMs: null };
  }
}

function judge(response: AxiosResponse<Buffer>, name: string): Answer | NoAnswer | Again {
  const { status } = response;
  if (status === 200)
    return { body: Buffer.from(response.data), lastModified: timeOf(response.headers['last-modified']) };
  if (status === 401 || status === 403) {
    return unreachable(
      `${name} refuses the credential (${status}); expected one that may read the roster, in roster.headers.`,
    );
  }
  if (status === 404)
    return unreachable(`${name} has nothing at the address in roster.source (404); expected the roster.`);
  const answer = unreachable(`${name} answers ${status}; expected 200 and the roster.`);
  if (status !== 429 && status !== 408 && status < 500) return answer;
  const after = Number(response.headers['retry-after']);
  return { again: answer, afterMs: Number.isFinite(after) && after > 0 ? after * 1_000 : null };
}

function timeOf(header: unknown): DateTime | null {
  if (typeof header !== 'string') return null;
  const time = DateTime.fromHTTP(header, { zone: 'utc' });
  return time.isValid ? time : null;
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'the connection is refused'],
  ['ENOTFOUND', 'its name is not known'],
  ['EAI_AGAIN', 'its name is not known'],
  ['ECONNRESET', 'the connection breaks off'],
  ['EPIPE', 'the connection breaks off'],
  ['ERR_BAD_RESPONSE', 'the connection breaks off'],
  ['ECONNABORTED', 'it does not answer in time'],
  ['ETIMEDOUT', 'it does not answer in time'],
  ['ERR_CANCELED', 'it does not answer in time'],
]);

function reasonOf(code: string | null): string {
  return reasons.get(code ?? '') ?? (code === null ? 'the connection fails' : `the connection fails (${code})`);
}

function unreachable(message: string): { unreachable: RosterMistake } {
  return { unreachable: mistakeAt(null, message) };
}
