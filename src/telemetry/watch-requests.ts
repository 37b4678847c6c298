import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CalledRequest } from '../http/allow.js';
import { withLogContext } from './log-context.js';
import type { Metrics } from './metrics.js';
import type { ServiceLog } from './service-log.js';

/** Asked every few seconds by machines. */
const probes = /^\/(health|metrics)(\/|$)/;

/**
 * One line and one observation for each request: the pattern of the route, never the path or the query with what was searched
 * for; the id of the caller's token, never the token. Everything that is logged on the way carries the request's id. To be
 * called before the routes are registered.
 */
export function watchRequests(server: FastifyInstance, log: ServiceLog, metrics: Metrics): void {
  const inContext = (request: FastifyRequest, _: FastifyReply, next: () => void): void =>
    withLogContext({ request: request.id }, next);
  server.addHook('onRequest', inContext);
  // The body arrives in events of the connection, which belong to no request.
  server.addHook('preValidation', inContext);
  server.addHook('onResponse', (request: FastifyRequest & CalledRequest, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    const milliseconds = reply.elapsedTime;
    const isStream = String(reply.getHeader('content-type')).startsWith('text/event-stream');
    if (!isStream) metrics.onAnswered(methodOf(request), route, reply.statusCode, milliseconds / 1000);
    const fields = {
      request: request.id,
      method: request.method,
      route,
      status: reply.statusCode,
      ms: Math.round(milliseconds),
      ...(request.caller !== undefined && { token: request.caller.tokenId }),
    };
    if (probes.test(route)) log.debug('Answered', fields, 'HTTP');
    else log.log('Answered', fields, 'HTTP');
    done();
  });
}

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

function methodOf({ method }: FastifyRequest): string {
  return methods.has(method) ? method : 'other';
}
