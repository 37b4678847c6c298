import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from './problem-of.js';
import { Problem } from './problem.js';
import { sendProblem } from './send-problem.js';

/** Everything that goes wrong leaves as a problem document. What nobody expected is for the log, and not for the caller. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = problemOf(error) ?? this.#unexpected(error, request);
    if (reply.sent || reply.raw.headersSent) {
      // The caller must not take what it has so far for the whole.
      reply.raw.destroy();
      return;
    }
    sendProblem(problem, request.id, reply);
  }

  #unexpected(error: unknown, request: FastifyRequest): Problem {
    this.logger.error('Request failed', {
      request: request.id,
      method: request.method,
      // With its placeholders: what stands for them may be a name.
      route: request.routeOptions?.url,
      // The statement and its values, which the database's library puts beside the stack, stay out.
      error: error instanceof Error ? (error.stack ?? error.message) : typeof error,
    });
    return new Problem(500, 'Something went wrong here; the log has it under the id of this request.');
  }
}
