import type { EntityManager } from 'typeorm';
import type { OverviewChannel } from './overview.js';

/**
 * The hooks that the last registration named. Those that the configuration has dropped keep their rows, because messages
 * and reminders refer to them; all that it has are registered at one instant.
 */
export async function readAlertChannels(manager: EntityManager): Promise<OverviewChannel[]> {
  const rows: {
    label: string;
    waiting: number;
    since: Date | null;
    failing_since: Date | null;
    gone_at: Date | null;
  }[] = await manager.query(
    `select channel.label, message.waiting, message.since, channel.failing_since, channel.gone_at
         from alert_channel as channel
        cross join lateral (
          select count(*)::integer as waiting, min(created_at) as since from alert_message
           where channel_id = channel.id and state in ('waiting', 'sending')) as message
        where channel.last_seen_at = (select max(last_seen_at) from alert_channel)
        order by channel.label collate "C", channel.id`,
  );
  return rows.map((row) => ({
    label: row.label,
    waiting: row.waiting,
    waitingSince: row.since?.toISOString() ?? null,
    failingSince: row.failing_since?.toISOString() ?? null,
    goneAt: row.gone_at?.toISOString() ?? null,
  }));
}
