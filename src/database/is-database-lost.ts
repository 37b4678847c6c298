import { QueryFailedError } from 'typeorm';
import { errorCode } from '../config/error-code.js';

/** Of a connection to any server. Docker Hub and the roster's address are asked by code that turns them into verdicts. */
const unreachable: ReadonlySet<string | null> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** What the driver, its pool and our own lock say of a connection without giving it a code. */
const sentences =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|timeout expired$|Client was closed|The database connection that held the lock )/;

/** Whether the server of the database went away, as opposed to one that refuses a statement, which is a fault of ours. */
export function isDatabaseLost(error: unknown): boolean {
  if (error instanceof QueryFailedError)
    return isDatabaseLost(error.driverError) || errorCode(error.driverError) === 'EPIPE';
  // Node gives the error of a host with several addresses an empty message and the reasons beside it.
  if (error instanceof AggregateError && error.errors.some(isDatabaseLost)) return true;
  if (!(error instanceof Error)) return false;
  const code = errorCode(error);
  return unreachable.has(code) || isClassOfLoss(code) || sentences.test(error.message) || isDatabaseLost(error.cause);
}

/** SQLSTATE: connection exceptions, and a server that is stopped, starts, or drops the database. */
function isClassOfLoss(code: string | null): boolean {
  return code !== null && /^(08\w{3}|57P\w{2})$/.test(code);
}
