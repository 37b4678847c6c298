import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer, HubRequest } from './answers.js';
import { rateLimited, refusal } from './answers.js';
import { beginAuditLog } from './audit-log.js';
import { budgetOf } from './caller.js';
import type { Fault } from './faults.js';
import { FaultBook, matches, tamper } from './faults.js';
import { RateWindows } from './rate-window.js';
import { hubRoute } from './routes.js';
import { SignInDesk } from './sign-in.js';
import type { RecordedRequest } from './simulator-routes.js';
import { simulatorRoute } from './simulator-routes.js';
import type { HubWorld } from './world.js';

/** All can be changed while it runs, through `RunningHub.options`. */
export interface HubOptions {
  /** 0, the default: a free one. Only read at the start. */
  port?: number;
  /** Life of a bearer, 600 s by default; `exp` stands on the whole second after it. */
  tokenLifeSeconds?: number;
  /** Requests of one credential in one window; 60 000 by default. */
  rateLimit?: number;
  /** A minute by default; shorter so that a test need not wait for one. */
  rateWindowMs?: number;
  /** `X-Retry-After` with the Unix time instead of `Retry-After` with seconds. */
  legacyRetryAfter?: boolean;
  /** Whether bearers from personal tokens read organization routes (sources disagree); false by default. */
  patOnOrganizationRoutes?: boolean;
  /** How many wrong secrets lock an identifier, and for how long; 5 and ten minutes by default. */
  lockOut?: { after: number; forMs: number };
  /** Every answer comes so much later, in milliseconds. */
  latencyMs?: number;
  /** Rows that a page holds at most, whatever is asked for; 100 by default. */
  largestPage?: number;
}

export interface RunningHub {
  /** Without a slash at its end. */
  readonly url: string;
  readonly world: HubWorld;
  readonly options: Required<HubOptions>;
  /** In order of arrival; neither headers nor bodies. */
  readonly requests: RecordedRequest[];
  readonly faults: Fault[];
  /** Requests whose path with query matches; all of them without a pattern. */
  count(pattern?: string | RegExp): number;
  /** Every bearer issued so far is refused from now on. */
  expireTokens(): void;
  /** Ends open connections too. */
  stop(): Promise<void>;
}

