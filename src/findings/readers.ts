import pLimit from 'p-limit';
import type { DataSource, QueryRunner } from 'typeorm';

/**
 * Connections that see the same state of the database. Whoever asks first is served first, and gives the connection back before it
 * waits for anything that asked later; so even a single one serves all.
 */
export class Readers {
  private readonly limit;
  private readonly atWork = new Set<Promise<unknown>>();

  private constructor(
    private readonly free: QueryRunner[],
    private readonly own: readonly QueryRunner[],
    /** A connection serves nobody else meanwhile, so that it may look for what comes next while its user works. */
    readonly ahead: boolean,
  ) {
    this.limit = pLimit({ concurrency: free.length, rejectOnClear: true });
  }

  /** One connection that serves other ends as well: nothing is asked of it but within `use`. */
  static of(runner: QueryRunner): Readers {
    return new Readers([runner], [], false);
  }

  /**
   * `given`, and so many more connections that see what `snapshot` (`pg_export_snapshot`) names. Throws where whoever exported it
   * is gone.
   */
  static async open(
    dataSource: DataSource,
    snapshot: string,
    more: number,
    given: readonly QueryRunner[] = [],
  ): Promise<Readers> {
    const opened: QueryRunner[] = [];
    try {
      while (opened.length < more) {
        const runner = dataSource.createQueryRunner();
        opened.push(runner);
        await runner.startTransaction('REPEATABLE READ');
        await runner.query(`set transaction snapshot '${snapshot.replaceAll("'", '')}'`);
      }
      return new Readers([...opened, ...given], opened, true);
    } catch (error) {
      await release(opened);
      throw error;
    }
  }

  /** How many can be served at once. */
  get count(): number {
    return this.limit.concurrency;
  }

  use<Result>(work: (runner: QueryRunner) => Promise<Result>): Promise<Result> {
    const done = this.limit(async () => {
      const runner = this.free.pop();
      if (runner === undefined) throw new Error('More readers are at work than there are connections.');
      try {
        return await work(runner);
      } finally {
        this.free.push(runner);
      }
    });
    this.atWork.add(done);
    void done.catch(() => undefined).finally(() => this.atWork.delete(done));
    return done;
  }

  /** Whoever still waits is refused; whoever is at work comes to its end first. */
  async settle(): Promise<void> {
    this.limit.clearQueue();
    await Promise.allSettled(this.atWork);
  }

  /** Gives the connections of `open` back. */
  async close(): Promise<void> {
    await this.settle();
    await release(this.own);
  }
}

async function release(runners: readonly QueryRunner[]): Promise<void> {
  for (const runner of runners) {
    await runner.rollbackTransaction().catch(() => undefined);
    await runner.release();
  }
}
