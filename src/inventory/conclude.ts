import type { DataSource } from 'typeorm';
import { assertHeld } from './commit-pages.js';
import { compareTeams, openDisagreeingTeams, type TeamComparison } from './compare-teams.js';
import { holdLosses } from './hold-losses.js';
import type { DatasetReading } from './judge-datasets.js';
import { leaveOutInvitees } from './leave-out-invitees.js';
import type { HeldRun, Instant, ListingState } from './listing-state.js';
import { forgetSeenRows, gatherSeenRows } from './seen-rows.query.js';
import { sealRun } from './seal.js';

/** What is still to be read; or how the datasets ended, and then the run is sealed. */
export type Conclusion = { readonly open: readonly ListingState[] } | { readonly datasets: readonly DatasetReading[] };

interface Looked {
  readonly open: readonly ListingState[];
  readonly teams: TeamComparison | null;
}

/**
 * Decides what the rows of a run whose listings have all ended amount to, and seals it unless more has to be read. Asks
 * `maySeal` in between, once it is known that nothing has. All on one connection, on which the rows are gathered once.
 */
export async function conclude(
  dataSource: DataSource,
  run: HeldRun,
  given: { readonly maySeal: () => boolean; readonly machineTime: () => Instant },
): Promise<Conclusion> {
  const runner = dataSource.createQueryRunner();
  try {
    const { open, teams } = await runner.manager.transaction(async (manager): Promise<Looked> => {
      await assertHeld(manager, run, 0);
      await gatherSeenRows(manager, run.id);
      const again = await holdLosses(manager, run);
      if (again.length > 0) return { open: again, teams: null };
      await leaveOutInvitees(manager, run);
      const compared = await compareTeams(manager, run.id);
      const opened = await openDisagreeingTeams(manager, run, compared);
      if (opened.length === 0) await manager.query(`update sync_run set state = 'verifying' where id = $1`, [run.id]);
      return { open: opened, teams: compared };
    });
    if (open.length > 0 || teams === null || !given.maySeal()) return { open };
    return { datasets: await sealRun(runner.manager, run, { teams, machineTime: given.machineTime() }) };
  } finally {
    // The connection goes back to others; one that broke takes its tables with it.
    await forgetSeenRows(runner.manager).catch(() => undefined);
    await runner.release();
  }
}
