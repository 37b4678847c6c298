import { HttpException } from '@nestjs/common';
import { errorCode } from '../config/error-code.js';
import { isDatabaseLost } from '../database/is-database-lost.js';
import { Problem } from './problem.js';

/** Of what Fastify and the database refuse by themselves. Their own words may repeat what they were sent. */
const refusals: Readonly<Record<string, Problem>> = {
  FST_ERR_BAD_URL: new Problem(400, 'The address is malformed; expected %XX escapes that form UTF-8.'),
  FST_ERR_MAX_PARAM_LENGTH: new Problem(414, 'A part of the address is longer than anything that is known here.'),
  FST_ERR_CTP_BODY_TOO_LARGE: new Problem(
    413,
    'The body is larger than what is taken here: 1 MiB, where /api/openapi.json does not say otherwise.',
  ),
  // PostgreSQL's, of a statement that took longer than callers may keep it.
  57014: new Problem(503, 'The database took too long for this; ask for less, or try again.', {
    headers: { 'Retry-After': '5' },
  }),
  // Of a lock that somebody has had for longer than callers wait for it.
  '55P03': new Problem(
    503,
    'An evaluation is being recorded, or somebody else decides the same; try again in a moment.',
    {
      headers: { 'Retry-After': '5' },
    },
  ),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: new Problem(400, 'The body is not as long as Content-Length says.'),
};

const byStatus: Readonly<Record<number, string>> = {
  400: 'The request cannot be understood.',
  403: 'This is closed to everybody.',
  404: 'There is nothing at this address; what there is, /api/openapi.json describes.',
  413: 'The body is larger than what is taken here: 1 MiB, where /api/openapi.json does not say otherwise.',
  415: 'The body has a type that is not understood here; say `Content-Type: application/json` of JSON.',
  503: 'The service cannot answer now; try again.',
};

/** The answer to whatever was thrown while a request was answered; null: nobody expected it, and it says nothing to a caller. */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof Problem) return error;
  if (isDatabaseLost(error))
    return new Problem(503, 'The database cannot be reached at the moment; try again.', {
      headers: { 'Retry-After': '5' },
    });
  const refusal = refusals[errorCode(error) ?? ''] ?? refusals[errorCode(causeOf(error)) ?? ''];
  if (refusal !== undefined) return refusal;
  const status = statusOf(error);
  return status === null ? null : new Problem(status, byStatus[status] ?? 'The request cannot be answered.');
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

/** Of an error that blames the caller, of Nest, Fastify or one of its plugins. */
function statusOf(error: unknown): number | null {
  const status: unknown =
    error instanceof HttpException
      ? error.getStatus()
      : error instanceof Error && 'statusCode' in error
        ? error.statusCode
        : null;
  if (typeof status !== 'number' || !Number.isInteger(status)) return null;
  return (status >= 400 && status < 500) || status === 503 ? status : null;
}
