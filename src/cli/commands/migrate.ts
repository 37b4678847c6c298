import type { Command } from 'commander';
import type { Session } from '../session.js';

export function addMigrate(program: Command, session: Session): void {
  program
    .command('migrate')
    .summary('bring the database up to date')
    .description(
      'Runs the migrations that the database has not seen. Every command that opens the database does so by itself; this one ' +
        'is for deployments that want it done before.',
    )
    .addHelpText(
      'after',
      `
The database is DATABASE_URL, or the embedded one in HUBWARDEN_DATA_DIR (default ./.hubwarden).

Exit status: 0 the database is up to date; 2 it cannot be reached or changed; 3 a migration broke down, and nothing of it
was kept.

Examples:
  $ hubwarden migrate
  $ DATABASE_URL=postgres://hubwarden:…@db/hubwarden hubwarden migrate
`,
    )
    .action(() =>
      session.run(async () => {
        const { runMigrate } = await import('../run-migrate.js');
        return runMigrate(session);
      }),
    );
}
