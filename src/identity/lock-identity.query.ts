import type { EntityManager } from 'typeorm';

/** Until the transaction ends, nobody else says whose the accounts of the organization are: neither a matching nor a person. */
export async function lockIdentity(manager: Pick<EntityManager, 'query'>, organizationId: string): Promise<void> {
  await manager.query(`select pg_advisory_xact_lock(hashtextextended('identity ' || $1, 0))`, [organizationId]);
}
