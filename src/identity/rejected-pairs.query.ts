import type { EntityManager } from 'typeorm';
import { manual } from './link.entity.js';
import type { Pair } from './matching.query.js';

interface DecisionRow {
  readonly subject_kind: Pair['kind'];
  readonly subject_key: string;
  readonly employee_id: string;
  readonly rejected: boolean;
}

/**
 * The pairs that somebody took back and nobody has tied by hand since. They count for the account, whatever it is called by
 * now, and for the person, under whatever id HR has them now.
 */
export async function readRejectedPairs(
  manager: EntityManager,
  organizationId: string,
  personOf: (employeeId: string) => string,
): Promise<readonly Pair[]> {
  const rows: DecisionRow[] = await manager.query(
    `select subject_kind, subject_key, employee_id, coalesce(ended_because = 'TAKEN_BACK', false) as rejected
       from link
      where organization_id = $1 and (ended_because = 'TAKEN_BACK' or source = $2)
      order by id`,
    [organizationId, manual],
  );
  const last = new Map<string, Pair & { readonly rejected: boolean }>();
  for (const row of rows) {
    const person = personOf(row.employee_id);
    const pair = { kind: row.subject_kind, key: row.subject_key, person, rejected: row.rejected };
    last.set(JSON.stringify([pair.kind, pair.key, person]), pair);
  }
  return [...last.values()].filter(({ rejected }) => rejected).map(({ kind, key, person }) => ({ kind, key, person }));
}
