import { counted } from '../checks/wording.js';
import { type Pruned, pruneHistory, type RemovedRows } from '../runs/prune-history.js';
import type { Stage } from '../runs/run-outcome.js';
import { aligned } from './columns.js';
import { type ExitStatus, exitStatus } from './exit-status.js';
import { loadSettings } from './load-settings.js';
import { onDatabase } from './on-database.js';
import { openProgress } from './progress/open-progress.js';
import type { Session } from './session.js';
import { whoIAm } from './who-i-am.js';

export interface PruneArguments {
  readonly config: string;
  readonly dryRun?: true;
}

/** `hubwarden history prune`. */
export async function runHistoryPrune({ config, dryRun }: PruneArguments, session: Session): Promise<ExitStatus> {
  const settings = await loadSettings(config, session.variables);
  if ('mistakes' in settings) return session.refuse(settings.mistakes);
  const { historyMs } = settings.configuration.retention;
  if (historyMs === null) {
    await session.terminal.out.write('History is kept for ever: that is what `retention.history` says.\n');
    return exitStatus.inOrder;
  }
  return onDatabase(session, async (dataSource) => {
    const progress = openProgress(session.terminal.err);
    const stages = new Map<string, Stage>();
    const onRows = (table: string, rows: number): void => {
      const stage = stages.get(table) ?? progress.stage(`remove ${table}`, null);
      stages.set(table, stage);
      stage.advance(rows);
    };
    try {
      const { signal } = session;
      const pruned = await pruneHistory(dataSource, {
        historyMs,
        by: whoIAm(),
        signal,
        onRows,
        ...(dryRun === true && { dryRun }),
      });
      for (const stage of stages.values()) stage.done();
      progress.stop();
      return await say(pruned, session);
    } finally {
      progress.stop();
    }
  });
}

async function say(pruned: Pruned, session: Session): Promise<ExitStatus> {
  const { out } = session.terminal;
  switch (pruned.outcome) {
    case 'held elsewhere':
      await session.say('hubwarden: another process removes history at this moment; run this command again later');
      return exitStatus.unknown;
    case 'stopped':
      await session.say('hubwarden: stopped; the next one goes on from here');
      return exitStatus.unknown;
    case 'nothing due': {
      const since = pruned.beginsAt === null ? '' : ` History begins on ${pruned.beginsAt}.`;
      await out.write(`Nothing is older than the configuration keeps.${since}\n`);
      return exitStatus.inOrder;
    }
    case 'would remove':
      await out.write(`History would begin on ${pruned.beginsAt}. These rows would go:\n${listed(pruned.rows)}`);
      return exitStatus.inOrder;
    case 'removed':
      await out.write(`History begins on ${pruned.beginsAt}. Removed:\n${listed(pruned.rows)}`);
      return exitStatus.inOrder;
  }
}

function listed(rows: RemovedRows): string {
  const entries = Object.entries(rows);
  if (entries.length === 0) return '  nothing\n';
  return `${aligned(entries.map(([table, number]) => [table, counted(number, 'row')]))
    .map((line) => `  ${line}`)
    .join('\n')}\n`;
}
