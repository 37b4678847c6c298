import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { Agent as HttpsAgent, request as secureRequest } from 'node:https';
import { Readable } from 'node:stream';
import { create } from 'axios';
import { errorCode } from '../../config/error-code.js';

/** What came of one POST, in values of our own: errors of the HTTP library hold the address, which is a secret. */
export type Posted =
  /** `body`: its beginning; null where it broke off. */
  | {
      readonly outcome: 'answer';
      readonly status: number;
      readonly retryAfterMs: number | null;
      readonly body: string | null;
    }
  /** `mayHaveArrived`: the request was on its way when the connection ended. `how` completes "The receiver …". */
  | { readonly outcome: 'no answer'; readonly mayHaveArrived: boolean; readonly how: string };

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const mostBodyBytes = 4_096;
const longestRetryAfterMs = 3_600_000;

/**
 * One POST of JSON without redirects, `limitMs` for all of it. Never rejects: also a broken-off signal is an outcome. A
 * status is an answer, whatever becomes of the body after it.
 */
export async function post({ url, headers, body }: Post, signal: AbortSignal, limitMs = 10_000): Promise<Posted> {
  if (signal.aborted) return { outcome: 'no answer', mayHaveArrived: false, how: 'was not asked any more' };
  const stop = new AbortController();
  const giveUp = (): void => stop.abort();
  // The library's own time-out does not end a body that trickles.
  const timer = setTimeout(giveUp, limitMs);
  signal.addEventListener('abort', giveUp, { once: true });
  const agents = [new HttpAgent(), new HttpsAgent()] as const;
  const way = { isOpen: false };
  try {
    const response = await create().request<Readable>({
      method: 'post',
      url,
      data: Buffer.from(body),
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'hubwarden', ...headers },
      responseType: 'stream',
      maxRedirects: 0,
      validateStatus: () => true,
      transformRequest: [(data: unknown) => data],
      // A connection of its own: one that was kept can be closed by the receiver at the very moment in which it is used again.
      httpAgent: agents[0],
      httpsAgent: agents[1],
      transport: watched(way),
      signal: stop.signal,
      // Plain http goes to this machine alone; https is tunnelled through a proxy where there is one.
      ...(url.startsWith('http:') ? { proxy: false as const } : {}),
    });
    const text = await beginningOf(response.data, stop.signal);
    return {
      outcome: 'answer',
      status: response.status,
      retryAfterMs: retryAfterMs(response.headers['retry-after'], response.headers['date'], Date.now()),
      body: text,
    };
  } catch (error) {
    const how = signal.aborted
      ? 'had not answered when the sending was broken off'
      : stop.signal.aborted
        ? 'did not answer in time'
        : breakage(errorCode(error));
    return { outcome: 'no answer', mayHaveArrived: way.isOpen, how };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
    for (const agent of agents) agent.destroy();
  }
}

/**
 * Node's own requests, that tell when the way to the receiver is open: before that nothing can have arrived, after it
 * everything may have.
 */
function watched(way: { isOpen: boolean }): {
  request: (options: RequestOptions, onResponse: (response: IncomingMessage) => void) => ClientRequest;
} {
  return {
    request: (options, onResponse) => {
      const isSecure = options.protocol === 'https:';
      const sent = (isSecure ? secureRequest : request)(options, onResponse);
      sent.once('socket', (socket) => socket.once(isSecure ? 'secureConnect' : 'connect', () => (way.isOpen = true)));
      return sent;
    },
  };
}

/** The body up to a limit. Null where it breaks off before: the status has said what matters. */
async function beginningOf(stream: Readable, signal: AbortSignal): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  const giveUp = (): void => void stream.destroy();
  signal.addEventListener('abort', giveUp, { once: true });
  stream.on('error', () => undefined);
  try {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk);
      chunks.push(bytes);
      length += bytes.length;
      if (length >= mostBodyBytes) break;
    }
    return signal.aborted ? null : Buffer.concat(chunks).subarray(0, mostBodyBytes).toString('utf8');
  } catch {
    return null;
  } finally {
    signal.removeEventListener('abort', giveUp);
    stream.destroy();
  }
}

/** `Retry-After` in seconds or as a date, which is read by the receiver's clock; at most an hour. Null: it does not say. */
export function retryAfterMs(header: unknown, date: unknown, now: number): number | null {
  if (typeof header !== 'string' || header.trim() === '') return null;
  const seconds = Number(header);
  const sent = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  const wait = Number.isNaN(seconds) ? Date.parse(header) - (Number.isNaN(sent) ? now : sent) : seconds * 1_000;
  return Number.isNaN(wait) ? null : Math.min(Math.max(wait, 0), longestRetryAfterMs);
}

function breakage(code: string | null): string {
  return breakages.find(([pattern]) => pattern.test(code ?? ''))?.[1] ?? 'could not be reached: the connection failed';
}

const breakages: readonly (readonly [RegExp, string])[] = [
  [/^ECONNREFUSED$/, 'refused the connection'],
  [/^(ECONNRESET|EPIPE|ECONNABORTED)$/, 'closed the connection without an answer'],
  [/^(ENOTFOUND|EAI_\w+)$/, 'could not be reached: the name of the host is not known'],
  [/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/, 'could not be reached: there is no way to the host'],
  [/CERT|TLS|SSL|SIGNATURE|ISSUER/, 'could not be trusted: its certificate is not valid here'],
  [/^EPROTO$/, 'could not be reached: it does not speak TLS'],
  [/^(ERR_BAD_RESPONSE|Z_\w+|HPE_\w+)$/, 'sent an answer that cannot be read'],
];
