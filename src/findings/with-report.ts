import type { DataSource } from 'typeorm';
import type { StreamedReport } from './report.js';
import { streamReport } from './report.query.js';

/**
 * The report of a recorded evaluation for as long as the work takes, however large it is: every reading of its results is one of the
 * database, and all are of the same snapshot. Takes a connection from the pool for as long.
 */
export async function withReport<Result>(
  dataSource: Pick<DataSource, 'createQueryRunner'>,
  number: string,
  work: (report: StreamedReport) => Promise<Result>,
): Promise<Result> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction('REPEATABLE READ');
    return await work(await streamReport(runner, number));
  } finally {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    await runner.release();
  }
}
