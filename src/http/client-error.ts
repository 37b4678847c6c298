import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { errorCode } from '../config/error-code.js';
import { describeProblem, problemType } from './describe-problem.js';
import { Problem } from './problem.js';
import { requestIdHeader } from './request-id.js';

/** Answers what is no HTTP request: there is no request object, only a connection that says something odd, or nothing. */
export function answerClientError(error: Error, socket: Socket): void {
  const code = errorCode(error);
  if (code === 'ECONNRESET' || socket.destroyed) return;
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const problem = problemOf(code);
  const id = randomUUID();
  const body = JSON.stringify(describeProblem(problem, id));
  const status = problem.getStatus();
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `Content-Type: ${problemType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `${requestIdHeader}: ${id}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

function problemOf(code: string | null): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') return new Problem(431, 'The address and the headers are longer than 16 KiB.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem(408, 'The request did not come to its end in time.');
  return new Problem(400, 'This is not a request that HTTP knows.');
}
