import { setTimeout as pauseFor } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { isDatabaseLost } from '../database/is-database-lost.js';
import type { AlertDelivery, AttemptResult, Outlook } from './alert-delivery.js';
import type { AlertPlanner } from './alert-planner.js';
import type { AlertChannel } from './channel.js';

export interface LoopOptions {
  /** Waits; rejects when `signal` aborts. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** How often it looks for something to do; a poke makes it look at once. */
  readonly everyMs?: number;
  /**
   * Asks whichever process is free to take a channel's turn; false: nobody can be asked. Where nobody takes it either, this
   * process does.
   */
  readonly handOver?: (channel: string) => Promise<boolean>;
  /** How long `stop` waits for answers on their way. A request that is broken off may have been received, and is repeated. */
  readonly graceMs?: number;
}

export interface Delivered {
  readonly sent: number;
  readonly refused: number;
  /** Not sent: its hour is quiet, its hook is gone, or the receiver did not take it in time. */
  readonly waiting: number;
}

const looking = 'looking';

/** Each holds a connection for its lock while its receiver answers, and needs another one to write with. */
export const channelsAtOnce = 3;
/** What was handed over and is not taken by then never will be. */
const takenWithinMs = 4_000;

/**
 * Plans and delivers until it is stopped. Channels do not wait for one another, as long as few of them are slow to answer; a
 * database that is away is waited for.
 */
export class DeliveryLoop {
  private readonly logger = new Logger('Alerts');
  private readonly pause: (ms: number, signal: AbortSignal) => Promise<unknown>;
  private readonly everyMs: number;
  private readonly graceMs: number;
  private readonly handOver: LoopOptions['handOver'];
  /** Since when, by channel. */
  readonly #handedOver = new Map<string, number>();
  /** Attempts under way, by channel. */
  readonly #busy = new Map<string, Promise<void>>();
  readonly #outcomes = { attempts: 0, sent: 0, refused: 0 };
  #running: { readonly stop: AbortController; readonly breakOff: AbortController; ended: Promise<void> } | null = null;
  #wake = new AbortController();
  /** What fails at present and has been complained about: a channel by its id, or the looking itself. */
  readonly #troubles = new Set<string>();

  constructor(
    private readonly planner: AlertPlanner,
    private readonly delivery: AlertDelivery,
    options: LoopOptions = {},
  ) {
    this.pause = options.pause ?? ((ms, signal) => pauseFor(ms, undefined, { signal }));
    this.everyMs = options.everyMs ?? 2_000;
    this.graceMs = options.graceMs ?? 5_000;
    this.handOver = options.handOver;
  }

