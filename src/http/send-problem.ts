import type { FastifyReply } from 'fastify';
import { describeProblem, problemType } from './describe-problem.js';
import type { Problem } from './problem.js';

export function sendProblem(problem: Problem, requestId: string, reply: FastifyReply): void {
  // Of the answer that did not come about.
  for (const name of ['Content-Disposition', 'Content-Length', 'Link']) reply.removeHeader(name);
  void reply
    .status(problem.getStatus())
    .headers({ ...problem.more.headers })
    .type(problemType)
    .send(JSON.stringify(describeProblem(problem, requestId)));
}
