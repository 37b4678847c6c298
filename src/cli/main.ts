import { Command, CommanderError } from 'commander';
import { type ExitStatus, exitStatus } from './exit-status.js';
import { addAccess } from './commands/access.js';
import { addAlerts } from './commands/alerts.js';
import { addCheck } from './commands/check.js';
import { addChecks } from './commands/checks.js';
import { addConnect } from './commands/connect.js';
import { addDatabase } from './commands/database.js';
import { addDemo } from './commands/demo.js';
import { addEvidence } from './commands/evidence.js';
import { addHistory } from './commands/history.js';
import { addMigrate } from './commands/migrate.js';
import { addReplay } from './commands/replay.js';
import { addRoster } from './commands/roster.js';
import { addServe } from './commands/serve.js';
import { addToken } from './commands/token.js';
import { addTrail } from './commands/trail.js';
import type { Session } from './session.js';
import { endInTime } from './stopping.js';
import type { Output } from './terminal.js';
import { version } from './version.js';

/** Every command. Each file describes its command and loads what does the work only when it runs. */
const commands: readonly ((program: Command, session: Session) => void)[] = [
  addServe,
  addCheck,
  addDemo,
  addAccess,
  addChecks,
  addEvidence,
  addReplay,
  addConnect,
  addAlerts,
  addRoster,
  addToken,
  addTrail,
  addHistory,
  addMigrate,
  addDatabase,
];

/** Runs the command line and answers with the exit status. Never throws. */
export async function main(args: readonly string[], session: Session): Promise<ExitStatus> {
  let written = Promise.resolve();
  const writeTo =
    (output: Output) =>
    (text: string): void => {
      written = written.then(() => output.write(text));
    };
  const program = new Command('hubwarden')
    .description('Says whether the people and tokens that can reach your Docker Hub organizations still should.')
    .version(version())
    .exitOverride()
    .showHelpAfterError('(add --help for what is expected)')
    .configureOutput({
      writeOut: writeTo(session.terminal.out),
      writeErr: writeTo(session.terminal.err),
      getOutHasColors: () => session.terminal.out.colours,
      getErrHasColors: () => session.terminal.err.colours,
      getOutHelpWidth: () => widthOf(session.terminal.out),
      getErrHelpWidth: () => widthOf(session.terminal.err),
    })
    .addHelpText(
      'after',
      `
Start here:
  $ hubwarden demo                      a night of the product, without an account or a configuration
  $ hubwarden connect test              what your credentials can read, and what to do about the rest
  $ hubwarden check                     one run over your organizations
  $ hubwarden serve                     the service: API, nightly runs, alerts

Secrets and deployment come from the environment, policy from hubwarden.yaml (see hubwarden.example.yaml).
`,
    );
  for (const add of commands) add(program, session);
  try {
    await Promise.race([
      program.parseAsync(withoutVainHelp(program, args), { from: 'user' }),
      endInTime(session.signal),
    ]);
    return session.status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.inOrder : exitStatus.mistake;
    return await brokenDown(error, session);
  } finally {
    await written.catch(() => undefined);
  }
}

/** Asked for help about a command that is not there, commander would help with something else, as if all were well. */
function withoutVainHelp(program: Command, args: readonly string[]): readonly string[] {
  let command = program;
  for (const word of args.filter((arg) => !arg.startsWith('-'))) {
    if (command.commands.length === 0) break;
    if (word === 'help') continue;
    const next = command.commands.find((candidate) => candidate.name() === word || candidate.aliases().includes(word));
    if (next === undefined) return args.filter((arg) => !['help', '--help', '-h'].includes(arg));
    command = next;
  }
  return args;
}

function widthOf({ terminal }: Output): number {
  return Math.min(terminal?.columns ?? 100, 120);
}

/** Loaded only now: it brings the database's library along. */
async function sentenceOf(error: unknown): Promise<string> {
  const { isDatabaseLost } = await import('../database/is-database-lost.js');
  if (isDatabaseLost(error))
    return 'the database could not be reached any more; once it can be, the next run goes on where this one was';
  return `broke down: ${error instanceof Error ? error.message : String(error)}`;
}

async function brokenDown(error: unknown, session: Session): Promise<ExitStatus> {
  const stopped = session.signal.aborted;
  const stack = error instanceof Error && session.variables['LOG_LEVEL'] === 'debug' ? (error.stack ?? '') : '';
  try {
    await session.say(
      stopped ? 'hubwarden: stopped; the next run goes on from here' : `hubwarden: ${await sentenceOf(error)}`,
    );
    if (!stopped && stack !== '') for (const line of stack.split('\n')) await session.say(line);
  } catch {
    // Nobody reads any more; the exit status still tells.
  }
  return exitStatus.unknown;
}
