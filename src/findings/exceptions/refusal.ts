import { Problem, notFound, unprocessable } from '../../http/problem.js';
import type { Refused } from './refused.js';

/** The answer to whoever asked for something that cannot be. */
export function refusal(refused: Refused, what: string): Problem {
  switch (refused.outcome) {
    case 'unknown':
      return notFound(`${what} of this id`);
    case 'forbidden':
      return new Problem(403, refused.message);
    case 'in the way':
      return new Problem(409, refused.message);
    case 'invalid':
      return unprocessable([{ field: refused.field, message: refused.message }]);
  }
}
