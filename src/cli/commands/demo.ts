import { type Command, Option } from 'commander';
import { formatIds } from '../formats/format.js';
import type { DemoArguments } from '../demo-night.js';
import type { Session } from '../session.js';

export function addDemo(program: Command, session: Session): void {
  program
    .command('demo')
    .summary('a night of the product, without an account or a configuration')
    .description(
      'Starts a simulated Docker Hub with a sample company of some sixty people, and runs every check on it. ' +
        'Nothing outside this machine is asked.',
    )
    .addOption(new Option('--format <format>', 'how the report is written').choices(formatIds).default('table'))
    .option('--output <file>', 'write the report to a file')
    .option('--serve', 'stay up with the API, the simulated Docker Hub and the database, to try things against them')
    .addHelpText(
      'after',
      `
The database lies in HUBWARDEN_DATA_DIR if that is set, else in ./.hubwarden-demo; DATABASE_URL is not used. A database
that holds other organizations is refused. No alert is ever sent. Run it twice to see findings grow older.

With --serve the API is on 127.0.0.1, port 3000, or another port where that is taken; HOST and PORT are not used. Its token
is a new one each time.

Exit status: 0 the demo worked, whatever it found; 2 something is in its way; 3 it broke down.

Examples:
  $ hubwarden demo
  $ hubwarden demo --format json
  $ hubwarden demo --serve
`,
    )
    .action((options: DemoArguments) =>
      session.run(async () => {
        const { runDemoCommand } = await import('../run-demo.js');
        return runDemoCommand(options, session);
      }),
    );
}
