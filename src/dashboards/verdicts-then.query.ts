/**
 * The rows of `verdict` that the evaluation $1 said, as a subquery. In two parts because each has an index: those that still
 * stand, and those that were closed since, of which a recent evaluation has few. `more` is a fixed condition on both.
 */
export const verdictsThen = (more: string): string => `(
  select * from verdict where last_evaluation is null and first_evaluation <= $1::bigint and ${more}
  union all
  select * from verdict where last_evaluation > $1::bigint and first_evaluation <= $1::bigint and ${more})`;
