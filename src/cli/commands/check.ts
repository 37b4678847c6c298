import { type Command, Option } from 'commander';
import { severities } from '../../checks/check.js';
import { formatIds } from '../formats/format.js';
import type { Session } from '../session.js';
import type { CheckArguments } from '../run-check.js';

export function addCheck(program: Command, session: Session): void {
  program
    .command('check')
    .summary('one run: read, match, evaluate, print')
    .description(
      'Reads Docker Hub and the HR roster, matches accounts to people, runs every check and prints the report. ' +
        'What cannot be read, or not to its end, gives verdicts that are unknown, never passes.',
    )
    .option('--config <file>', 'the configuration', 'hubwarden.yaml')
    .addOption(new Option('--format <format>', 'how the report is written').choices(formatIds).default('table'))
    .option('--output <file>', 'write the report to a file, which is replaced once the report is whole')
    .addOption(
      new Option('--fail-on <severity>', 'the mildest severity whose failures give exit status 1')
        .choices(severities)
        .default('low'),
    )
    .option('--alert', 'deliver what is due before it ends (default: it waits for “hubwarden serve”)')
    .option('--now <instant>', 'judge as if it were this instant, ISO 8601 with a zone (default: now)')
    .option('--policy <file>', 'with --on: try the policy of this configuration on a past evaluation')
    .option('--on <evaluation>', 'the evaluation: its id, its number, or “latest”')
    .addHelpText(
      'after',
      `
The report goes to standard output, progress and mistakes to standard error.

With --alert it waits at most two minutes for channels that ask for patience; what they have not taken by then, and what
falls into quiet hours, waits for the next run with --alert or for “hubwarden serve”. The exit status does not depend on it.

With --policy and --on nothing is read from Docker Hub and nothing is recorded: it prints which verdicts, reasons and due dates
of that evaluation would have been others under the sections identity, criticalSystems, roles, checks and calendar of the file.
Open findings keep the dates that they have. The variables that the file names have to be set, though none of them is used.
Exit status 0, or 2 for a mistake.

Exit status, the first that applies:
  2  the command line, the configuration, the database or the first roster is wrong
  1  a subject fails at or above --fail-on and is not excepted
  3  a verdict is unknown, the data cannot be trusted, or the run broke down
  0  everything is in order

Examples:
  $ hubwarden check
  $ hubwarden check --format junit --output report.xml --fail-on high
  $ hubwarden check --format json | jq '.results[] | select(.verdict == "fail")'
  $ hubwarden check --alert                       the night of a scheduled job, instead of “hubwarden serve”
  $ hubwarden check --now 2026-11-21T02:00:00Z
  $ hubwarden check --policy other.yaml --on latest
`,
    )
    .action((options: CheckArguments) =>
      session.run(async () => {
        if (options.policy !== undefined || options.on !== undefined) {
          const { runPolicyTrial } = await import('../run-policy-trial.js');
          return runPolicyTrial(options, session);
        }
        const { runCheckCommand } = await import('../run-check.js');
        return runCheckCommand(options, session);
      }),
    );
}
