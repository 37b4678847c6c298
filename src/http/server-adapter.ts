import type { ServerResponse } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { addBodyParsers } from './body-parsers.js';
import { answerClientError } from './client-error.js';
import { problemOf } from './problem-of.js';
import { Problem } from './problem.js';
import { sendProblem } from './send-problem.js';
import { requestIdHeader, requestIdOf } from './request-id.js';
import type { RouteFacts } from './route-facts.js';

export interface AdapterOptions {
  readonly trustedProxies: readonly string[];
  /** Milliseconds that requests at work have to end once the server stops. */
  readonly grace: number;
}

/** Bytes of a body, where the route takes no file. */
const usualBody = 1024 * 1024;

type SecurityHook = Parameters<FastifyAdapter['registerSecurityHook']>[0];

/** Fastify under Nest, with bounds on everything that a caller sends and an orderly end. */
export class ServerAdapter extends FastifyAdapter {
  readonly #working = new Set<ServerResponse>();
  readonly #grace: number;
  #closing = false;
  #frame: SecurityHook | null = null;

  constructor({ trustedProxies, grace }: AdapterOptions) {
    super({
      bodyLimit: usualBody,
      genReqId: requestIdOf,
      // The router refuses some addresses before any hook runs, and without any error handler.
      frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
        this.#frame?.(request, reply.raw);
        sendProblem(problemOf(error) ?? new Problem(500, 'The address cannot be read.'), request.id, reply);
      },
      trustProxy: trustedProxies.length > 0 && [...trustedProxies],
      clientErrorHandler: answerClientError,
      requestTimeout: 120_000,
      // Longer than a load balancer keeps a connection, so that it is never this side that hangs up in between.
      keepAliveTimeout: 75_000,
      http: { headersTimeout: 20_000, connectionsCheckingInterval: 5_000, maxHeaderSize: 16_384 },
      routerOptions: { maxParamLength: 500 },
    });
    this.#grace = grace;
    this.instance.addHook('onRoute', (route) => {
      const { mostBytes }: RouteFacts = route.config ?? {};
      if (mostBytes !== undefined) route.bodyLimit = mostBytes;
    });
    this.instance.addHook('onRequest', (_request, reply, done) => {
      this.#working.add(reply.raw);
      reply.raw.once('close', () => this.#working.delete(reply.raw));
      done();
    });
    addBodyParsers(this.instance);
  }

  /** The one hook that sees every request, also those whose address the router refuses. */
  override registerSecurityHook(hook: SecurityHook): void {
    this.#frame = (request, response) => {
      response.setHeader(requestIdHeader, request.id);
      // Answers name people.
      response.setHeader('Cache-Control', 'no-store');
      const refused = hook(request, response);
      if (refused !== undefined || !this.#closing) return refused;
      response.setHeader('Connection', 'close');
      return new Problem(503, 'The service is stopping.', { headers: { 'Retry-After': '5' } });
    };
    super.registerSecurityHook(this.#frame);
  }

  override beforeClose(): void {
    super.beforeClose();
    this.#closing = true;
  }

  /** Waits for the requests at work, but not for long, and hangs up on everybody else. */
  override async close(): Promise<void> {
    this.#closing = true;
    const until = Date.now() + this.#grace;
    while (this.#working.size > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
    await super.close();
  }
}
