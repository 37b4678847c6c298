import { type Command, Option } from 'commander';
import { roles } from '../../http/roles.js';
import type { CreateTokenArguments, ListTokensArguments } from '../run-token.js';
import type { Session } from '../session.js';

const database = 'Works on the database alone: DATABASE_URL, or the embedded one in HUBWARDEN_DATA_DIR.';

export function addToken(program: Command, session: Session): void {
  const token = program
    .command('token')
    .summary('who may call the API')
    .description('API tokens: who may call the API.');
  addCreate(token, session);
  addList(token, session);
  addRevoke(token, session);
}

function addCreate(token: Command, session: Session): void {
  token
    .command('create')
    .summary('make a token and print it')
    .description(
      'Makes an API token and prints it, alone, to standard output. This is the only time that it can be seen: only a ' +
        'hash of it is kept.',
    )
    .requiredOption('--name <name>', 'what it is for; no two tokens in force have the same')
    .addOption(new Option('--role <role>', 'what it may do').choices(roles).makeOptionMandatory())
    .option('--expires <when>', 'after which it is refused: a number of days such as 90d, or a date such as 2027-01-31')
    .addHelpText(
      'after',
      `
Roles:
  admin     everything, API tokens included
  operator  starts evaluations, imports rosters, decides; reads everything
  auditor   reads everything and changes nothing
  reviewer  reads, and acknowledges findings

A date means until its end, in UTC. ${database}

Exit status: 0 the token is printed; 2 the command line or the database is wrong, or the name is taken.

Examples:
  $ hubwarden token create --name grafana --role auditor
  $ hubwarden token create --name "release pipeline" --role operator --expires 90d > token.txt
`,
    )
    .action((options: CreateTokenArguments) =>
      session.run(async () => {
        const { runTokenCreate } = await import('../run-token.js');
        return runTokenCreate(options, session);
      }),
    );
}

function addList(token: Command, session: Session): void {
  token
    .command('list')
    .summary('every token, without the token itself')
    .description(
      'Lists every API token with its role, expiry and last use, revoked ones too. The tokens themselves are not known.',
    )
    .addOption(new Option('--format <format>', 'how the list is written').choices(['table', 'json']).default('table'))
    .addHelpText(
      'after',
      `
${database}

Examples:
  $ hubwarden token list
  $ hubwarden token list --format json | jq -r '.items[] | select(.revokedAt == null) | .name'
`,
    )
    .action((options: ListTokensArguments) =>
      session.run(async () => {
        const { runTokenList } = await import('../run-token.js');
        return runTokenList(options, session);
      }),
    );
}

function addRevoke(token: Command, session: Session): void {
  token
    .command('revoke')
    .summary('refuse a token from now on')
    .description(
      'Revokes an API token: the next request with it is refused. It cannot be undone; make a new one instead.',
    )
    .argument('<id-or-name>', 'as `hubwarden token list` shows it')
    .addHelpText(
      'after',
      `
${database}

Exit status: 0 revoked; 2 there is no such token in force, or the database cannot be reached.

Examples:
  $ hubwarden token revoke grafana
  $ hubwarden token revoke 3f2b8c1e-0a4d-4b7e-9c55-1f2e3d4c5b6a
`,
    )
    .action((which: string) =>
      session.run(async () => {
        const { runTokenRevoke } = await import('../run-token.js');
        return runTokenRevoke(which, session);
      }),
    );
}
