import type { EntityManager } from 'typeorm';

/**
 * Exceptions and attestations change only under this lock, and an evaluation holds it while it judges and records: what it saw
 * when it began is what it accepts in the end. Goes with the transaction.
 */
export async function lockDecisions(manager: EntityManager): Promise<void> {
  await manager.query(`select pg_advisory_xact_lock(hashtextextended('decisions', 0))`);
}

/**
 * The same for somebody who waits for an answer: gives up after a few seconds (PostgreSQL's 55P03), also on every later lock of the
 * transaction, because a crowd that waits would keep everybody else from asking.
 */
export async function lockDecisionsBriefly(manager: EntityManager): Promise<void> {
  await manager.query(`set local lock_timeout = '4s'`);
  await lockDecisions(manager);
}
