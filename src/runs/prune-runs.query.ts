import { pruneRows, type PruneStep } from '../database/pruning.js';

/** Runs that have ended, with the nights that they stood for: looking for missed nights begins with the last evaluation. */
export const runSteps: readonly PruneStep[] = [
  pruneRows(
    'run',
    `select run.id as key from run
      where run.state in ('finished', 'failed') and run.requested_at < (select begins_at from horizon)
        and run.finished_at < (select begins_at from horizon)
        and not exists (
          select from schedule_slot where schedule_slot.run_id = run.id and schedule_slot.slot >= (select begins_at from horizon))
      order by run.number`,
    { also: 'slots as (delete from schedule_slot where run_id in (select key from due) returning 1),' },
  ),
];
