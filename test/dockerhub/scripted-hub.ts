import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';

export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly at: number;
}

export type Told =
  | { status?: number; json: unknown; headers?: Record<string, string> }
  | { status?: number; bytes: string | Buffer; headers?: Record<string, string> }
  | 'reset'
  | 'hang'
  | 'cut';

export interface ScriptedHub {
  readonly url: string;
  readonly asked: Asked[];
  count(part: string): number;
  stop(): Promise<void>;
}

/** A server for faults that the simulated Docker Hub does not have: `tell` answers each request, `nth` counts those of its path. */
export async function scriptedHub(
  tell: (asked: Asked, nth: number) => Told | Promise<Told>,
  address = '127.0.0.1',
): Promise<ScriptedHub> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const one = await received(request);
      asked.push(one);
      respond(response, await tell(one, asked.filter((other) => other.path === one.path).length));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return {
    url: `http://${address}:${portOf(server)}`,
    asked,
    count: (part) => asked.filter((one) => one.path.includes(part)).length,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A port on which nothing listens. */
export async function deadUrl(): Promise<string> {
  const hub = await scriptedHub(() => 'reset');
  await hub.stop();
  return hub.url;
}

/** A bearer as Docker makes them; its signature is nobody's. */
export function jwt(claims: Record<string, unknown>): string {
  const parts = [{ alg: 'RS256', typ: 'JWT' }, claims].map((one) =>
    Buffer.from(JSON.stringify(one)).toString('base64url'),
  );
  return [...parts, 'c2lnbmF0dXJl'].join('.');
}

export const signedIn: Told = { json: { access_token: jwt({ iat: 1_800_000_000, exp: 1_800_000_600 }) } };

/** Signs everybody in and leaves the rest to `tell`. */
export function afterSignIn(tell: (asked: Asked, nth: number) => Told | Promise<Told>) {
  return (asked: Asked, nth: number) => (asked.path === '/v2/auth/token' ? signedIn : tell(asked, nth));
}

export function emptyPage(): Told {
  return { json: { count: 0, next: null, previous: null, results: [] } };
}

async function received(request: IncomingMessage): Promise<Asked> {
  request.setEncoding('utf8');
  let body = '';
  for await (const part of request) body += String(part);
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body,
    at: Date.now(),
  };
}

function respond(response: ServerResponse, told: Told): void {
  if (told === 'hang') return;
  if (told === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  if (told === 'cut') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
    response.write('{"count":1,', () => response.destroy());
    return;
  }
  const bytes = 'bytes' in told ? told.bytes : JSON.stringify(told.json);
  response.writeHead(told.status ?? 200, { 'content-type': 'application/json', ...told.headers }).end(bytes);
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
