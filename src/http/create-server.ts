import compress from '@fastify/compress';
import etag from '@fastify/etag';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Doorkeeper } from './doorkeeper.js';
import { serveOpenApi } from './open-api.js';
import { oddQuery } from './odd-values.js';
import { unprocessable } from './problem.js';
import { requestIdHeader } from './request-id.js';
import type { RouteFacts } from './route-facts.js';
import { ServerAdapter } from './server-adapter.js';

export interface ServerOptions {
  /** Asked at every request: pages of exactly these origins may call from a browser. */
  readonly corsOrigins: () => readonly string[];
  /** Addresses or networks whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  readonly logger: LoggerService | false;
  /** Of the product, for the description of the API. */
  readonly version: string;
  /** Milliseconds that requests at work have to end once the server stops. */
  readonly grace?: number;
}

/** Of `module`, which has to import `HttpModule.on(…)`: ready to `listen`, or for `inject` after `init`. */
export async function createServer(
  module: Parameters<typeof NestFactory.create>[0],
  { corsOrigins, trustedProxies, logger, version, grace = 3_000 }: ServerOptions,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(module, new ServerAdapter({ trustedProxies, grace }), {
    logger,
    abortOnError: false,
    bodyParser: false,
    forceCloseConnections: true,
  });
  app.useSecurityHeaders({
    contentSecurityPolicy: {
      useDefaults: false,
      // Without upgrade-insecure-requests, which would ask for the parts of /api/docs over a TLS that is not there.
      directives: {
        'default-src': ["'self'"],
        'script-src': ["'self'"],
        'style-src': ["'self'", "'unsafe-inline'"],
        'img-src': ["'self'", 'data:'],
        'base-uri': ["'none'"],
        'form-action': ["'none'"],
        'frame-ancestors': ["'none'"],
        'object-src': ["'none'"],
      },
    },
    xFrameOptions: { action: 'deny' },
  });
  app.enableCors({
    delegator: (_request, answer) => {
      const origins = corsOrigins();
      answer(null, {
        origin: origins.length > 0 && [...origins],
        methods: ['GET', 'POST', 'DELETE'],
        allowedHeaders: ['Authorization', 'Content-Type', 'If-None-Match', requestIdHeader],
        exposedHeaders: [
          'Content-Disposition',
          'ETag',
          'Link',
          'Location',
          'Retry-After',
          'WWW-Authenticate',
          requestIdHeader,
        ],
        maxAge: 600,
      });
    },
  });
  const server = app.getHttpAdapter().getInstance();
  // Before tags are compared: only what was asked for can be known already, and not that it was refused or has failed.
  server.addHook('onSend', (request, reply, _, done) => {
    if (reply.statusCode !== 200) delete request.headers['if-none-match'];
    done();
  });
  // Weak, and of the body before it is packed: what has not changed is not sent again, however it would be packed.
  await app.register(etag, { weak: true });
  // What callers send is not unpacked: a few bytes could be gigabytes.
  await app.register(compress, { encodings: ['br', 'gzip'], globalDecompression: false });
  const doorkeeper = app.get(Doorkeeper);
  // Before a body is read: nobody is given 50 MiB of memory who has not said who they are.
  server.addHook('onRequest', async (request) => {
    const { allowed }: RouteFacts = request.routeOptions.config;
    if (allowed !== undefined) await doorkeeper.admit(request, allowed);
    const odd = oddQuery(Object(request.query));
    if (odd.length > 0) throw unprocessable(odd);
    // What was done is told in full; only what is read can be known already.
    if (request.method !== 'GET') delete request.headers['if-none-match'];
  });
  serveOpenApi(app, version);
  return app;
}
