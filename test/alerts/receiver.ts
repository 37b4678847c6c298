import type { Attempt, Delivery, Hook, Notifier } from '../../src/alerts/notifier.js';

/** What a hook does with a request. The last two: whoever sends it dies, before or after the receiver has it. */
export type Answer = Attempt | 'dies before it leaves' | 'dies after the answer';

export interface Received {
  readonly url: string;
  readonly at: number;
  readonly delivery: Delivery;
  /** Whether people see it. */
  readonly shown: boolean;
  /** Whether the sender never got to know the answer. */
  readonly unheard: boolean;
}

export const sent: Attempt = { outcome: 'sent' };
export const failed: Attempt = { outcome: 'retry', afterMs: null, ambiguous: false, because: 'It answered 500.' };
export const busyFor = (afterMs: number): Attempt => ({
  outcome: 'retry',
  afterMs,
  ambiguous: false,
  because: 'It answered 429.',
});
export const gone: Attempt = { outcome: 'gone', because: 'It answered 404.' };
export const refused: Attempt = { outcome: 'refused', because: 'It answered 400.' };
export const silent = (wasReceived: boolean): Attempt & { wasReceived: boolean } => ({
  outcome: 'retry',
  afterMs: null,
  ambiguous: true,
  because: 'No answer came.',
  wasReceived,
});

/** All hooks of a test. It notes what arrives, answers by script, and otherwise takes everything. */
export class Receiver implements Notifier {
  readonly id = 'slack';
  /** Every request that left, in order. */
  readonly received: Received[] = [];
  /** Most requests at one time to one hook. */
  mostAtOnce = 0;
  /** Waits before it answers, so that others can do something meanwhile. */
  slowness: () => Promise<void> = () => Promise.resolve();
  /** Answers nothing until the request is broken off. */
  hang = false;
  /** To the next request. */
  next: Answer | null = null;
  readonly #script: Answer[] = [];
  readonly #always = new Map<string, Answer>();
  readonly #underWay = new Map<string, number>();
  #release: () => void = () => undefined;
  readonly #never = new Promise<void>((resolve) => (this.#release = resolve));

  constructor(private readonly now: () => number) {}

  /** The next requests, whichever hook they go to. */
  answer(...answers: readonly Answer[]): void {
    this.#script.push(...answers);
  }

  /** Every request to one hook from now on; null: as usual. */
  always(url: string, answer: Answer | null): void {
    if (answer === null) this.#always.delete(url);
    else this.#always.set(url, answer);
  }

  get shown(): Delivery[] {
    return this.received.filter(({ shown }) => shown).map(({ delivery }) => delivery);
  }

  to(url: string): Delivery[] {
    return this.received.filter((one) => one.shown && one.url === url).map(({ delivery }) => delivery);
  }

  /** Those who died are let go. */
  release(): void {
    this.#release();
  }

  forget(): void {
    this.received.length = 0;
    this.#script.length = 0;
    this.#always.clear();
    this.mostAtOnce = 0;
  }

  async send({ url }: Hook, delivery: Delivery, signal: AbortSignal): Promise<Attempt> {
    const answer = this.next ?? this.#always.get(url) ?? this.#script.shift() ?? sent;
    this.next = null;
    const shown = answer === 'dies after the answer' || (answer !== 'dies before it leaves' && isShown(answer));
    this.received.push({ url, at: this.now(), delivery: structuredClone(delivery), shown, unheard: isUnheard(answer) });
    const underWay = (this.#underWay.get(url) ?? 0) + 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, underWay);
    if (typeof answer === 'string') {
      await this.#never;
      signal.throwIfAborted();
      return failed;
    }
    this.#underWay.set(url, underWay);
    if (this.hang) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    signal.throwIfAborted();
    await this.slowness();
    this.#underWay.set(url, (this.#underWay.get(url) ?? 1) - 1);
    return answer;
  }
}

function isUnheard(answer: Answer): boolean {
  return typeof answer === 'string' || (answer.outcome === 'retry' && answer.ambiguous);
}

function isShown(answer: Attempt): boolean {
  return answer.outcome === 'sent' || ('wasReceived' in answer && answer.wasReceived === true);
}
