import { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import pLimit from 'p-limit';
import type { DataSource } from 'typeorm';
import { streamedReportJson } from '../findings/report-json.js';
import { streamReport } from '../findings/report.query.js';
import { Problem } from '../http/problem.js';

/** Each keeps a connection, and an old snapshot that the server may not tidy up behind. */
const mostAtOnce = 2;
const pieceLength = 64 * 1024;

export interface DownloadPatience {
  /** For the end of another one, where there are enough. */
  readonly turnMs: number;
  /** For a caller who takes nothing. */
  readonly stallMs: number;
  /** For a caller who takes little. */
  readonly wholeMs: number;
}

const usualPatience: DownloadPatience = { turnMs: 30_000, stallMs: 30_000, wholeMs: 900_000 };

/** Sends reports as they are read, so that none is ever in memory, and takes care that no caller keeps a connection for ever. */
export class ReportDownloads {
  private readonly logger = new Logger('Runs');
  readonly #limit = pLimit(mostAtOnce);
  readonly #patience: DownloadPatience;

  constructor(
    private readonly dataSource: Pick<DataSource, 'createQueryRunner'>,
    patience: Partial<DownloadPatience> = {},
  ) {
    this.#patience = { ...usualPatience, ...patience };
  }

  /**
   * The report as JSON, the bytes that its hash is of, from one snapshot of the database. What fails before the first of them
   * throws; a stream that is destroyed, also by a failure on the way, gives its connection back. Whoever sends it destroys it where
   * nobody takes it any more.
   *
   * @throws {Problem} 503 where enough are being sent already.
   */
  async open(number: string): Promise<Readable> {
    const end = await this.#turn();
    const pieces = inPieces(reportPieces(this.dataSource, number));
    try {
      const first = await pieces.next();
      const stream = this.#send(first.done === true ? '' : first.value, pieces);
      stream.once('close', () => void pieces.return().then(end, end));
      return stream;
    } catch (error) {
      end();
      throw error;
    }
  }

  #send(first: string, rest: AsyncIterable<string>): Readable {
    const { stallMs, wholeMs } = this.#patience;
    const giveUp = (): void => void stream.destroy(new Error('The caller takes too long for a report.'));
    // Also where nobody ever begins to take it.
    let stalled = setTimeout(giveUp, stallMs);
    async function* watched(): AsyncGenerator<string> {
      for await (const piece of withFirst(first, rest)) {
        clearTimeout(stalled);
        stalled = setTimeout(giveUp, stallMs);
        yield piece;
        // From here on it is the database that is waited for.
        clearTimeout(stalled);
      }
    }
    const stream = Readable.from(watched(), { objectMode: false, highWaterMark: pieceLength });
    const whole = setTimeout(giveUp, wholeMs);
    stream.once('close', () => {
      clearTimeout(stalled);
      clearTimeout(whole);
    });
    stream.on('error', (error) => this.logger.warn('A report was not sent to its end', { because: error.message }));
    return stream;
  }

  /** Returns what ends it. */
  async #turn(): Promise<() => void> {
    return new Promise((resolve, reject) => {
      let isGivenUp = false;
      const timer = setTimeout(() => {
        isGivenUp = true;
        reject(
          new Problem(503, 'Others are being sent a report at the moment; try again in a while.', {
            headers: { 'Retry-After': '30' },
          }),
        );
      }, this.#patience.turnMs);
      void this.#limit(() => {
        clearTimeout(timer);
        if (!isGivenUp) return new Promise<void>((end) => resolve(end));
      });
    });
  }
}

async function* reportPieces(
  dataSource: Pick<DataSource, 'createQueryRunner'>,
  number: string,
): AsyncGenerator<string> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction('REPEATABLE READ');
    yield* streamedReportJson(await streamReport(runner, number));
  } finally {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    await runner.release();
  }
}

async function* inPieces(texts: AsyncIterable<string>): AsyncGenerator<string, void, void> {
  let piece = '';
  for await (const text of texts) {
    piece += text;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

async function* withFirst(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  if (first !== '') yield first;
  yield* rest;
}
