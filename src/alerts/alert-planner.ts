import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { planningLock, type AlertChannels } from './alert-channels.js';
import type { AlertChannel } from './channel.js';
import { clockOf, type Clock } from './clock.js';
import type { Digest } from './digest.js';
import { rolesOf, type AlertCheck } from './alert-check.js';
import {
  advance,
  horizon,
  isAnybodyWriting,
  stage,
  stagedMessages,
  type Bucket,
  type Horizon,
} from './planned.query.js';
import { writeDigests } from './write-digests.js';

/**
 * Turns what changed into messages: per channel one for each run and severity, with what is still overdue, or a single one
 * where the run was the first or data was missing. It may be called at any time, from any process, and however often: every
 * transition gets one message per channel, whenever its transaction commits.
 */
export class AlertPlanner {
  /** By channel, the last evaluation whose reminders are planned; forgotten by a restart, which then finds nothing to do. */
  readonly #reminded = new Map<string, string>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly channels: AlertChannels,
    private readonly checks: readonly AlertCheck[],
    private readonly clock: Clock = clockOf(dataSource),
  ) {}

  /** Returns how many messages are new. */
  async plan(): Promise<number> {
    const channels = this.channels.current;
    if (channels.length === 0) return 0;
    const seen = await horizon(this.dataSource.manager);
    const behind: { id: string }[] = await this.dataSource.query(
      'select id from alert_channel where id = any ($1) and planned_through < $2',
      [channels.map(({ id }) => id), seen.newest],
    );
    let planned = 0;
    for (const channel of channels) {
      const isReminded = seen.evaluation === null || this.#reminded.get(channel.id) === seen.evaluation;
      if (isReminded && !behind.some(({ id }) => id === channel.id)) continue;
      planned += await this.planFor(channel);
    }
    return planned;
  }

  private async planFor(channel: AlertChannel): Promise<number> {
    const now = new Date(await this.clock());
    const { seen, messages } = await this.dataSource.transaction(async (manager) => {
      // Each statement below sees what the planner before this one has committed.
      await manager.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [planningLock]);
      const moment = await horizon(manager);
      const writing = await isAnybodyWriting(manager);
      await stage(manager, channel, moment, rolesOf(this.checks, this.channels.settings.checks));
      const written = await this.write(manager, channel, now);
      if (!writing) await advance(manager, channel.id, moment);
      return { seen: moment, messages: written };
    });
    this.remember(channel, seen);
    return messages;
  }

  private async write(manager: EntityManager, channel: AlertChannel, now: Date): Promise<number> {
    const staged = await stagedMessages(manager);
    if (staged.length === 0) return 0;
    const messages = staged.map((message) => ({ id: randomUUID(), kind: kindOf(message.bucket), ...message }));
    await manager.query(
      `insert into alert_message (id, channel_id, evaluation_number, severity, state, digest, created_at)
       select row.id, $2, row.evaluation, row.severity, 'waiting', '{}', $3
         from rows from (jsonb_to_recordset($1) as (id uuid, evaluation bigint, severity text))
              with ordinality as row (id, evaluation, severity, position)
        order by row.position`,
      [JSON.stringify(messages), channel.id, now],
    );
    await manager.query(
      `insert into alert_item (message_id, channel_id, finding_id, transition_id, at)
       select message.id, $2, planned.finding_id, planned.transition_id, planned.at
         from planned
         join jsonb_to_recordset($1) as message (id uuid, evaluation bigint, bucket text)
           on message.bucket = coalesce(planned.bucket, planned.severity)
          and coalesce(message.evaluation, 0) = coalesce(planned.evaluation_number, 0)
        order by planned.transition_id`,
      [JSON.stringify(messages), channel.id],
    );
    await writeDigests(manager, messages, rolesOf(this.checks, this.channels.settings.checks), this.checks);
    return messages.length;
  }

  private remember({ id }: AlertChannel, { evaluation }: Horizon): void {
    if (evaluation !== null) this.#reminded.set(id, evaluation);
  }
}

function kindOf(bucket: Bucket): Digest['kind'] {
  return bucket === 'source_down' || bucket === 'first_night' ? bucket : 'changes';
}
