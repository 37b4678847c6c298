import type { Body, Sent } from './http-client.js';
import type { HostHealth } from './host-health.js';
import type { RateBudget } from './rate-budget.js';
import { retryAfterMs } from './retry-after.js';
import type { RunClock } from './run-clock.js';
import type { Refused } from './sentences.js';
import { failed, seconds } from './sentences.js';

/** How long one request is insisted on. */
export interface Patience {
  readonly tries: number;
  /** All tries and the pauses between them; waits that the server asks for do not count. */
  readonly totalMs: number;
  readonly attemptMs: number;
  /** The first pause; it doubles with each try. */
  readonly backoffMs: number;
}

export const usualPatience: Patience = { tries: 5, totalMs: 30_000, attemptMs: 10_000, backoffMs: 500 };

/** How often one request lets itself be put off by 429, and how long where the server does not say. */
const mostPostponements = 30;
const unspecifiedWaitMs = { first: 1_000, longest: 60_000 };

export interface Question<Value> {
  /** For sentences: `the members of acme`. */
  readonly what: string;
  readonly host: string;
  readonly path: string;
  readonly lane: string;
  /** It continues a listing. */
  readonly isFurther?: boolean;
  /** Of whoever asks, where not everybody stops at once. */
  readonly signal?: AbortSignal | undefined;
  readonly budget: RateBudget | null;
  readonly health: HostHealth;
  /** Asked before each try: a bearer can expire between two. */
  readonly authorize: () => Promise<{ readonly authorization: string } | Refused>;
  readonly send: (
    authorization: string,
    limits: { readonly timeoutMs: number; readonly signal: AbortSignal | undefined },
  ) => Promise<Sent>;
  /** Undefined for a body that is not what was asked for: that is tried again like a broken one. */
  readonly read: (body: unknown) => Value | undefined;
  /** Of a sign-in: 429 without a time is how Docker Hub says that the account is locked, and is handed back as a status. */
  readonly isPutOffOnlyWithTime?: boolean;
}

export type Reply<Value> =
  | { readonly outcome: 'read'; readonly value: Value }
  /** A 4xx; `authorization` is what it was asked with. */
  | { readonly outcome: 'status'; readonly status: number; readonly body: Body; readonly authorization: string }
  /** `hadNoAnswer`: of the last try not even an error came. */
  | (Refused & { readonly hadNoAnswer?: boolean });

type Verdict<Value> =
  | { readonly is: 'final'; readonly reply: Reply<Value> }
  | { readonly is: 'put off'; readonly waitMs: number | null }
  | { readonly is: 'trouble'; readonly how: string; readonly hadNoAnswer: boolean; readonly waitMs: number | null };

/** Asks until there is an answer, the patience is used up, or the run is over. Throws an AbortError and nothing else. */
export class PatientRequests {
  constructor(
    private readonly clock: RunClock,
    private readonly patience: Patience,
  ) {}

