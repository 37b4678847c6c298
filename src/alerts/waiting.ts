import type { EntityManager } from 'typeorm';
import { mustWait, type AlertChannel } from './channel.js';
import type { ReportSeverity } from '../findings/report.js';

/** A message in its place in the queue of its channel. */
export interface WaitingMessage {
  readonly id: string;
  /** Of its run; null: what happened between two evaluations. */
  readonly evaluation: string | null;
  readonly severity: ReportSeverity;
  /** The receiver may have it, or has asked for it again: it keeps its id and what it says. */
  readonly fixed: boolean;
}

/** What may be sent at this moment as far as quiet hours go, in order. */
export async function waitingMessages(
  manager: EntityManager,
  channel: AlertChannel,
  now: number,
): Promise<WaitingMessage[]> {
  const rows: WaitingMessage[] = await manager.query(
    `select id, evaluation_number as evaluation, severity, ambiguous or asked_again as fixed
       from alert_message where channel_id = $1 and state = 'waiting' order by number`,
    [channel.id],
  );
  return rows.filter(({ severity }) => !mustWait(channel, severity, now));
}
