import { RouteConfig } from '@nestjs/platform-fastify';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { Role } from './roles.js';

/** The roles that may call a route, or that nobody needs a token for it. */
export type Allowed = readonly Role[] | 'anyone';

/** What the server has to know of a route before it reads a body. */
export interface RouteFacts {
  readonly allowed?: Allowed;
  /** Of a route that takes a file: the bytes that it takes, which come as a Buffer whatever their type. */
  readonly mostBytes?: number;
}

declare module 'fastify' {
  interface FastifyContextConfig extends RouteFacts {}
}

/** Adds to what the other decorators of the handler said. */
export function routeFacts(facts: RouteFacts): MethodDecorator {
  return (target, key, descriptor) => {
    const known: unknown = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, Object(descriptor.value));
    RouteConfig({ ...Object(known), ...facts })(target, key, descriptor);
  };
}
