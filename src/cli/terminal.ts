/** Where a command writes: the report to `out`, everything else to `err`. */
export interface Terminal {
  readonly out: Output;
  readonly err: Output;
}

/** What a standard stream says of itself. */
export interface ProcessStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Output {
  /** Resolves when the text has been taken, also when nobody reads any more. Rejects when it is lost otherwise. */
  write(text: string): Promise<void>;
  /** The terminal itself; null where this is a file or a pipe. */
  readonly terminal: ProcessStream | null;
  readonly colours: boolean;
}

/**
 * A stream of the process. A reader that has gone (`hubwarden check | head`) is no failure: the rest is dropped and the
 * exit status stays what the run says.
 */
export class StreamOutput implements Output {
  #failure: Error | null = null;
  #isUnread = false;

  constructor(
    private readonly stream: ProcessStream,
    private readonly variables: Readonly<Record<string, string | undefined>>,
  ) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') this.#isUnread = true;
      else this.#failure = error;
    });
  }

  get terminal(): ProcessStream | null {
    return this.stream.isTTY ? this.stream : null;
  }

  get colours(): boolean {
    const { NO_COLOR: none, TERM: term } = this.variables;
    return this.stream.isTTY === true && (none === undefined || none === '') && term !== 'dumb';
  }

  async write(text: string): Promise<void> {
    if (this.#isUnread) return;
    await new Promise<void>((resolve) => this.stream.write(text, () => resolve()));
    if (this.#failure) throw this.#failure;
  }
}
