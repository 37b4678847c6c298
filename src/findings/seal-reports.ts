import type { DataSource } from 'typeorm';
import { streamedReportHash } from './report-json.js';
import { streamReport } from './report.query.js';

/**
 * Records the hash of every report that has none yet: of the evaluation that has just been recorded, and of earlier ones whose process
 * ended before it came to that. A report says the same whenever it is read, so that it does not matter when this happens, nor how
 * often. It reads every verdict, and nobody waits for it.
 */
export async function sealReports(dataSource: DataSource): Promise<void> {
  const unsealed: { number: string }[] = await dataSource.query(
    'select number from evaluation where finished_at is not null and read_at is not null and report_hash is null order by number',
  );
  for (const { number } of unsealed) await seal(dataSource, number);
}

async function seal(dataSource: DataSource, number: string): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction('REPEATABLE READ');
    const hash = await streamedReportHash(await streamReport(runner, number));
    await runner.rollbackTransaction();
    await runner.query('update evaluation set report_hash = $2 where number = $1 and report_hash is null', [
      number,
      hash,
    ]);
  } finally {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    await runner.release();
  }
}
