import type { EntityManager } from 'typeorm';
import { quoted } from './table-shape.js';

interface ForeignKey {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

/**
 * Takes the foreign keys off the tables. Rows refer to each other in circles, so that no order of tables would satisfy them,
 * and only a superuser can switch them off.
 */
export async function dropForeignKeys(manager: EntityManager, tables: readonly string[]): Promise<void> {
  for (const { table, name } of await foreignKeys(manager, tables))
    await manager.query(`alter table ${quoted(table)} drop constraint ${quoted(name)}`);
}

/** Gives the target those that the source has and it has not; each checks every row. */
export async function restoreForeignKeys(
  source: EntityManager,
  target: EntityManager,
  { tables, report }: { readonly tables: readonly string[]; readonly report: () => void },
): Promise<void> {
  const idOf = ({ table, name }: ForeignKey): string => JSON.stringify([table, name]);
  const there = new Set((await foreignKeys(target, tables)).map(idOf));
  for (const key of await foreignKeys(source, tables)) {
    if (there.has(idOf(key))) continue;
    await target.query(`alter table ${quoted(key.table)} add constraint ${quoted(key.name)} ${key.definition}`);
    report();
  }
}

async function foreignKeys(manager: EntityManager, tables: readonly string[]): Promise<ForeignKey[]> {
  return manager.query(
    `select wanted.name as "table", conname as name, pg_get_constraintdef(pg_constraint.oid) as definition
       from unnest($1::text[]) as wanted (name)
       join pg_constraint on conrelid = to_regclass(quote_ident(wanted.name)) and contype = 'f'
      order by wanted.name, conname`,
    [tables],
  );
}
