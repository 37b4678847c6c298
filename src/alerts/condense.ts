import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { rolesOf, type AlertCheck } from './alert-check.js';
import type { AlertChannels } from './alert-channels.js';
import type { AlertChannel } from './channel.js';
import type { WaitingMessage } from './waiting.js';
import { writeDigests } from './write-digests.js';

/**
 * Where messages of several runs have waited, a single one tells how things ended; each finding once, in its last state.
 * What the receiver may have already stays what it is. Answers whether there was anything to condense. Only the holder of
 * the channel's lock may call it.
 */
export async function condense(
  dataSource: DataSource,
  channel: AlertChannel,
  waiting: readonly WaitingMessage[],
  channels: AlertChannels,
  checks: readonly AlertCheck[],
  now: Date,
): Promise<boolean> {
  const runs = new Set(waiting.flatMap(({ evaluation }) => evaluation ?? []));
  const old = waiting.filter(({ fixed }) => !fixed).map(({ id }) => id);
  if (runs.size < 2 || old.length < 2) return false;
  const id = randomUUID();
  await dataSource.transaction(async (manager) => {
    await manager.query(
      `insert into alert_message (id, channel_id, evaluation_number, severity, state, digest, created_at)
       select $1, $2, max(evaluation_number), 'low', 'waiting', '{}', $4 from alert_message where id = any ($3)`,
      [id, channel.id, old, now],
    );
    // Also what was condensed before: told_in always names a message that tells it.
    await manager.query(
      `update alert_message set state = 'condensed', told_in = $1 where id = any ($2) or told_in = any ($2)`,
      [id, old],
    );
    await writeDigests(manager, [{ id, kind: 'catch_up' }], rolesOf(checks, channels.settings.checks), checks);
  });
  return true;
}
