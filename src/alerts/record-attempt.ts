import type { EntityManager } from 'typeorm';
import { DueDates } from '../findings/due-dates.js';
import { openFinding } from '../findings/open-finding.js';
import type { AlertSettings } from './alert-channels.js';
import type { AlertChannel } from './channel.js';
import { organizationsNamed } from './channels.query.js';
import type { Attempt } from './notifier.js';
import { pacingMs, pauseBeforeRetry } from './pauses.js';

/** A message on its way: `attempt` counts them, so that nobody records the outcome of another one's. */
export interface Intent {
  readonly id: string;
  readonly attempt: number;
}

/** Judges alert channels; it is told at once, because a channel that is gone cannot tell it. */
const channelCheck = 'alert-channels-working';

/**
 * Writes down what became of an attempt. False: another process has taken the message over meanwhile, and nothing happens; or
 * the hook was replaced, and the answer of the old one says nothing about the new one.
 */
export async function recordAttempt(
  manager: EntityManager,
  channel: AlertChannel,
  intent: Intent,
  attempt: Attempt,
  now: number,
  random: number,
): Promise<boolean> {
  const because = 'because' in attempt ? attempt.because : null;
  const [message]: { id: string }[] = await manager.query(
    `with ended as (
       update alert_message
          set state = $3, last_error = $4, sent_at = $5, ambiguous = ambiguous or $6, asked_again = asked_again or $7
        where id = $1 and state = 'sending' and attempts = $2
       returning id)
     select id from ended`,
    [
      intent.id,
      intent.attempt,
      attempt.outcome === 'sent' || attempt.outcome === 'refused' ? attempt.outcome : 'waiting',
      because,
      attempt.outcome === 'sent' ? new Date(now) : null,
      attempt.outcome === 'retry' && attempt.ambiguous,
      attempt.outcome === 'retry' && attempt.afterMs !== null,
    ],
  );
  if (message === undefined) return false;
  const [before]: { failing_since: Date | null }[] = await manager.query(
    'select failing_since from alert_channel where id = $1 and fingerprint = $2 for update',
    [channel.id, channel.fingerprint],
  );
  if (before === undefined) return false;
  const since = before.failing_since ?? new Date(now);
  // The next message counts from this answer and not from when it was asked for, so that a slow request keeps the distance.
  const pause = attempt.outcome === 'retry' ? pauseBeforeRetry(attempt, now - since.getTime(), random) : pacingMs;
  const stillFails = attempt.outcome === 'retry' || attempt.outcome === 'gone';
  await manager.query(
    `update alert_channel
        set not_before = $2, failing_since = $3, last_error = $4,
            gone_at = case when $5 then $6::timestamptz end, gone_because = case when $5 then $4 end
      where id = $1`,
    [channel.id, new Date(now + pause), stillFails ? since : null, because, attempt.outcome === 'gone', new Date(now)],
  );
  return true;
}

/** Lets the other channels tell that this one is gone, for every organization that it is told about. */
export async function openFindingsOfGone(
  manager: EntityManager,
  channel: AlertChannel,
  { calendar, checks, organizations }: Pick<AlertSettings, 'calendar' | 'checks' | 'organizations'>,
  because: string,
  now: number,
): Promise<void> {
  const check = checks.find(({ id }) => id === channelCheck);
  if (check?.enabled !== true) return;
  const at = new Date(now).toISOString();
  const dueAt = new DueDates(calendar).after(at, check.sla);
  const told = channel.routes.flatMap((route) => route.organizations ?? organizations.map(({ name }) => name));
  for (const { id, name } of await organizationsNamed(manager, [...new Set(told)])) {
    await openFinding(manager, {
      check: check.id,
      organizationId: id,
      subject: { kind: 'organization', key: name, name },
      severity: check.severity,
      dueAt,
      reason: 'CHANNEL_GONE',
      message: `${channel.label} is gone, and alerts are no longer sent there: ${because}`,
      at,
    });
  }
}
