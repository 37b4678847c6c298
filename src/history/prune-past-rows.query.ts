import { pruneRows, type PruneStep } from '../database/pruning.js';

/** Of each table by itself, because that is how they are indexed. */
export function pastRowSteps(tables: readonly string[]): PruneStep[] {
  return tables.map((table) =>
    pruneRows(
      'past_row',
      `select past_row.id as key from past_row
        where past_row.table_name = '${table}' and past_row.replaced_at < (select past_until from horizon)
        order by past_row.replaced_at`,
    ),
  );
}
