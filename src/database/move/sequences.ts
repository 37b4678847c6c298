import type { EntityManager } from 'typeorm';
import { quoted } from './table-shape.js';

interface OwnedSequence {
  readonly table: string;
  readonly column: string;
  /** Quoted, with its schema. */
  readonly sequence: string;
}

/** Lets every sequence of the target go on after the last number that the source gave out. */
export async function carrySequences(
  source: EntityManager,
  target: EntityManager,
  tables: readonly string[],
): Promise<void> {
  const theirs = await ownedSequences(target, tables);
  for (const { table, column, sequence } of await ownedSequences(source, tables)) {
    const their = theirs.find((one) => one.table === table && one.column === column);
    if (their === undefined) throw new Error(`${table}.${column} has no sequence in the database that is moved to.`);
    const [state]: { last_value: string; is_called: boolean }[] = await source.query(
      `select last_value, is_called from ${sequence}`,
    );
    await target.query('select setval($1::text::regclass, $2::bigint, $3)', [
      their.sequence,
      state?.last_value,
      state?.is_called,
    ]);
  }
}

async function ownedSequences(manager: EntityManager, tables: readonly string[]): Promise<OwnedSequence[]> {
  return manager.query(
    `select owner.name as "table", owner.column, owner.sequence
       from (select wanted.name, attname as column, pg_get_serial_sequence(quote_ident(wanted.name), attname) as sequence
               from unnest($1::text[]) as wanted (name)
               join pg_attribute on attrelid = to_regclass(quote_ident(wanted.name)) and attnum > 0
                and not attisdropped) as owner
      where owner.sequence is not null
      order by 1, 2`,
    [tables],
  );
}

/** So that the first queries are planned for the rows that are there. */
export async function analyze(
  manager: EntityManager,
  { tables, report }: { readonly tables: readonly string[]; readonly report: () => void },
): Promise<void> {
  for (const table of tables) {
    await manager.query(`analyze ${quoted(table)}`);
    report();
  }
}
