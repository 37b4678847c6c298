import type { Command } from 'commander';
import type { MoveArguments } from '../run-database-move.js';
import type { Session } from '../session.js';

export function addDatabase(program: Command, session: Session): void {
  const database = program
    .command('database')
    .summary('where the database of an installation lies')
    .description('Where the database of an installation lies.');
  addMove(database, session);
  addReopen(database, session);
}

function addMove(database: Command, session: Session): void {
  database
    .command('move')
    .summary('move the installation to another PostgreSQL server')
    .description(
      'Copies everything that the database holds into an empty one on another server, compares every column of every row in ' +
        'both, and says what to set next. Killed or stopped, it goes on where it was when it is run again.',
    )
    .requiredOption('--to <url>', 'postgres://USER:PASSWORD@HOST:PORT/DATABASE, an empty database')
    .addHelpText(
      'after',
      `
What is moved is DATABASE_URL, or the embedded database in HUBWARDEN_DATA_DIR (default ./.hubwarden). Stop every serve
first: nobody may work with it meanwhile. Needs PostgreSQL 15 or later and a user who may create tables there, no
superuser. Leave the password out of --to where others can list the processes of this machine: PGPASSWORD or a password
file (~/.pgpass) gives it as well.

Each table is one transaction. Until every row is the same in both, nothing works with the new database; from then on
nothing works with the old one, which stays as it was, until “hubwarden database reopen”. Run again after the end, it
compares once more.

Standard output lists each table with its rows and the SHA-256 over all of them, the same on both servers.

Exit status:
  0  everything is there, and every row is the same
  2  it cannot be moved, or not to there: nothing was copied
  3  a row is not the same, or it was stopped or broke down: the move is not finished

Examples:
  $ hubwarden database move --to postgres://hubwarden:…@db.example.com/hubwarden
  $ PGPASSWORD=… hubwarden database move --to "postgres://hubwarden@db.example.com/hubwarden?sslmode=verify-full"
`,
    )
    .action((options: MoveArguments) =>
      session.run(async () => {
        const { runDatabaseMove } = await import('../run-database-move.js');
        return runDatabaseMove(options, session);
      }),
    );
}

function addReopen(database: Command, session: Session): void {
  database
    .command('reopen')
    .summary('go on with a database that was moved away')
    .description(
      'Lets a database be used again that “hubwarden database move” has left. It is as it was then: what was recorded in the ' +
        'new one since is not in it. Use one of the two from now on, or everything is judged and told twice.',
    )
    .addHelpText(
      'after',
      `
The database is DATABASE_URL, or the embedded one in HUBWARDEN_DATA_DIR (default ./.hubwarden). The other one is not
changed.

Exit status: 0 it can be used; 2 it cannot be reached, or somebody opens it at this moment.

Examples:
  $ hubwarden database reopen
`,
    )
    .action(() =>
      session.run(async () => {
        const { runDatabaseReopen } = await import('../run-database-reopen.js');
        return runDatabaseReopen(session);
      }),
    );
}
