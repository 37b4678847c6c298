import { errorCode } from '../config/error-code.js';

export interface ErrorFields {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: ErrorFields;
  readonly errors?: readonly ErrorFields[];
}

const deepest = 3;

/**
 * What a log says of an error: nothing else that hangs on it, because libraries hang requests with their headers, statements
 * with their parameters and rows with their names there.
 */
export function errorFields(error: unknown, depth = 0): ErrorFields {
  if (!(error instanceof Error)) return { type: typeof error, message: readable(String(error)) };
  const code = errorCode(error);
  return {
    type: error.name,
    message: readable(error.message),
    ...(code !== null && { code }),
    ...(error.stack !== undefined && { stack: readable(error.stack) }),
    ...(error.cause !== undefined && depth < deepest && { cause: errorFields(error.cause, depth + 1) }),
    ...(error instanceof AggregateError &&
      depth < deepest && { errors: error.errors.slice(0, 10).map((one: unknown) => errorFields(one, depth + 1)) }),
  };
}

/** On a terminal, text from elsewhere must not move the cursor. */
function readable(text: string): string {
  return text.replaceAll(/(?![\n\t])\p{Cc}/gu, '\uFFFD');
}
