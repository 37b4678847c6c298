import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { Connection } from 'pg';

interface CopyConnection {
  readonly stream: Writable;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** COPY FROM STDIN of a stream as it is, as fast as the server takes it: what any copying of the file costs at least. */
export class CopyStream {
  constructor(
    private readonly statement: string,
    private readonly source: Readable,
    private readonly done: (error: Error | null) => void,
  ) {}

  submit(connection: Connection): void {
    connection.query(this.statement);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    this.send(connection).catch(this.done);
  }

  handleCommandComplete(): void {
    // It counts once the server is ready for the next one.
  }

  handleReadyForQuery(): void {
    this.done(null);
  }

  handleError(error: Error): void {
    this.done(error);
  }

  private async send(connection: CopyConnection): Promise<void> {
    for await (const chunk of this.source) {
      connection.sendCopyFromChunk(chunk);
      if (connection.stream.writableNeedDrain) await once(connection.stream, 'drain');
    }
    connection.endCopyFrom();
  }
}