/** A Docker Hub on a free port of the loopback interface. */
export async function startHub(world: HubWorld, options: HubOptions = {}): Promise<RunningHub> {
  const settings: Required<HubOptions> = {
    port: 0,
    tokenLifeSeconds: 600,
    rateLimit: 60_000,
    rateWindowMs: 60_000,
    legacyRetryAfter: false,
    patOnOrganizationRoutes: false,
    lockOut: { after: 5, forMs: 600_000 },
    latencyMs: 0,
    largestPage: 100,
    ...options,
  };
  for (const organization of world.organizations) beginAuditLog(organization);
  const hub = new SimulatedHub(world, settings);
  const server = createServer((request, response) => void hub.handle(request, response));
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, '127.0.0.1', resolve);
  });
  const address = server.address();
  hub.url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : settings.port}`;
  return {
    url: hub.url,
    world,
    options: settings,
    requests: hub.requests,
    faults: hub.faults,
    count: (pattern) =>
      pattern ? hub.requests.filter((one) => matches(pattern, one.path)).length : hub.requests.length,
    expireTokens: () => hub.desk.expireAll(),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

class SimulatedHub {
  url = '';
  readonly requests: RecordedRequest[] = [];
  readonly faults: Fault[] = [];
  readonly desk: SignInDesk;
  readonly #book = new FaultBook();
  readonly #windows = new RateWindows();

  constructor(
    readonly world: HubWorld,
    private readonly settings: Required<HubOptions>,
  ) {
    this.desk = new SignInDesk(world, () => settings);
  }

  async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const path = incoming.url ?? '/';
      const method = incoming.method ?? 'GET';
      if (path.startsWith('/simulator/')) {
        send(response, simulatorRoute(this, method, path, await readBody(incoming)));
        return;
      }
      const entry: RecordedRequest = { method, path, status: 0, at: Date.now() };
      this.requests.push(entry);
      const body = await readBody(incoming);
      const { fault, delayMs } = this.#book.strike(this.faults, path);
      const pause = this.settings.latencyMs + delayMs;
      if (pause > 0) await wait(pause);
      if (fault?.answer === 'hang') return;
      if (fault?.answer === 'reset') {
        incoming.socket.resetAndDestroy();
        return;
      }
      const answer = await this.#answer(method, path, incoming.headers.authorization, body, fault);
      entry.status = answer.status;
      send(response, answer, fault);
    } catch (error) {
      // What a test sent could not be worked on: say so, instead of looking like a fault.
      if (response.headersSent) response.destroy();
      else send(response, refusal(500, `the simulator failed: ${String(error)}`));
    }
  }

  async #answer(
    method: string,
    path: string,
    authorization: string | undefined,
    body: unknown,
    fault: Fault | null,
  ): Promise<Answer> {
    const url = new URL(path, this.url);
    const bearer = /^(?:Bearer|JWT) (.+)$/i.exec(authorization ?? '')?.[1]?.trim() ?? null;
    const caller = this.desk.caller(bearer);
    const { rateLimit, rateWindowMs } = this.settings;
    const { headers, retryAfterMs } = this.#windows.take(budgetOf(caller, bearer), rateLimit, rateWindowMs);
    if (retryAfterMs !== null) return rateLimited({ ...headers, ...this.#retry(retryAfterMs) });
    const forced = fault && forcedAnswer(fault);
    if (forced) return { ...forced, headers: { ...headers, ...forced.headers } };
    const request: HubRequest = {
      world: this.world,
      patOnOrganizationRoutes: this.settings.patOnOrganizationRoutes,
      base: this.url,
      path: url.pathname,
      segments: url.pathname.split('/').filter(Boolean).slice(1).map(decoded),
      query: url.searchParams,
      caller,
      bearer,
      drift: fault?.answer === 'repeat ids',
      largestPage: this.settings.largestPage,
    };
    const answer = await hubRoute(method, request, body, this.desk);
    const bent = fault && answer.status === 200 ? tamper(answer.body, fault, url.href) : answer.body;
    return { ...answer, body: bent, headers: { ...headers, ...answer.headers } };
  }

  #retry(ms: number): Record<string, string> {
    return this.settings.legacyRetryAfter
      ? { 'x-retry-after': String(Math.ceil((Date.now() + ms) / 1000)) }
      : { 'retry-after': String(Math.max(1, Math.ceil(ms / 1000))) };
  }
}

function forcedAnswer({ answer }: Fault): Answer | null {
  if (typeof answer === 'number') return forcedAnswer({ on: '', answer: { status: answer } });
  if (typeof answer !== 'object' || !('status' in answer)) return null;
  const headers = {
    ...(answer.retryAt === undefined ? {} : { 'x-retry-after': String(answer.retryAt) }),
    ...(answer.retryAfter === undefined ? {} : { 'retry-after': String(answer.retryAfter) }),
  };
  const hint = answer.status === 429 && Object.keys(headers).length === 0 ? { 'retry-after': '1' } : headers;
  const usual = answer.status === 429 ? rateLimited(hint) : { ...refusal(answer.status), headers: hint };
  return 'body' in answer ? { ...usual, body: answer.body } : usual;
}

function send(response: ServerResponse, answer: Answer, fault: Fault | null = null): void {
  if (fault?.answer === 'empty') {
    response.writeHead(200, { ...answer.headers, 'content-type': 'application/json', 'content-length': 0 }).end();
    return;
  }
  const html = fault?.answer === 'html';
  const text = html ? maintenancePage : JSON.stringify(answer.body);
  const bytes = Buffer.from(text ?? '');
  response.writeHead(html ? 200 : answer.status, {
    ...answer.headers,
    'content-type': html ? 'text/html; charset=utf-8' : (answer.type ?? 'application/json'),
    'content-length': bytes.length,
  });
  if (fault?.answer !== 'cut body') {
    response.end(bytes);
    return;
  }
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
}

const maintenancePage = '<!doctype html><html><head><title>Maintenance</title></head><body>Back soon.</body></html>';

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The JSON of the body; undefined where there is none, or none that can be read. */
async function readBody(incoming: IncomingMessage): Promise<unknown> {
  try {
    return await json(incoming);
  } catch {
    return undefined;
  }
}
