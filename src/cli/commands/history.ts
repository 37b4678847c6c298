import type { Command } from 'commander';
import type { PruneArguments } from '../run-history-prune.js';
import type { Session } from '../session.js';

export function addHistory(program: Command, session: Session): void {
  const history = program
    .command('history')
    .summary('the nights that are kept')
    .description('The nights that are kept.');
  history
    .command('prune')
    .summary('remove what the retention policy no longer keeps')
    .description(
      'Removes nights that are older than “retention.history” of the configuration says, with what hangs on them. The trail, ' +
        'decisions, open findings, and whatever a night that is kept has looked at, stay. “hubwarden serve” does so by itself.',
    )
    .option('--config <file>', 'the configuration', 'hubwarden.yaml')
    .option('--dry-run', 'say what would be removed, and change nothing')
    .addHelpText(
      'after',
      `
The database is DATABASE_URL, or the embedded one in HUBWARDEN_DATA_DIR (default ./.hubwarden). It may be in use meanwhile:
rows go in small batches, and nobody waits. Stopped or killed, it goes on where it was when it is run again. The trail says
what was removed, until when and how many rows.

Exit status:
  0  nothing that is older is left; with --dry-run, it was counted
  2  the command line, the configuration or the database is wrong
  3  it was stopped, or another process removes at this moment

Examples:
  $ hubwarden history prune --dry-run
  $ hubwarden history prune --config /etc/hubwarden/hubwarden.yaml
`,
    )
    .action((options: PruneArguments) =>
      session.run(async () => {
        const { runHistoryPrune } = await import('../run-history-prune.js');
        return runHistoryPrune(options, session);
      }),
    );
}
