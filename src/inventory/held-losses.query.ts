import type { EntityManager } from 'typeorm';
import type { LossState } from './held-loss.entity.js';

export interface HeldLossRow {
  readonly id: string;
  readonly organization: string;
  readonly dataset: string;
  readonly state: LossState;
  readonly had: number;
  readonly lost: number;
  readonly sample: readonly string[];
  readonly held_at: Date;
  readonly decided_at: Date | null;
  readonly decided_by: string | null;
  readonly decision_reason: string | null;
}

/** Newest first, those before `after`. */
export async function findLosses(
  manager: EntityManager,
  wanted: { readonly state: readonly string[]; readonly organization?: readonly string[]; readonly id?: string },
  after: string | null,
  limit: number,
): Promise<HeldLossRow[]> {
  return manager.query(
    `select held_loss.id, organization.name as organization, held_loss.dataset, held_loss.state, held_loss.had,
            held_loss.lost, held_loss.sample, held_loss.held_at, held_loss.decided_at, held_loss.decided_by,
            held_loss.decision_reason
       from held_loss join organization on organization.id = held_loss.organization_id
      where held_loss.state = any ($1) and ($2::text[] is null or organization.name = any ($2))
        and ($3::bigint is null or held_loss.id = $3) and ($4::bigint is null or held_loss.id < $4)
      order by held_loss.id desc limit $5`,
    [wanted.state, wanted.organization ?? null, wanted.id ?? null, after, limit],
  );
}
