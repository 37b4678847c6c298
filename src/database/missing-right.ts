import type { EntityManager } from 'typeorm';
import type { Mistake } from './mistake.js';

/** What keeps the database's user from creating tables; null: nothing. */
export async function missingRight(manager: EntityManager): Promise<Mistake | null> {
  const [rights]: { user: string; schema: string | null; may: boolean | null }[] = await manager.query(
    `select current_user as "user", current_schema() as schema, has_schema_privilege(current_schema(), 'create') as may`,
  );
  if (rights?.may) return null;
  return {
    mistake:
      `The database user "${rights?.user}" may not create tables in ${rights?.schema ? `the schema "${rights.schema}"` : 'any schema of its search_path'}. ` +
      `Grant it: grant create, usage on schema ${rights?.schema ?? 'public'} to "${rights?.user}";`,
  };
}
