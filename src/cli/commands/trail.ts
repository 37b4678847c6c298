import type { Command } from 'commander';
import type { Session } from '../session.js';

export function addTrail(program: Command, session: Session): void {
  const trail = program
    .command('trail')
    .summary('the record of every change that was made in Hubwarden')
    .description('The record of every change that was made in Hubwarden.');
  trail
    .command('verify')
    .summary('whether an entry was edited or removed')
    .description(
      'Recomputes the hash of every entry, each of which covers the one before, and compares the end with what ' +
        'is remembered of it: an entry that was edited, added, or removed in the middle or at the end, is found.',
    )
    .addHelpText(
      'after',
      `
Works on the database alone: DATABASE_URL, or the embedded one in HUBWARDEN_DATA_DIR. GET /api/v1/trail lists the entries.

Exit status: 0 the trail is whole; 2 it is not, and the message names the first entry that is wrong, or the database
cannot be reached.

Examples:
  $ hubwarden trail verify
`,
    )
    .action(() =>
      session.run(async () => {
        const { runTrailVerify } = await import('../run-trail-verify.js');
        return runTrailVerify(session);
      }),
    );
}
