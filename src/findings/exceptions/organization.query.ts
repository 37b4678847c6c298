import type { EntityManager } from 'typeorm';

/** The id of an organization that was ever read; null: there is none of the name. */
export async function organizationNamed(manager: EntityManager, name: string): Promise<string | null> {
  const [row]: { id: string }[] = await manager.query('select id from organization where name = $1', [
    name.toLowerCase(),
  ]);
  return row?.id ?? null;
}

/** Null: it is none, as that of what is about the roster. */
export async function nameOfOrganization(manager: EntityManager, id: string): Promise<string | null> {
  const [row]: { name: string }[] = await manager.query('select name from organization where id = $1', [id]);
  return row?.name ?? null;
}
