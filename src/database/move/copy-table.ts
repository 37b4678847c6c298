import type { QueryRunner } from 'typeorm';
import { inBatches, streamRows } from '../rows.js';
import { quoted, type TableShape } from './table-shape.js';

const rowsAtOnce = 500;

/**
 * Puts the rows of the source, and nothing else, into the target's table, in the transaction of `target`. A row travels as the
 * text that PostgreSQL writes for it and reads back without loss; over JSON a null and a JSON null would become one. Triggers
 * of the table are off meanwhile: what they guard or note happened in the source. They are the owner's to switch, unlike
 * `session_replication_role`, which takes a superuser.
 */
export async function copyTable(
  { name, written }: TableShape,
  source: QueryRunner,
  target: QueryRunner,
  { signal, report }: { readonly signal: AbortSignal; readonly report: (rows: number) => void },
): Promise<void> {
  const table = quoted(name);
  const columns = written.map(quoted);
  const insert = `
    insert into ${table} (${columns.join(', ')}) overriding system value
    select ${columns.map((column) => `(given.whole).${column}`).join(', ')}
      from (select line::${table} as whole from unnest($1::text[]) as line offset 0) as given`;
  await target.query(`alter table ${table} disable trigger user`);
  await target.query(`truncate ${table}`);
  const rows = streamRows<{ line: string }>(source, `select whole::text as line from ${table} as whole`);
  for await (const batch of inBatches(rows, rowsAtOnce)) {
    signal.throwIfAborted();
    await target.query(insert, [batch.map(({ line }) => line)]);
    report(batch.length);
  }
  await target.query(`alter table ${table} enable trigger user`);
}
