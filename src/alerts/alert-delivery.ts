import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { withAdvisoryLock } from '../database/advisory-lock.js';
import type { AlertChannels } from './alert-channels.js';
import type { AlertCheck } from './alert-check.js';
import type { AlertChannel } from './channel.js';
import { clockOf, type Clock } from './clock.js';
import { condense } from './condense.js';
import type { Digest } from './digest.js';
import type { Attempt, Notifier } from './notifier.js';
import { pacingMs } from './pauses.js';
import { openFindingsOfGone, recordAttempt, type Intent } from './record-attempt.js';
import { waitingMessages } from './waiting.js';

export interface DeliveryOptions {
  /** By which pauses, `Retry-After` and quiet hours are kept; usually the database's, which all processes share. */
  readonly clock?: Clock;
  /** In [0, 1). */
  readonly random?: () => number;
  /** How long the receiver may take to answer. */
  readonly attemptMs?: number;
}

/** What there is to do. */
export interface Outlook {
  /** Channels with a message that may be sent at this moment. */
  readonly ready: readonly AlertChannel[];
  /** Channels with a message that may be sent after a pause. */
  readonly paused: readonly AlertChannel[];
  /** When the pause of the first of those is over, in ms from now; null: there is none. */
  readonly nextInMs: number | null;
  /** Messages that are not sent, also of channels that are gone or want quiet. */
  readonly waiting: number;
}

export type AttemptResult = Attempt['outcome'] | 'nothing due' | 'held elsewhere';

/**
 * Sends what waits, one message after the other and channel: the intention is on record before the request leaves, so that
 * a message which a dead process left behind is sent again under the same id, and no other one ever is.
 */
