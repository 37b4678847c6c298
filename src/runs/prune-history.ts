import type { DataSource } from 'typeorm';
import { messageSteps } from '../alerts/prune-messages.query.js';
import { withAdvisoryLock } from '../database/advisory-lock.js';
import { inPruning, type Horizon, type PruneStep } from '../database/pruning.js';
import { judgementSteps } from '../findings/prune-judgements.query.js';
import { asKnown } from '../history/as-known.js';
import {
  dueHorizon,
  moveHorizon,
  noteAllRemoved,
  noteRemoved,
  standingHorizon,
  type StandingHorizon,
} from '../history/horizon.query.js';
import { pastRowSteps } from '../history/prune-past-rows.query.js';
import { foldObservations } from '../inventory/fold-observations.query.js';
import type { Actor } from '../trail/actor.js';
import { recordChange } from '../trail/record-change.js';
import { runSteps } from './prune-runs.query.js';

/** How many rows of each table. */
export type RemovedRows = Readonly<Record<string, number>>;

export type Pruned =
  /** Nothing is as old as that, or it has been removed already. */
  | { readonly outcome: 'nothing due'; readonly beginsAt: string | null }
  | { readonly outcome: 'held elsewhere' }
  | { readonly outcome: 'stopped' }
  /** Everything before it has been removed; of a dry run, would be. */
  | { readonly outcome: 'removed' | 'would remove'; readonly beginsAt: string; readonly rows: RemovedRows };

export interface PruneOptions {
  readonly historyMs: number;
  readonly by: Actor;
  readonly signal: AbortSignal;
  /** Only where so much would go at once; what was begun is always finished. */
  readonly leastMs?: number;
  readonly dryRun?: boolean;
  readonly onRows?: (table: string, rows: number) => void;
}

/**
 * Removes what the retention policy no longer keeps: nights before the horizon, and what hangs on them. The horizon is moved
 * first, with an entry of the trail; then every batch of rows is a transaction that counts what it removed, so that whoever
 * comes after a process that died goes on with the rest. Nothing that an evaluation from the horizon on looks at is touched.
 */
export async function pruneHistory(dataSource: DataSource, options: PruneOptions): Promise<Pruned> {
  if (options.dryRun === true) return countDue(dataSource, options);
  return withAdvisoryLock(dataSource, 'history prune', (lost) =>
    underLock(dataSource, { ...options, signal: AbortSignal.any([options.signal, lost]) }),
  ).then((pruned) => (pruned === 'held elsewhere' ? { outcome: 'held elsewhere' } : pruned));
}

async function underLock(dataSource: DataSource, options: PruneOptions): Promise<Pruned> {
  const { by, signal, onRows } = options;
  const standing = await standingHorizon(dataSource.manager);
  const next = await nextHorizon(dataSource, standing, options);
  if (next === null && standing?.state !== 'removing')
    return { outcome: 'nothing due', beginsAt: standing?.beginsAt ?? null };
  if (next !== null) {
    await dataSource.transaction(async (manager) => {
      await moveHorizon(manager, next);
      await recordChange(manager, {
        actor: by,
        action: 'history.removal_begun',
        subject: 'history',
        before: standing === null ? null : { beginsAt: standing.beginsAt, evaluation: standing.evaluation },
        after: { beginsAt: next.beginsAt, evaluation: next.evaluation },
      });
    });
  }
  const horizon = (await standingHorizon(dataSource.manager)) ?? next;
  if (horizon === null) throw new Error('The horizon that was just moved is not there.');
  for (const step of allSteps()) {
    for (;;) {
      if (signal.aborted) return { outcome: 'stopped' };
      const rows = await inPruning(dataSource, async (manager) => {
        const removed = await step.batch(manager, horizon);
        if (removed > 0) await noteRemoved(manager, step.table, removed);
        return removed;
      });
      if (rows === 0) break;
      onRows?.(step.table, rows);
    }
  }
  return conclude(dataSource, by);
}

async function conclude(dataSource: DataSource, by: Actor): Promise<Pruned> {
  return dataSource.transaction(async (manager) => {
    await noteAllRemoved(manager);
    const horizon = await standingHorizon(manager);
    if (horizon === null) throw new Error('The horizon is gone.');
    const { beginsAt, evaluation, removed: rows } = horizon;
    await recordChange(manager, {
      actor: by,
      action: 'history.removed',
      subject: 'history',
      after: { beginsAt, evaluation, rows },
    });
    return { outcome: 'removed', beginsAt, rows };
  });
}

/** Null: where it stands is far enough. */
async function nextHorizon(
  dataSource: DataSource,
  standing: StandingHorizon | null,
  { historyMs, leastMs = 0 }: PruneOptions,
): Promise<Horizon | null> {
  const due = await dueHorizon(dataSource, historyMs);
  if (due === null) return null;
  const before = standing === null ? await beginningOf(dataSource, due) : standing;
  if (BigInt(due.evaluation) <= BigInt(before.evaluation)) return null;
  return Date.parse(due.beginsAt) - Date.parse(before.beginsAt) >= leastMs ? due : null;
}

/** Of a history of which nothing was removed yet. */
async function beginningOf(dataSource: DataSource, due: Horizon): Promise<Pick<Horizon, 'evaluation' | 'beginsAt'>> {
  const [row]: { evaluation: string; at: Date }[] = await dataSource.query(
    'select number as evaluation, at from evaluation order by number limit 1',
  );
  return row === undefined ? due : { evaluation: row.evaluation, beginsAt: row.at.toISOString() };
}

async function countDue(dataSource: DataSource, options: PruneOptions): Promise<Pruned> {
  const standing = await standingHorizon(dataSource.manager);
  const horizon =
    (await nextHorizon(dataSource, standing, options)) ?? (standing?.state === 'removing' ? standing : null);
  if (horizon === null) return { outcome: 'nothing due', beginsAt: standing?.beginsAt ?? null };
  const rows: Record<string, number> = {};
  for (const step of allSteps()) {
    if (options.signal.aborted) return { outcome: 'stopped' };
    const due = await step.count(dataSource.manager, horizon);
    if (due > 0) rows[step.table] = (rows[step.table] ?? 0) + due;
  }
  return { outcome: 'would remove', beginsAt: horizon.beginsAt, rows };
}

/** Messages before the findings that they tell of; what refers to evaluations before these. */
function allSteps(): readonly PruneStep[] {
  const kept = Object.entries(asKnown).flatMap(([table, known]) =>
    typeof known === 'object' && 'kept' in known ? [table] : [],
  );
  return [...messageSteps, ...judgementSteps, ...runSteps, foldObservations(), ...pastRowSteps(kept)];
}
