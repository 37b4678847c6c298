import { type Command, Option } from 'commander';
import type { ListChecksArguments, ShowCheckArguments } from '../run-checks.js';
import type { Session } from '../session.js';

const configured =
  'Needs neither a database nor a configuration. With --config it says what is in force there, and the variables that the ' +
  'file names have to be set.';

export function addChecks(program: Command, session: Session): void {
  const checks = program
    .command('checks')
    .summary('the catalogue: which rules there are, and what each needs')
    .description('The catalogue: which rules there are, and what each needs.');
  addList(checks, session);
  addShow(checks, session);
}

function addList(checks: Command, session: Session): void {
  checks
    .command('list')
    .summary('every check with its severity, time to repair, data and controls')
    .description(
      'Lists every check of the catalogue, in the order of the report: what it judges, how severe a failure is, how long ' +
        'there is to repair it, the datasets that a pass rests on, and the controls that it gives evidence for.',
    )
    .option('--config <file>', 'say severity, time to repair and what is switched off as this hubwarden.yaml has them')
    .addOption(
      new Option('--format <format>', 'how the list is written').choices(['table', 'json', 'csv']).default('table'),
    )
    .addHelpText(
      'after',
      `
${configured}

The time to repair is a duration (24h, 3d) or business days (5bd) of the calendar in hubwarden.yaml. The list ends with its
count; as CSV, the count is on standard error.

Exit status: 0 the list is printed; 2 the command line or the configuration is wrong.

Examples:
  $ hubwarden checks list
  $ hubwarden checks list --config hubwarden.yaml
  $ hubwarden checks list --format json | jq -r '.items[] | select(.severity == "critical") | .id'
  $ hubwarden checks list --format csv > checks.csv
`,
    )
    .action((options: ListChecksArguments) =>
      session.run(async () => {
        const { runChecksList } = await import('../run-checks.js');
        return runChecksList(options, session);
      }),
    );
}

function addShow(checks: Command, session: Session): void {
  checks
    .command('show')
    .summary('one check: why, what to do, its reasons and settings')
    .description(
      'Shows one check: the risk, what to do about a failure, each reason that it gives, and what can be set.',
    )
    .argument('<id>', 'as `hubwarden checks list` shows it')
    .option('--config <file>', 'say what is in force in this hubwarden.yaml')
    .addOption(new Option('--format <format>', 'how it is written').choices(['table', 'json']).default('table'))
    .addHelpText(
      'after',
      `
${configured}

Exit status: 0 the check is printed; 2 there is no such check, or the command line or the configuration is wrong.

Examples:
  $ hubwarden checks show offboarded-access-removed
  $ hubwarden checks show owner-count --config hubwarden.yaml
`,
    )
    .action((id: string, options: Omit<ShowCheckArguments, 'id'>) =>
      session.run(async () => {
        const { runChecksShow } = await import('../run-checks.js');
        return runChecksShow({ ...options, id }, session);
      }),
    );
}
