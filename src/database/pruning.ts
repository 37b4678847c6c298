import type { DataSource, EntityManager } from 'typeorm';

/** Where history begins once what is before has been removed. Instants are ISO 8601 in UTC. */
export interface Horizon {
  /** The oldest evaluation that is kept whole, so that it can be judged again. */
  readonly evaluation: string;
  /** Its clock. */
  readonly beginsAt: string;
  /** What an evaluation that is kept may look back on is no older. */
  readonly factsAt: string;
  /** What was replaced before it is known to no evaluation that is kept. */
  readonly pastUntil: string;
}

/** One kind of row that history can do without. */
export interface PruneStep {
  readonly table: string;
  /** How many rows are due; changes nothing. */
  count(manager: EntityManager, horizon: Horizon): Promise<number>;
  /** Removes a batch, in the caller's transaction; how many rows, 0: there are no more. Safe to repeat. */
  batch(manager: EntityManager, horizon: Horizon): Promise<number>;
}

/** So few that whoever wants one of the rows, or the moment between two changes, hardly waits. */
export const pruneBatch = 2_000;

/**
 * Rows of a table that a select finds: `due` gives their primary key as `key`, and may read the horizon from `horizon` (columns
 * `evaluation`, `begins_at`, `facts_at`, `past_until`). `also`: statements of a `with` that remove what hangs on the rows in
 * `due`, each with a trailing comma.
 */
export function pruneRows(table: string, due: string, { key = 'id', also = '' } = {}): PruneStep {
  const horizonRow = `horizon as materialized (
    select $1::bigint as evaluation, $2::timestamptz as begins_at, $3::timestamptz as facts_at, $4::timestamptz as past_until)`;
  return {
    table,
    count: (manager, horizon) =>
      counted(manager, `with ${horizonRow}, due as (${due}) select count(*)::integer as rows from due`, horizon),
    batch: (manager, horizon) =>
      counted(
        manager,
        `with ${horizonRow}, due as materialized (${due} limit ${pruneBatch}), ${also}
           gone as (delete from ${table} where ${key} in (select key from due) returning 1)
         select count(*)::integer as rows from gone`,
        horizon,
      ),
  };
}

async function counted(manager: EntityManager, sql: string, horizon: Horizon): Promise<number> {
  const { evaluation, beginsAt, factsAt, pastUntil } = horizon;
  const [row]: { rows: number }[] = await manager.query(sql, [evaluation, beginsAt, factsAt, pastUntil]);
  return row?.rows ?? 0;
}

/** A transaction whose removals leave nothing in `past_row`, and that waits for nobody for long. */
export async function inPruning<Result>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<Result>,
): Promise<Result> {
  return dataSource.transaction(async (manager) => {
    await manager.query(
      `select set_config('hubwarden.removal', 'retention', true), set_config('lock_timeout', '5s', true)`,
    );
    return work(manager);
  });
}
