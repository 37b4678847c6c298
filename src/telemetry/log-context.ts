import { AsyncLocalStorage } from 'node:async_hooks';

/** What every line of a piece of work carries, such as `{ run }` or `{ request }`. Ids only. */
export type LogContext = Readonly<Record<string, string>>;

const contexts = new AsyncLocalStorage<LogContext>();

/** Everything that the work logs, however deep and however late, carries these fields beside those that hold already. */
export function withLogContext<Result>(fields: LogContext, work: () => Result): Result {
  return contexts.run({ ...contexts.getStore(), ...fields }, work);
}

/** Work that somebody's request sets off and that goes on by itself, so that it is not taken for part of the request. */
export function withoutLogContext<Result>(work: () => Result): Result {
  return contexts.exit(work);
}

/** The caller's own, to be changed at will. */
export function logContext(): Record<string, string> {
  return { ...contexts.getStore() };
}
