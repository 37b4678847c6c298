import type { DataSource, QueryRunner } from 'typeorm';
import { asKnown, type AsKnown, type Moment } from './as-known.js';
import type { RecordedEvaluation } from './recorded-evaluation.query.js';

/**
 * Does the work on a connection that sees the database as an evaluation saw it: under the name of every table, what was known
 * then. What the work writes is seen by nobody else, and everything is gone when it ends, also by a crash: these are temporary
 * tables and views of a transaction that is always rolled back. Nobody is kept from anything meanwhile.
 */
export async function asEvaluationSaw<Result>(
  dataSource: DataSource,
  evaluation: RecordedEvaluation,
  matchedAt: string,
  work: (runner: QueryRunner) => Promise<Result>,
): Promise<Result> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction('REPEATABLE READ');
    const shadow = new Shadow(runner, evaluation, {
      read: evaluation.readAt,
      judged: evaluation.judgedAt,
      matched: matchedAt,
    });
    await shadow.build();
    return await work(runner);
  } finally {
    await runner.rollbackTransaction().catch(() => undefined);
    await runner.release();
  }
}

interface Column {
  readonly name: string;
  readonly identity: boolean;
}

class Shadow {
  private schema = '';

  constructor(
    private readonly runner: QueryRunner,
    private readonly evaluation: RecordedEvaluation,
    private readonly moments: Readonly<Record<Moment, string>>,
  ) {}

  async build(): Promise<void> {
    // Of what views show the planner expects a few rows, and compares thousands one by one, which takes PostgreSQL 15 minutes.
    await this.runner.query('set local enable_nestloop = off');
    const [row]: { schema: string }[] = await this.runner.query('select quote_ident(current_schema()) as schema');
    this.schema = row?.schema ?? 'public';
    for (const [table, known] of Object.entries(asKnown)) {
      if (known === 'nothing')
        await this.runner.query(`create temporary table ${table} (like ${this.schema}.${table})`);
      else if (known.written === true) await this.copy(table, known);
      else await this.runner.query(`create temporary view ${table} as ${await this.rowsOf(table, known)}`);
    }
    // The evaluation is to have its number again.
    await this.runner.query(
      `alter table pg_temp.evaluation alter column number restart with ${this.evaluation.number}`,
    );
  }

  private async copy(table: string, known: Exclude<AsKnown, 'nothing'>): Promise<void> {
    const columns = await this.columnsOf(table);
    await this.runner.query(`create temporary table ${table} (like ${this.schema}.${table} including all)`);
    await this.runner.query(`insert into pg_temp.${table} overriding system value ${await this.rowsOf(table, known)}`);
    for (const { name } of columns.filter(({ identity }) => identity)) {
      await this.runner.query(
        `select setval(pg_get_serial_sequence('pg_temp.${table}', '${name}'), max(${name})) from pg_temp.${table} having max(${name}) > 0`,
      );
    }
    // Of a table that is empty now the planner would believe that it stays so.
    const [{ used }]: [{ used: boolean }] = await this.runner.query(
      `select exists (select from pg_temp.${table}) as used`,
    );
    if (used) await this.runner.query(`analyze pg_temp.${table}`);
  }

  /** A select of all columns, in their order. No text of a caller stands in it. */
  private async rowsOf(table: string, known: Exclude<AsKnown, 'nothing'>): Promise<string> {
    const own = `${this.schema}.${table}`;
    if ('kept' in known) {
      const moment = `'${this.moments[known.kept]}'::timestamptz`;
      return `
        select own.* from ${own} as own where own.recorded_at < ${moment}
        union all
        select known.* from ${this.schema}.past_row as past cross join jsonb_populate_record(null::${own}, past.row) as known
         where past.table_name = '${table}' and past.recorded_at < ${moment} and past.replaced_at >= ${moment}`;
    }
    const ends = known.ends ?? {};
    const list = (await this.columnsOf(table)).map(({ name }) => {
      const ended = ends[name];
      return ended === undefined ? `own."${name}"` : `case when ${ended} then own."${name}" end as "${name}"`;
    });
    return this.filledIn(`
      with seen as (
        select organization_id, run_id from ${this.schema}.evaluated_snapshot where evaluation_number = $number)
      select ${list.join(', ')} from ${own} as own where ${known.rows}`);
  }

  private filledIn(sql: string): string {
    const { number, rosterId, decidedThrough } = this.evaluation;
    return sql
      .replaceAll('$number', `${number}::bigint`)
      .replaceAll('$roster', `${rosterId ?? 'null'}::bigint`)
      .replaceAll('$decided', `${decidedThrough}::bigint`)
      .replaceAll('$read', `'${this.moments.read}'::timestamptz`)
      .replaceAll('join sync_run', `join ${this.schema}.sync_run`);
  }

  private async columnsOf(table: string): Promise<Column[]> {
    return this.runner.query(
      `select attname as name, attidentity <> '' as identity from pg_attribute
        where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
      [`${this.schema}.${table}`],
    );
  }
}
