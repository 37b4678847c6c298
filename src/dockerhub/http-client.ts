import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { AxiosAdapter, AxiosInstance, AxiosResponse } from 'axios';
import { create, getAdapter } from 'axios';
import type { Endpoint } from './endpoint.js';
import { aborted } from './run-clock.js';

/** What came back, in values of our own: the errors of the HTTP library carry headers, and with them secrets. */
export type Sent =
  | { readonly outcome: 'answer'; readonly status: number; readonly headers: AnswerHeaders; readonly body: Body }
  /** `how` is a clause for a sentence. */
  | { readonly outcome: 'broken'; readonly how: string }
  | { readonly outcome: 'too large' };
export type AnswerHeaders = Readonly<Record<string, string | undefined>>;
export type Body = { readonly json: unknown } | 'empty' | 'not JSON';

export interface SendLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

export const mostBodyBytes = 64 * 1024 * 1024;
const signInPath = '/v2/auth/token';

/**
 * Lets nothing through but GET without a body, and POST to `signIn`. It stands where the request leaves, below everything
 * that could change its method, so that a process that holds an owner's login still cannot change anything.
 */
export function readingOnly(send: AxiosAdapter, signIn: string | null): AxiosAdapter {
  return async (config) => {
    const method = (config.method ?? 'get').toUpperCase();
    const isReading = method === 'GET' && config.data === undefined;
    const isSignIn = method === 'POST' && config.url === signIn && !config.baseURL && !config.params;
    if (isReading || isSignIn) return await send(config);
    throw new Error(`Docker Hub is only read: ${method} is not sent.`);
  };
}

/** Speaks to one endpoint. Follows no redirect, and never rejects but with an AbortError. */
export class HttpClient {
  readonly #client: AxiosInstance;
  readonly #agents: readonly [HttpAgent, HttpsAgent];
  readonly #onRequest: () => void;
  readonly #mostBodyBytes: number;

  constructor(
    readonly endpoint: Endpoint,
    settings: { readonly onRequest: () => void; readonly mostBodyBytes: number },
  ) {
    this.#onRequest = settings.onRequest;
    this.#mostBodyBytes = settings.mostBodyBytes;
    this.#agents = [new HttpAgent({ keepAlive: true }), new HttpsAgent({ keepAlive: true })];
    this.#client = create({
      adapter: readingOnly(getAdapter('http'), endpoint.below(signInPath)?.href ?? null),
      httpAgent: this.#agents[0],
      httpsAgent: this.#agents[1],
      // Plain http goes to this machine alone, and a proxy would be shown the bearer; https is tunnelled through one.
      ...(endpoint.isLoopback ? { proxy: false as const } : {}),
      maxRedirects: 0,
      maxContentLength: settings.mostBodyBytes,
      responseType: 'arraybuffer',
      transformResponse: [(data: unknown) => data],
      validateStatus: () => true,
      headers: { accept: 'application/json, application/scim+json', 'user-agent': 'hubwarden' },
    });
  }

  /** An address outside the endpoint is not asked. */
  async get(url: URL, authorization: string, limits: SendLimits): Promise<Sent> {
    const inside = this.endpoint.holds(url.href);
    if (!inside) return { outcome: 'broken', how: 'the address lies outside the configured one' };
    return await this.#send({ method: 'get', url: inside.href, headers: { authorization } }, limits);
  }

  async signIn(credential: { identifier: string; secret: string }, limits: SendLimits): Promise<Sent> {
    const url = this.endpoint.below(signInPath);
    if (!url) return { outcome: 'broken', how: 'the address lies outside the configured one' };
    return await this.#send({ method: 'post', url: url.href, data: credential }, limits);
  }

  close(): void {
    for (const agent of this.#agents) agent.destroy();
  }

  async #send(
    request: { method: 'get' | 'post'; url: string; headers?: Record<string, string>; data?: object },
    limits: SendLimits,
  ): Promise<Sent> {
    if (!this.endpoint.isSafe) return { outcome: 'broken', how: 'the address is not https' };
    if (limits.signal?.aborted) throw aborted();
    const stop = new AbortController();
    const giveUp = () => stop.abort();
    // The library's own time-out does not end a body that trickles.
    const timer = setTimeout(giveUp, Math.max(limits.timeoutMs, 1));
    limits.signal?.addEventListener('abort', giveUp, { once: true });
    this.#onRequest();
    try {
      return answerOf(await this.#client.request<Buffer>({ ...request, signal: stop.signal }));
    } catch (error) {
      if (limits.signal?.aborted) throw aborted();
      if (stop.signal.aborted) return { outcome: 'broken', how: 'it did not answer in time' };
      if (isTooLarge(error, this.#mostBodyBytes)) return { outcome: 'too large' };
      return { outcome: 'broken', how: breakage(error) };
    } finally {
      clearTimeout(timer);
      limits.signal?.removeEventListener('abort', giveUp);
    }
  }
}

function answerOf(response: AxiosResponse<Buffer>): Sent {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (typeof value === 'string') headers[name.toLowerCase()] = value;
  }
  return { outcome: 'answer', status: response.status, headers, body: bodyOf(response.data) };
}

function bodyOf(bytes: Buffer): Body {
  if (bytes.length === 0) return 'empty';
  try {
    return { json: JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, '')) };
  } catch {
    return 'not JSON';
  }
}

function isTooLarge(error: unknown, most: number): boolean {
  return error instanceof Error && error.message.includes(`maxContentLength size of ${most}`);
}

/** Only the code of the error is looked at: its text and its fields can hold what was sent. */
function breakage(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const known = breakages.find(([pattern]) => pattern.test(code))?.[1] ?? 'the connection failed';
  return /^[A-Z][A-Z0-9_]{2,40}$/.test(code) ? `${known} (${code})` : known;
}

const breakages: readonly (readonly [RegExp, string])[] = [
  [/^ECONNREFUSED$/, 'the connection was refused'],
  [/^(ECONNRESET|EPIPE|ECONNABORTED)$/, 'the connection was reset'],
  [/^(ENOTFOUND|EAI_\w+)$/, 'the name of the host could not be resolved'],
  [/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/, 'the host could not be reached'],
  [/CERT|TLS|SSL|SIGNATURE|ISSUER/, 'its certificate could not be trusted'],
  [/^(ERR_BAD_RESPONSE|Z_\w+|HPE_\w+)$/, 'the answer was cut off or garbled'],
];
