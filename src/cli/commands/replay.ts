import { type Command, Option } from 'commander';
import type { ReplayArguments } from '../run-replay.js';
import type { Session } from '../session.js';

export function addReplay(program: Command, session: Session): void {
  program
    .command('replay')
    .summary('judge a past evaluation anew, from what is stored')
    .description(
      'Judges a recorded evaluation anew from what is stored: its snapshots, roster, links, decisions, policy and clock. Says ' +
        'whether the report is the same, byte for byte. Nothing is read from Docker Hub, and nothing is recorded.',
    )
    .argument('<evaluation>', 'its id, its number, or “latest”')
    .addOption(
      new Option('--format <format>', 'table: the two hashes; json: the replayed report')
        .choices(['table', 'json'])
        .default('table'),
    )
    .option('--output <file>', 'write to a file, which is replaced once it is whole')
    .addHelpText(
      'after',
      `
The hashes are SHA-256 of the report as “hubwarden check --format json” writes it to a file. With --format json the report
is what is written, and the hashes go where it does not.

Exit status:
  0  the reports are equal
  2  there is no such evaluation, or this program has other rules than the one that recorded it
  3  they are different: the first difference is printed

Examples:
  $ hubwarden replay latest
  $ hubwarden replay 0b6c2f0e-4e3a-4b0e-9f43-0f4f1f7a8f10 --format json --output replayed.json
`,
    )
    .action((evaluation: string, options: ReplayArguments) =>
      session.run(async () => {
        const { runReplay } = await import('../run-replay.js');
        return runReplay(evaluation, options, session);
      }),
    );
}
