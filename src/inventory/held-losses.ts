import type { EntityManager } from 'typeorm';
import type { HubDataset } from '../dockerhub/reading.js';
import type { HeldRun } from './listing-state.js';

/** Everything that a dataset lost since its last complete reading. */
export interface DatasetLoss {
  readonly dataset: HubDataset;
  /** The same keys lost, the same shape. */
  readonly shape: string;
  readonly had: number;
  readonly lost: number;
  /** Names of the first few, or ids where there are none. */
  readonly sample: readonly string[];
}

/** What two people have said about a loss of this very shape. */
export interface DecidedLoss {
  readonly id: string;
  readonly dataset: HubDataset;
  readonly shape: string;
  readonly decision: 'released' | 'refused';
  readonly decidedBy: string;
}

/**
 * Decisions that stand. A release is for one time: a run that believed the loss by it and was never sealed has not used it up,
 * and neither has this one, when it looks again. Whoever decides otherwise meanwhile waits until this transaction has ended.
 */
export async function decidedLosses(manager: EntityManager, run: HeldRun): Promise<DecidedLoss[]> {
  return manager.query(
    `select held_loss.id, held_loss.dataset, held_loss.shape, held_loss.decided_by as "decidedBy",
            case held_loss.state when 'refused' then 'refused' else 'released' end as decision
       from held_loss left join sync_run on sync_run.id = held_loss.ended_run
      where held_loss.organization_id = $1
        and (held_loss.state in ('released', 'refused') or held_loss.state = 'believed' and sync_run.state <> 'sealed')
        for update of held_loss`,
    [run.organizationId],
  );
}

export async function noteBelieved(manager: EntityManager, run: HeldRun, ids: readonly string[]): Promise<void> {
  await manager.query(`update held_loss set state = 'believed', ended_run = $2 where id = any ($1)`, [ids, run.id]);
}

/** The same loss as before keeps its place, and what was said about it; another one takes it. */
export async function noteHeld(manager: EntityManager, run: HeldRun, losses: readonly DatasetLoss[]): Promise<void> {
  if (losses.length === 0) return;
  const rows = JSON.stringify(losses);
  await manager.query(
    `update held_loss set state = 'settled', ended_run = $3
       from jsonb_to_recordset($1) as row (dataset text, shape text)
      where held_loss.organization_id = $2 and held_loss.dataset = row.dataset and held_loss.shape <> row.shape
        and held_loss.state in ('held', 'released', 'refused')`,
    [rows, run.organizationId, run.id],
  );
  await manager.query(
    `insert into held_loss (organization_id, run_id, dataset, shape, had, lost, sample, state, held_at)
     select $2, $3, row.dataset, row.shape, row.had, row.lost, array(select jsonb_array_elements_text(row.sample)), 'held',
            sync_run.believed_at
       from jsonb_to_recordset($1) as row (dataset text, shape text, had integer, lost integer, sample jsonb)
       join sync_run on sync_run.id = $3
         on conflict (organization_id, dataset) where state in ('held', 'released', 'refused') do nothing`,
    [rows, run.organizationId, run.id],
  );
}

/** Whatever was held of a dataset that is whole now is no more. */
export async function settleWhole(manager: EntityManager, run: HeldRun, pending: readonly string[]): Promise<void> {
  await manager.query(
    `update held_loss set state = 'settled', ended_run = $2
      where organization_id = $1 and state in ('held', 'released', 'refused') and dataset <> all ($3)
        and exists (select from listing where listing.run_id = $2 and listing.dataset = held_loss.dataset)
        and not exists (
              select from listing
               where listing.run_id = $2 and listing.dataset = held_loss.dataset
                 and listing.status is distinct from 'complete')`,
    [run.organizationId, run.id, pending],
  );
}
