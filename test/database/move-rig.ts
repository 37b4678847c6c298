import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { administer, emptyTestDatabase, type TestDatabase } from '../support/database.js';
import { type CommandResult, runCommand } from '../support/recorded-session.js';

export const password = 'geheim/7#';

/** Of the user, and another than what a move needs to write values in one way. */
const habits = [
  "datestyle = 'German, DMY'",
  "timezone = 'Asia/Kathmandu'",
  "bytea_output = 'escape'",
  "intervalstyle = 'iso_8601'",
  'extra_float_digits = -3',
];

/** An empty database on the same server that belongs to a user who is no superuser, and has habits. */
export interface OwnedDatabase {
  /** With the user and the password. */
  readonly url: string;
  readonly database: TestDatabase;
  drop(): Promise<void>;
}

export async function ownedDatabase(): Promise<OwnedDatabase> {
  const database = await emptyTestDatabase();
  const role = `hubwarden_owner_${randomBytes(6).toString('hex')}`;
  const name = new URL(database.url).pathname.slice(1);
  await administer(`create role ${role} login password '${password}'`);
  await administer(`alter database ${name} owner to ${role}`);
  for (const habit of habits) await administer(`alter role ${role} set ${habit}`);
  const url = new URL(database.url);
  url.username = role;
  url.password = encodeURIComponent(password);
  return {
    url: url.href,
    database,
    drop: async () => {
      await database.drop();
      await administer(`drop role ${role}`);
    },
  };
}

export function move(to: string, databaseUrl: string, signal?: AbortSignal): Promise<CommandResult> {
  return runCommand(['database', 'move', '--to', to], { DATABASE_URL: databaseUrl }, signal);
}

/** Everything in the schema that has a name, and whether triggers fire; what belongs to the record of moves is left out. */
export async function schemaOf(dataSource: DataSource): Promise<string[]> {
  const rows: { thing: string }[] = await dataSource.query(`
    select thing from (
      select 'column ' || attrelid::regclass || '.' || attname || ' ' || format_type(atttypid, atttypmod)
             || attnotnull::text || attidentity::text as thing
        from pg_attribute join pg_class on pg_class.oid = attrelid
       where relnamespace = current_schema()::regnamespace and relkind in ('r', 'S') and attnum > 0 and not attisdropped
      union all
      select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || convalidated::text::text
        from pg_constraint where connamespace = current_schema()::regnamespace
      union all
      select 'trigger ' || tgrelid::regclass || ' ' || tgname || tgenabled::text from pg_trigger where not tgisinternal
      union all
      select 'index ' || indexdef from pg_indexes where schemaname = current_schema()
      union all
      select 'sequence ' || sequencename || ' ' || coalesce(last_value::text, 'unused')
        from pg_sequences where schemaname = current_schema()
    ) as named where thing not like '%database_move%' order by 1`);
  return rows.map(({ thing }) => thing);
}

/** Every row of every table as text, in the order of that text. */
export async function rowsOf(dataSource: DataSource): Promise<Record<string, string[]>> {
  const tables: { name: string }[] = await dataSource.query(
    `select table_name as name from information_schema.tables
      where table_schema = current_schema() and table_name not like 'database_move%' order by 1`,
  );
  const found: Record<string, string[]> = {};
  for (const { name } of tables) {
    const rows: { line: string }[] = await dataSource.query(
      `select line::text from "${name}" as line order by line::text collate "C"`,
    );
    found[name] = rows.map(({ line }) => line);
  }
  return found;
}