  async ask<Value>(question: Question<Value>): Promise<Reply<Value>> {
    const { clock, patience } = this;
    const { health, budget, what, host } = question;
    let [tries, spentMs, postponements] = [0, 0, 0];
    for (;;) {
      clock.throwIfAborted();
      const down = health.verdict();
      if (down) return { outcome: 'refused', ...down };
      if (clock.left <= 0) return deadline(what);
      const standing = tries + postponements > 0 ? 'again' : question.isFurther === true ? 'further' : 'first';
      const slot = budget ? await budget.enter(question.lane, standing, question.signal) : null;
      if (slot === 'too late') return deadline(what, `the rate limit of ${host} leaves no room before it`);
      let verdict: Verdict<Value>;
      try {
        const access = await question.authorize();
        if ('outcome' in access) return access;
        const downNow = health.verdict();
        if (downNow) return { outcome: 'refused', ...downNow };
        const began = clock.now();
        const timeoutMs = Math.min(patience.attemptMs, patience.totalMs - spentMs, clock.left);
        const sent = await question.send(access.authorization, { timeoutMs, signal: question.signal ?? clock.signal });
        spentMs += clock.now() - began;
        if (sent.outcome === 'answer') budget?.learn(sent.headers);
        verdict = this.#judge(question, sent, access.authorization);
        if (verdict.is === 'final') budget?.went();
        else budget?.struggled();
        if (verdict.is === 'put off' && verdict.waitMs !== null) budget?.pause(clock.now() + verdict.waitMs);
      } finally {
        if (slot) slot.leave();
      }
      if (verdict.is === 'final') return verdict.reply;
      if (verdict.is === 'put off') {
        postponements += 1;
        if (postponements > mostPostponements) {
          return failed('SOURCE_UNREACHABLE', `${host} put off reading ${what} ${mostPostponements} times (429).`);
        }
        const waitMs = verdict.waitMs ?? unspecified(postponements);
        if (waitMs >= clock.left) {
          return deadline(what, `${host} asked to wait ${seconds(waitMs)} (429), longer than the run may last`);
        }
        if (!budget || verdict.waitMs === null) await clock.wait(waitMs);
        continue;
      }
      tries += 1;
      if (clock.left <= 0) return deadline(what, `${host}: ${verdict.how}`);
      const pauseMs = patience.backoffMs * 2 ** (tries - 1) * (0.5 + Math.random() / 2);
      if (tries >= patience.tries || spentMs + pauseMs >= patience.totalMs) {
        const refused = failed(
          'SOURCE_UNREACHABLE',
          `${host} could not be asked for ${what}: ${verdict.how}, after ${tries} ${tries === 1 ? 'try' : 'tries'} in ${seconds(spentMs)}.`,
        );
        health.exhausted(question.path, refused);
        return { ...refused, hadNoAnswer: verdict.hadNoAnswer };
      }
      const waitMs = Math.max(pauseMs, verdict.waitMs ?? 0);
      if (waitMs >= clock.left) return deadline(what, `${host}: ${verdict.how}`);
      spentMs += pauseMs;
      await clock.wait(waitMs);
    }
  }

  #judge<Value>(question: Question<Value>, sent: Sent, authorization: string): Verdict<Value> {
    const { what, host, health } = question;
    if (sent.outcome === 'broken') return { is: 'trouble', how: sent.how, hadNoAnswer: true, waitMs: null };
    if (sent.outcome === 'too large') {
      return final(failed('SOURCE_INCOMPLETE', `${host} answered with more than is accepted at once for ${what}.`));
    }
    const { status, headers, body } = sent;
    const trouble = (how: string): Verdict<Value> => ({
      is: 'trouble',
      how,
      hadNoAnswer: false,
      waitMs: status === 503 ? retryAfterMs(headers, this.clock.now()) : null,
    });
    if (status === 429) {
      const waitMs = retryAfterMs(headers, this.clock.now());
      // A wait of nothing would hammer; the doubling pause stands in for it.
      if (waitMs || !question.isPutOffOnlyWithTime) return { is: 'put off', waitMs: waitMs || null };
    }
    if (status >= 500 || status === 408) return trouble(`it answered with the error ${status}`);
    if (status >= 300 && status < 400) {
      const refused = failed(
        'SOURCE_UNREACHABLE',
        `${host} answered with a redirect (${status}) when asked for ${what}. Redirects are not followed: set the address that answers itself, or look for a proxy in between.`,
      );
      health.exhausted(question.path, refused);
      return final(refused);
    }
    if (status >= 400) {
      health.answered();
      return final({ outcome: 'status', status, body, authorization });
    }
    if (body === 'empty') return trouble(`its answer (${status}) was empty`);
    if (body === 'not JSON') return trouble(`its answer (${status}) was no JSON`);
    const value = question.read(body.json);
    if (value === undefined) return trouble(`its answer (${status}) did not have the expected form`);
    health.answered();
    return final({ outcome: 'read', value });
  }
}

function final<Value>(reply: Reply<Value>): Verdict<Value> {
  return { is: 'final', reply };
}

function unspecified(postponements: number): number {
  return Math.min(unspecifiedWaitMs.longest, unspecifiedWaitMs.first * 2 ** (postponements - 1));
}

function deadline(what: string, because?: string): Refused {
  const why = because ? `; ${because}` : '';
  return failed('DEADLINE', `The run reached its deadline before ${what} could be read${why}. Raise sync.deadline.`);
}
