import { createHash } from 'node:crypto';
import type { QueryRunner } from 'typeorm';
import { streamRows } from '../rows.js';
import type { CopiedTable } from './move-record.js';
import { quoted, type TableShape } from './table-shape.js';

export interface Comparison {
  /** As the source has the table: the SHA-256, in hex, of the SHA-256 of every row in the order of the primary key. */
  readonly source: CopiedTable;
  /** The first row that is not the same in both, in words; null: every row is. */
  readonly difference: string | null;
}

interface HashedRow {
  readonly key: string;
  readonly hash: string;
}

/**
 * Every column of every row of a table, on both servers, one row after the other. Each server hashes its own rows, so that two
 * hashes a row travel, and neither side has more than a portion in memory. `report` gets how many more rows were compared.
 */
export async function compareTable(
  table: TableShape,
  source: QueryRunner,
  target: QueryRunner,
  { signal, report }: { readonly signal: AbortSignal; readonly report: (rows: number) => void },
): Promise<Comparison> {
  const sql = hashesOf(table);
  const digest = createHash('sha256');
  let rows = 0;
  let difference: string | null = null;
  const there = streamRows<HashedRow>(target, sql);
  try {
    for await (const row of streamRows<HashedRow>(source, sql)) {
      rows++;
      digest.update(row.hash);
      // To the end of the source all the same: its digest tells which of the two has changed.
      difference ??= between(row, (await there.next()).value ?? null);
      if (rows % reportedAtOnce !== 0) continue;
      signal.throwIfAborted();
      report(reportedAtOnce);
    }
    difference ??= between(null, (await there.next()).value ?? null);
  } finally {
    await there.return();
  }
  report(rows % reportedAtOnce);
  return { source: { rows, digest: digest.digest('hex') }, difference };
}

const reportedAtOnce = 500;

/** Text is ordered by its bytes: collations differ from server to server. */
function hashesOf({ name, key }: TableShape): string {
  const order = key.map((column) => `whole.${quoted(column.name)}${column.isText ? ' collate "C"' : ''}`);
  const words = key.map((column) => `${literal(`${column.name} `)} || whole.${quoted(column.name)}`);
  return `select concat_ws(', ', ${words.join(', ')}) as key, encode(sha256(convert_to(whole::text, 'UTF8')), 'hex') as hash
            from ${quoted(name)} as whole order by ${order.join(', ')}`;
}

function between(source: HashedRow | null, target: HashedRow | null): string | null {
  if (source?.key !== target?.key) {
    if (target === null) return `the row with ${source?.key} is not there`;
    if (source === null) return `the row with ${target.key} is there and not in the source`;
    return `there is a row with ${target.key} where the source has one with ${source.key}`;
  }
  return source?.hash === target?.hash ? null : `the row with ${source?.key} is not the same`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
