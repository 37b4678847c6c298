import type { Mistake } from '../config/configuration.js';
import type { Variables } from '../config/read-environment.js';
import { visible } from '../http/visible.js';
import { type ExitStatus, exitStatus } from './exit-status.js';
import type { Terminal } from './terminal.js';

/** One call of the program: what a command gets, and the exit status that it leaves behind. */
export class Session {
  #status: ExitStatus = exitStatus.inOrder;

  constructor(
    readonly terminal: Terminal,
    readonly variables: Variables,
    /** Aborted when somebody asks the program to stop. */
    readonly signal: AbortSignal,
  ) {}

  get status(): ExitStatus {
    return this.#status;
  }

  /** Runs a command's work; its exit status becomes that of the program. */
  async run(work: () => Promise<ExitStatus>): Promise<void> {
    this.#status = await work();
  }

  /** A line for people, beside the report. */
  async say(text: string): Promise<void> {
    await this.terminal.err.write(`${visible(text)}\n`);
  }

  /** One sentence for each mistake, with file and line, as editors and pipelines find them. */
  async refuse(mistakes: readonly Mistake[]): Promise<ExitStatus> {
    for (const { file, line, message } of mistakes) {
      const place = file === null ? 'hubwarden' : line === null ? file : `${file}:${line}`;
      await this.say(`${place}: ${message}`);
    }
    return exitStatus.mistake;
  }

  async refuseWith(message: string): Promise<ExitStatus> {
    return this.refuse([{ file: null, line: null, message }]);
  }
}
