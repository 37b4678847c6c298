import { DataSource } from 'typeorm';
import { databaseClock } from '../database/database-clock.js';
import { type Actor, actorName } from '../trail/actor.js';
import { recordChange } from '../trail/record-change.js';

export interface Acknowledgement {
  readonly id: string;
  readonly at: Date;
  readonly by: string;
  readonly reason: string;
}

export type Acknowledged =
  /** `first`: it was not acknowledged before. Otherwise what stands is the one before. */
  | { readonly outcome: 'acknowledged'; readonly first: boolean; readonly acknowledgement: Acknowledgement }
  | { readonly outcome: 'resolved'; readonly at: Date }
  | { readonly outcome: 'unknown' };

interface FindingRow {
  readonly resolved_at: Date | null;
  readonly acknowledged_at: Date | null;
  readonly acknowledged_by: string | null;
  readonly acknowledged_reason: string | null;
}

/** Somebody takes note of a finding. The verdict, the due date and the report's counts stay as they are. */
export class AcknowledgeFinding {
  constructor(private readonly dataSource: DataSource) {}

  acknowledge(id: string, reason: string, actor: Actor): Promise<Acknowledged> {
    const by = actorName(actor);
    return this.dataSource.transaction(async (manager) => {
      const [finding]: FindingRow[] = await manager.query(
        `select resolved_at, acknowledged_at, acknowledged_by, acknowledged_reason from finding where id = $1 for update`,
        [id],
      );
      if (finding === undefined) return { outcome: 'unknown' };
      if (finding.resolved_at !== null) return { outcome: 'resolved', at: finding.resolved_at };
      if (finding.acknowledged_at !== null) {
        const stands = {
          id,
          at: finding.acknowledged_at,
          by: finding.acknowledged_by ?? '',
          reason: finding.acknowledged_reason ?? '',
        };
        return { outcome: 'acknowledged', first: false, acknowledgement: stands };
      }
      const at = await databaseClock(manager);
      await manager.query(
        'update finding set acknowledged_at = $2, acknowledged_by = $3, acknowledged_reason = $4 where id = $1',
        [id, at, by, reason],
      );
      await manager.query(
        `insert into finding_transition (finding_id, at, kind, because, by) values ($1, $2, 'acknowledged', $3, $4)`,
        [id, at, reason, by],
      );
      const after = { acknowledgedAt: at };
      await recordChange(manager, { actor, action: 'finding.acknowledged', subject: `finding/${id}`, after, reason });
      return { outcome: 'acknowledged', first: true, acknowledgement: { id, at: new Date(at), by, reason } };
    });
  }
}
