import { DataSource } from 'typeorm';
import { databaseClock } from '../database/database-clock.js';
import { type Actor, actorName } from '../trail/actor.js';
import { recordChange } from '../trail/record-change.js';
import { hearVoice } from '../trail/voices.js';
import type { LossState } from './held-loss.entity.js';

export type LossDecision =
  | { readonly outcome: 'released' | 'refused'; readonly id: string }
  /** It takes two, and this was the first of them. */
  | { readonly outcome: 'waits'; readonly id: string; readonly by: string; readonly since: Date }
  | { readonly outcome: 'unknown' }
  /** A sentence: it is decided so already, is no more, or somebody else asks for the opposite. */
  | { readonly outcome: 'in the way'; readonly message: string };

const past = { release: 'released', refuse: 'refused' } as const;

/** Where two people decide whether a listing that lost too much is believed: that loss, once, and no other. */
export class LossDecisions {
  constructor(private readonly dataSource: DataSource) {}

  side(decision: keyof typeof past, id: string, reason: string, by: Actor): Promise<LossDecision> {
    return this.dataSource.transaction(async (manager) => {
      const [loss]: { state: LossState; dataset: string; had: number; lost: number }[] = await manager.query(
        'select state, dataset, had, lost from held_loss where id = $1 for update',
        [id],
      );
      if (loss === undefined) return { outcome: 'unknown' };
      if (loss.state === 'settled' || loss.state === 'believed') {
        return {
          outcome: 'in the way',
          message: `Loss ${id} is ${loss.state === 'settled' ? 'no more: a later reading was another one' : 'believed already'}.`,
        };
      }
      const wanted = past[decision];
      if (loss.state === wanted) return { outcome: 'in the way', message: `Loss ${id} is ${wanted} already.` };
      const subject = `loss/${id}`;
      const heard = await hearVoice(manager, { subject, decision, reason, actor: by });
      if (heard.outcome === 'waits') return { ...heard, id };
      if (heard.outcome === 'contradicted') return { outcome: 'in the way', message: heard.message };
      const { first } = heard;
      await manager.query(
        'update held_loss set state = $2, decided_at = $3, decided_by = $4, decision_reason = $5 where id = $1',
        [id, wanted, await databaseClock(manager), `${first.by} and ${actorName(by)}`, reason],
      );
      const { state, dataset, had, lost } = loss;
      await recordChange(manager, {
        actor: by,
        action: `loss.${wanted}`,
        subject,
        before: { state },
        after: { state: wanted, dataset, had, lost, askedBy: first.by, askedBecause: first.reason },
        reason,
      });
      return { outcome: wanted, id };
    });
  }
}