export class AlertDelivery {
  private readonly logger = new Logger('Alerts');
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly attemptMs: number;
  /** Outcomes that could not be recorded because the database was away at that moment, by message. */
  readonly #unrecorded = new Map<string, { readonly intent: Intent; readonly attempt: Attempt }>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly channels: AlertChannels,
    private readonly notifierOf: (kind: AlertChannel['kind']) => Notifier,
    private readonly checks: readonly AlertCheck[],
    options: DeliveryOptions = {},
  ) {
    this.clock = options.clock ?? clockOf(dataSource);
    this.random = options.random ?? Math.random;
    this.attemptMs = options.attemptMs ?? 15_000;
  }

  /** Null: this process is not configured for it. */
  channel(id: string): AlertChannel | null {
    return this.channels.current.find((channel) => channel.id === id) ?? null;
  }

  async outlook(): Promise<Outlook> {
    const channels = this.channels.current;
    const rows: { id: string; not_before: Date | null; gone: boolean; sending: boolean; waiting: number }[] =
      await this.dataSource.query(
        `select alert_channel.id, alert_channel.not_before, alert_channel.gone_at is not null as gone,
                bool_or(alert_message.state = 'sending') as sending, count(*)::int as waiting
           from alert_channel
           join alert_message on alert_message.channel_id = alert_channel.id and alert_message.state in ('waiting', 'sending')
          where alert_channel.fingerprint = any ($1) group by alert_channel.id`,
        [channels.map(({ fingerprint }) => fingerprint)],
      );
    if (rows.length === 0) return { ready: [], paused: [], nextInMs: null, waiting: 0 };
    const now = await this.clock();
    const ready: AlertChannel[] = [];
    const paused: AlertChannel[] = [];
    let nextInMs: number | null = null;
    for (const row of rows.filter(({ gone }) => !gone)) {
      const channel = channels.find(({ id }) => id === row.id);
      if (channel === undefined) continue;
      if (!row.sending && (await waitingMessages(this.dataSource.manager, channel, now)).length === 0) continue;
      const pause = (row.not_before?.getTime() ?? 0) - now;
      if (pause > 0) {
        paused.push(channel);
        nextInMs = Math.min(pause, nextInMs ?? pause);
      } else ready.push(channel);
    }
    return { ready, paused, nextInMs, waiting: rows.reduce((sum, { waiting }) => sum + waiting, 0) };
  }

  /**
   * At most one message to one channel. `signal` breaks off a request under way, after which the receiver may have the
   * message or not: better to wait for it.
   */
  async attempt(channel: AlertChannel, signal: AbortSignal): Promise<AttemptResult> {
    return withAdvisoryLock(this.dataSource, `alert channel ${channel.id}`, (lost) =>
      this.attemptAlone(channel, AbortSignal.any([signal, lost])),
    );
  }

  private async attemptAlone(channel: AlertChannel, signal: AbortSignal): Promise<AttemptResult> {
    await this.settleLeftBehind(channel);
    if (!(await this.mayBeSentTo(channel)) || signal.aborted) return 'nothing due';
    const taken = await this.take(channel);
    if (taken === null) return 'nothing due';
    const { digest, ...intent } = taken;
    const attempt = await this.send(channel, intent, digest, signal);
    this.#unrecorded.set(intent.id, { intent, attempt });
    await this.record(channel, intent, attempt);
    this.#unrecorded.delete(intent.id);
    return attempt.outcome;
  }

  /** Nobody else is at work under the lock, so what is still being sent was left by a process that died, or by us. */
  private async settleLeftBehind(channel: AlertChannel): Promise<void> {
    const left: Intent[] = await this.dataSource.query(
      `select id, attempts as attempt from alert_message where channel_id = $1 and state = 'sending'`,
      [channel.id],
    );
    for (const intent of left) {
      const known = this.#unrecorded.get(intent.id);
      this.#unrecorded.delete(intent.id);
      if (known?.intent.attempt === intent.attempt) {
        await this.record(channel, intent, known.attempt);
        continue;
      }
      await this.dataSource.query(
        `update alert_message set state = 'waiting', ambiguous = true, last_error = $2 where id = $1`,
        [intent.id, 'The process that sent it ended before it knew the answer.'],
      );
      this.logger.warn('Alert was left behind, and is sent again', { delivery: intent.id, channel: channel.id });
    }
  }

  /** Not where another process has a newer address for it: whoever moved the hook would not see the message. */
  private async mayBeSentTo({ id, fingerprint }: AlertChannel): Promise<boolean> {
    const [row]: { not_before: Date | null; gone: boolean }[] = await this.dataSource.query(
      'select not_before, gone_at is not null as gone from alert_channel where id = $1 and fingerprint = $2',
      [id, fingerprint],
    );
    return row !== undefined && !row.gone && (row.not_before?.getTime() ?? 0) <= (await this.clock());
  }

  /** The first message that may be sent, with its intention on record; null: there is none. */
  private async take(channel: AlertChannel): Promise<(Intent & { readonly digest: Digest }) | null> {
    const now = await this.clock();
    let waiting = await waitingMessages(this.dataSource.manager, channel, now);
    if (await condense(this.dataSource, channel, waiting, this.channels, this.checks, new Date(now)))
      waiting = await waitingMessages(this.dataSource.manager, channel, now);
    const [head] = waiting;
    if (head === undefined) return null;
    const [taken]: (Intent & { digest: Digest })[] = await this.dataSource.query(
      `with paced as (update alert_channel set not_before = $3 where id = $2),
            taken as (
              update alert_message set state = 'sending', attempts = attempts + 1
               where id = $1 and channel_id = $2 and state = 'waiting'
              returning id, attempts as attempt, digest)
       select id, attempt, digest from taken`,
      [head.id, channel.id, new Date(now + pacingMs)],
    );
    return taken ?? null;
  }

  private async send({ kind, hook, ...channel }: AlertChannel, { id }: Intent, digest: Digest, signal: AbortSignal) {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(this.attemptMs)]);
    try {
      const { publicUrl } = this.channels.settings;
      return await this.notifierOf(kind).send(hook, { id, digest, publicUrl }, limit);
    } catch (error) {
      // Its message may hold the address of the hook.
      const fault = error instanceof Error ? error.name : typeof error;
      if (!limit.aborted) this.logger.error('Alert could not be written', { delivery: id, channel: channel.id, fault });
      return unanswered;
    }
  }

  private async record(channel: AlertChannel, intent: Intent, attempt: Attempt): Promise<void> {
    const now = await this.clock();
    const recorded = await this.dataSource.transaction(async (manager) => {
      if (!(await recordAttempt(manager, channel, intent, attempt, now, this.random()))) return false;
      if (attempt.outcome === 'gone')
        await openFindingsOfGone(manager, channel, this.channels.settings, attempt.because, now);
      return true;
    });
    if (recorded) this.report(channel, intent, attempt);
  }

  private report({ id: channel }: AlertChannel, { id: delivery, attempt: attempts }: Intent, attempt: Attempt): void {
    const about = { delivery, channel, attempts, ...('because' in attempt && { because: attempt.because }) };
    switch (attempt.outcome) {
      case 'sent':
        return this.logger.log('Alert sent', about);
      case 'retry':
        return this.logger.warn('Alert is tried again later', about);
      case 'gone':
        return this.logger.error('Alert channel is gone', about);
      case 'refused':
        return this.logger.error('Alert was refused for good', about);
    }
  }
}

const unanswered: Attempt = {
  outcome: 'retry',
  afterMs: null,
  ambiguous: true,
  because: 'The attempt ended without an answer.',
};
