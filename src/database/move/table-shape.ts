import type { EntityManager } from 'typeorm';

/** What has to be known of a table to copy and compare its rows. */
export interface TableShape {
  readonly name: string;
  /** Each as `name type`, in the order of a row's text. */
  readonly columns: readonly string[];
  /** Names of the columns that take a value, in order. */
  readonly written: readonly string[];
  readonly key: readonly { readonly name: string; readonly isText: boolean }[];
}

/** Of each table by its name; one that is not there is left out. */
export async function tableShapes(
  manager: EntityManager,
  tables: readonly string[],
): Promise<ReadonlyMap<string, TableShape>> {
  const rows: {
    name: string;
    column: string;
    type: string;
    written: boolean;
    position: number | null;
    text: boolean;
  }[] = await manager.query(
    `select wanted.name, attname as column, format_type(atttypid, atttypmod) as type, attgenerated = '' as written,
            array_position(indkey::int2[], attnum) as position, typcollation <> 0 as text
       from unnest($1::text[]) as wanted (name)
       join pg_attribute on attrelid = to_regclass(quote_ident(wanted.name)) and attnum > 0 and not attisdropped
       join pg_type on pg_type.oid = atttypid
       left join pg_index on indrelid = attrelid and indisprimary
      order by wanted.name, attnum`,
    [tables],
  );
  return new Map(
    [...new Set(rows.map(({ name }) => name))].map((name) => {
      const own = rows.filter((row) => row.name === name);
      const key = own.filter(({ position }) => position !== null);
      return [
        name,
        {
          name,
          columns: own.map(({ column, type }) => `${column} ${type}`),
          written: own.filter(({ written }) => written).map(({ column }) => column),
          key: key
            .toSorted((one, other) => Number(one.position) - Number(other.position))
            .map((row) => ({ name: row.column, isText: row.text })),
        },
      ];
    }),
  );
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
