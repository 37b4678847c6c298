import { main } from '../../src/cli/main.js';
import { Session } from '../../src/cli/session.js';
import type { Output } from '../../src/cli/terminal.js';

/** Neither a terminal nor coloured: what a pipeline gets. */
export class RecordedOutput implements Output {
  readonly terminal = null;
  readonly colours = false;
  text = '';

  write(text: string): Promise<void> {
    this.text += text;
    return Promise.resolve();
  }
}

export interface CommandResult {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process, with an environment of its own. */
export async function runCommand(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
  signal: AbortSignal = new AbortController().signal,
  /** To be read while the command runs. */
  err = new RecordedOutput(),
): Promise<CommandResult> {
  const out = new RecordedOutput();
  const status = await main(args, new Session({ out, err }, variables, signal));
  return { status, out: out.text, err: err.text };
}