  /** Null: at work. Otherwise what is wrong, in words for anybody. */
  get trouble(): string | null {
    if (this.#running === null) return 'it is not at work';
    return this.#troubles.size > 0 ? 'it cannot plan or send; the log says why' : null;
  }

  start(): void {
    if (this.#running !== null) return;
    const running = { stop: new AbortController(), breakOff: new AbortController(), ended: Promise.resolve() };
    this.#running = running;
    running.ended = this.run(running.stop.signal, running.breakOff.signal);
  }

  /** There may be something to do; does nothing where it is not running. */
  poke(): void {
    this.#wake.abort();
  }

  /** The turn of a channel that was handed over to this process; at most one message. */
  async takeTurn(id: string): Promise<void> {
    const channel = this.delivery.channel(id);
    if (this.#running === null || channel === null) return;
    await this.begin(channel, this.#running.breakOff.signal);
  }

  /** Begins nothing new, and waits for answers on their way as long as `graceMs`. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (running === null) return;
    this.#running = null;
    running.stop.abort();
    this.poke();
    const patience = new AbortController();
    const grace = this.pause(this.graceMs, patience.signal).then(
      () => running.breakOff.abort(),
      () => undefined,
    );
    await running.ended;
    patience.abort();
    await grace;
  }

  /** For a process that ends afterwards: until nothing is due any more, `withinMs` is over, or `signal` says to stop. */
  async deliverAll(withinMs: number, signal?: AbortSignal): Promise<Delivered> {
    const breakOff = new AbortController();
    const pausing = signal ?? breakOff.signal;
    const deadline = performance.now() + withinMs;
    const before = { ...this.#outcomes };
    for (;;) {
      const { ready, nextInMs } = await this.step(breakOff.signal);
      const attempts = this.#outcomes.attempts;
      await Promise.all(this.#busy.values());
      if (ready.length === 0 && nextInMs === null) break;
      // What is ready and was not attempted is being served by another process.
      const pause = this.#outcomes.attempts > attempts ? 0 : ready.length > 0 ? 250 : (nextInMs ?? 0);
      if (performance.now() + pause >= deadline) break;
      if (pause > 0) await this.pause(pause, pausing).catch(() => undefined);
      if (pausing.aborted) break;
    }
    const { waiting } = await this.delivery.outlook();
    return {
      sent: this.#outcomes.sent - before.sent,
      refused: this.#outcomes.refused - before.refused,
      waiting,
    };
  }

  private async run(stop: AbortSignal, breakOff: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      this.#wake = new AbortController();
      let pause = this.everyMs;
      try {
        const { nextInMs } = await this.step(breakOff, stop);
        pause = Math.min(pause, nextInMs ?? pause);
        this.recover(looking);
      } catch (error) {
        this.complain(looking, error);
      }
      if (!stop.aborted) await this.pause(Math.max(pause, 1), this.#wake.signal).catch(() => undefined);
    }
    await Promise.all(this.#busy.values());
  }

  private async step(breakOff: AbortSignal, stop?: AbortSignal): Promise<Outlook> {
    await this.planner.plan();
    const outlook = await this.delivery.outlook();
    this.forgetSettled([...outlook.ready, ...outlook.paused].map(({ id }) => id));
    if (stop?.aborted === true) return outlook;
    for (const channel of outlook.ready) {
      if (this.#busy.has(channel.id) || (stop !== undefined && (await this.isHandedOver(channel.id)))) continue;
      if (this.#busy.size >= channelsAtOnce) break;
      void this.begin(channel, breakOff);
    }
    return outlook;
  }

  /** One attempt at a time and channel; it never throws. */
  private begin(channel: AlertChannel, breakOff: AbortSignal): Promise<void> {
    const { id } = channel;
    const attempt =
      this.#busy.get(id) ??
      this.delivery
        .attempt(channel, breakOff)
        .then(
          (result) => this.count(id, result),
          (error: unknown) => this.complain(id, error),
        )
        .finally(() => {
          this.#busy.delete(id);
          this.#handedOver.delete(id);
        });
    this.#busy.set(id, attempt);
    return attempt;
  }

  private async isHandedOver(channel: string): Promise<boolean> {
    if (this.handOver === undefined) return false;
    const now = performance.now();
    const since = this.#handedOver.get(channel) ?? now;
    // Again and again: what was handed over before may be done, and this the next message.
    if (now - since > takenWithinMs || !(await this.handOver(channel))) return false;
    this.#handedOver.set(channel, since);
    return true;
  }

  private count(channel: string, result: AttemptResult): void {
    this.recover(channel);
    // Where another process holds the channel, asking again at once would be asking all the time.
    if (result === 'held elsewhere' || result === 'nothing due') return;
    this.#outcomes.attempts += 1;
    if (result === 'sent' || result === 'refused') this.#outcomes[result] += 1;
    this.poke();
  }

  /** Once for each trouble: the next attempt is seconds away. */
  private complain(about: string, error: unknown): void {
    if (this.#troubles.has(about)) return;
    this.#troubles.add(about);
    if (isDatabaseLost(error)) this.logger.warn('Alerts wait for the database');
    else this.logger.error('Alerts cannot be planned or sent', { error: error instanceof Error ? error.stack : error });
  }

  /** Where nothing is to be sent any more, by another process or because the channel was dropped, nothing fails there. */
  private forgetSettled(toSend: readonly string[]): void {
    for (const channel of this.#handedOver.keys()) if (!toSend.includes(channel)) this.#handedOver.delete(channel);
    for (const about of this.#troubles)
      if (about !== looking && !toSend.includes(about) && !this.#busy.has(about)) this.recover(about);
  }

  private recover(about: string): void {
    if (this.#troubles.delete(about)) this.logger.log('Alerts go on');
  }
}
