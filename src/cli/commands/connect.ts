import type { Command } from 'commander';
import type { Session } from '../session.js';

export function addConnect(program: Command, session: Session): void {
  const connect = program
    .command('connect')
    .summary('the connection to Docker Hub')
    .description('The connection to Docker Hub.');
  connect
    .command('test')
    .summary('what the configured credentials can read')
    .description(
      'Reads a little of every dataset of every organization and prints a table: whether it can be read, by which ' +
        'credential of the configuration, and what to do about it if not. Needs no database and changes nothing.',
    )
    .option('--config <file>', 'the configuration', 'hubwarden.yaml')
    .addHelpText(
      'after',
      `
Exit status:
  0  everything that the enabled checks need can be read
  3  some of it cannot
  2  the command line or the configuration is wrong

Examples:
  $ hubwarden connect test
  $ hubwarden connect test --config staging.yaml
`,
    )
    .action((options: { readonly config: string }) =>
      session.run(async () => {
        const { runConnectTest } = await import('../run-connect-test.js');
        return runConnectTest(options.config, session);
      }),
    );
}
