import { type Command, Option } from 'commander';
import type { AccessArguments } from '../run-access.js';
import type { Session } from '../session.js';

export function addAccess(program: Command, session: Session): void {
  program
    .command('access')
    .summary('who can pull, push to and administer what, and by which path')
    .description(
      'Says who can still push to production. Of one repository, one person or one account, or of several of these together, it ' +
        'lists every account with a permission and every path that leads to it: the roles owner and editor, which administer ' +
        'every repository, whether they are the account’s own or come with a team, and the permissions of teams. Then the ' +
        'organization access tokens, whether everybody may pull, and what is not known.',
    )
    .option('--repository <name>', 'with its organization, such as acme/api')
    .option('--person <id>', 'an employee id: what the accounts of that person may do')
    .option('--account <name>', 'a username, in every organization')
    .option('--organization <name>', 'of this organization only')
    .option(
      '--as-of <instant>',
      'at the last evaluation before this instant, ISO 8601 with a zone (default: the newest)',
    )
    .option('--known-at <instant>', 'by what was known at this instant (default: everything that is known)')
    .addOption(new Option('--format <format>', 'how it is written').choices(['table', 'json', 'csv']).default('table'))
    .option('--output <file>', 'write to a file, which is replaced once the answer is whole')
    .addHelpText(
      'after',
      `
Answers from what the last evaluation saw: run “hubwarden check” first. Needs no configuration file, only the database:
DATABASE_URL, or the embedded one in HUBWARDEN_DATA_DIR. Custom roles count as the policy of that evaluation ranked them.

Permissions, each with those before it:
  read   pull images, or see them
  write  push and delete images
  admin  decide who may, and everything else

An empty answer means nobody only where nothing is listed under “Not known”: a listing that was cut, a role that nobody
ranked or a token that Docker Hub did not describe may hide somebody. JSON has the same in \`complete\` and \`missing\`.
Without --repository, --person and --account it lists everything, which can be millions of lines.

Exit status:
  0  answered, and nothing is missing
  3  answered, and something is not known
  2  the command line or the database is wrong, or there is no such repository, person or account

Examples:
  $ hubwarden access --repository acme/api
  $ hubwarden access --person E-1017
  $ hubwarden access --account jdoe --organization acme
  $ hubwarden access --repository acme/api --format json | jq -r '.items[] | select(.permission != "read") | .account'
  $ hubwarden access --organization acme --format csv --output access.csv
  $ hubwarden access --repository acme/api --as-of 2026-09-30T23:59:59Z
`,
    )
    .action((options: AccessArguments) =>
      session.run(async () => {
        const { runAccess } = await import('../run-access.js');
        return runAccess(options, session);
      }),
    );
}
