import type { DataSource, QueryRunner } from 'typeorm';

/**
 * One connection for as long as the work lasts, which writes values as text in the one way on which both servers agree,
 * whatever is set for the database or the user, and which no time-out of theirs ends.
 */
export async function inOneSession<Result>(
  dataSource: DataSource,
  work: (runner: QueryRunner) => Promise<Result>,
): Promise<Result> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query(`
      set time zone 'UTC'; set datestyle = 'ISO, MDY'; set intervalstyle = 'postgres';
      set extra_float_digits = 1; set bytea_output = 'hex'; set xmloption = 'content'`);
    // One of them came with PostgreSQL 17.
    await runner.query(
      `select set_config(name, '0', false) from pg_settings
        where name in ('statement_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout')`,
    );
    return await work(runner);
  } finally {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    await runner.release();
  }
}
