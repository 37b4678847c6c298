import { type Command, Option } from 'commander';
import { rosterFormats } from '../../config/roster-formats.js';
import type { DecideArguments } from '../run-roster-decide.js';
import type { ValidateArguments } from '../run-roster-validate.js';
import type { Session } from '../session.js';

export function addRoster(program: Command, session: Session): void {
  const roster = program
    .command('roster')
    .summary('the list of people that HR keeps')
    .description('The list of people that HR keeps.');
  addValidate(roster, session);
  addDecision(roster, 'accept', session);
  addDecision(roster, 'reject', session);
}

function addValidate(roster: Command, session: Session): void {
  roster
    .command('validate')
    .summary('what a roster file would do, and what in it would be refused')
    .description(
      'Reads a roster file as a run would and says what it understood, and line by line what it would refuse. ' +
        'Needs no configuration, and changes nothing.',
    )
    .argument('<file>', 'the file')
    .addOption(
      new Option('--format <format>', 'what it is (default: as configured, else by its ending)').choices(rosterFormats),
    )
    .option('--config <file>', 'a configuration, for its columns, statuses, time zone and date format')
    .option('--compare', 'open the database and say whether the file would be quarantined beside the roster in force')
    .addHelpText(
      'after',
      `
Exit status:
  0  it would be accepted, and every row can be used
  1  single rows would be refused and the rest used, or it would be quarantined
  2  the file would be refused whole, or the command line or the configuration is wrong

Examples:
  $ hubwarden roster validate people.csv
  $ hubwarden roster validate export.csv --config hubwarden.yaml --compare
`,
    )
    .action((file: string, options: ValidateArguments) =>
      session.run(async () => {
        const { runRosterValidate } = await import('../run-roster-validate.js');
        return runRosterValidate(file, options, session);
      }),
    );
}

const decisions = {
  accept: {
    summary: 'put a quarantined roster in force',
    description: 'Puts a quarantined roster in force: whoever it lacks counts as missing from then on.',
  },
  reject: {
    summary: 'throw a quarantined roster away',
    description: 'Throws a quarantined roster away. The one in force stays.',
  },
} as const;

function addDecision(roster: Command, decision: keyof typeof decisions, session: Session): void {
  roster
    .command(decision)
    .summary(decisions[decision].summary)
    .description(
      `${decisions[decision].description} A roster is quarantined when it lost so many people at once that it may have ` +
        'been cut short; the check hr-roster-plausible names its id.',
    )
    .argument('<id>', 'the id of the quarantined roster')
    .requiredOption('--reason <text>', 'why, for whoever reads it later')
    .addHelpText(
      'after',
      `
Exit status: 0 decided; 2 there is no such quarantined roster, a check run is at work, or the database cannot be
reached.

Examples:
  $ hubwarden roster ${decision} 12 --reason "${decision === 'accept' ? 'the Lyon office closed' : 'the export was cut off'}"
`,
    )
    .action((id: string, options: DecideArguments) =>
      session.run(async () => {
        const { runRosterDecide } = await import('../run-roster-decide.js');
        return runRosterDecide(decision, id, options, session);
      }),
    );
}
