import type { FastifyInstance, FastifyRequest } from 'fastify';
import { oddValues } from './odd-values.js';
import { Problem, unprocessable } from './problem.js';
import type { RouteFacts } from './route-facts.js';
import { fileTypes } from './takes-file.js';

/** JSON for every route, a Buffer for those that take a file, and nothing else for anybody. */
export function addBodyParsers(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  for (const type of fileTypes)
    server.addContentTypeParser(type, { parseAs: 'buffer' }, (request, body, done) => {
      try {
        done(null, read(request, type, Buffer.from(body)));
      } catch (error) {
        done(error instanceof Error ? error : new Error('The body cannot be read.'));
      }
    });
}

function read(request: FastifyRequest, type: string, body: Buffer): unknown {
  const { mostBytes }: RouteFacts = request.routeOptions.config;
  if (mostBytes !== undefined) return body;
  if (type !== 'application/json')
    throw new Problem(415, 'The body has a type that is not understood here; expected application/json.');
  // Some clients announce JSON with every request.
  return body.length === 0 ? undefined : readJson(body);
}

function readJson(body: Buffer): unknown {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    // What the parser says of a mistake repeats the text around it.
    throw new Problem(400, 'The body is not JSON in UTF-8.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw unprocessable([{ field: 'body', message: 'is not an object' }]);
  const odd = oddValues(value);
  if (odd.length > 0) throw unprocessable(odd);
  return value;
}
