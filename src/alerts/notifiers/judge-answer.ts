import type { Attempt } from '../notifier.js';
import type { Posted } from './post.js';

export type Answer = Extract<Posted, { outcome: 'answer' }>;

/** No answer at all. */
export function unanswered({ how, mayHaveArrived }: Extract<Posted, { outcome: 'no answer' }>): Attempt {
  return { outcome: 'retry', afterMs: null, ambiguous: mayHaveArrived, because: `The receiver ${how}.` };
}

/**
 * What a status that is no success asks for. Some say that it is not this message's time (429, 5xx), some that there is no such hook or that
 * nobody may use it (404, 401, a redirect), so that every other message would fare the same; the rest refuse this message.
 * `detail`: a word of ours for the sentence.
 */
export function judgeStatus({ status, retryAfterMs }: Answer, detail: string | null): Attempt {
  const because = `The receiver answered ${status}${detail === null ? '' : ` (${detail})`}`;
  if (isTemporary(status))
    return { outcome: 'retry', afterMs: retryAfterMs, ambiguous: isOfGateway(status), because: `${because}.` };
  if (status < 400) return gone(`${because}, a redirect, which is not followed; expected the final address.`);
  if (ofHook.has(status)) return gone(`${because}.`);
  return { outcome: 'refused', because: `${because}.` };
}

export function gone(because: string): Attempt {
  return { outcome: 'gone', because };
}

const isTemporary = (status: number): boolean => status >= 500 || [408, 425, 429].includes(status);

/** Said by somebody in between: what the receiver made of the request is not known. */
const isOfGateway = (status: number): boolean => status === 502 || status === 504;

/** There is no hook (404, 410), or this address may not (401, 403, 407) or cannot (405) be posted to. */
const ofHook: ReadonlySet<number> = new Set([401, 403, 404, 405, 407, 410]);
