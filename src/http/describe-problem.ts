import { STATUS_CODES } from 'node:http';
import type { Problem, ProblemDetails } from './problem.js';

export const problemType = 'application/problem+json';

export function describeProblem(problem: Problem, requestId: string): ProblemDetails {
  const { errors } = problem.more;
  return {
    type: 'about:blank',
    title: STATUS_CODES[problem.getStatus()] ?? 'Problem',
    status: problem.getStatus(),
    detail: problem.detail,
    instance: `urn:hubwarden:request:${requestId}`,
    ...(errors === undefined ? {} : { errors }),
  };
}
