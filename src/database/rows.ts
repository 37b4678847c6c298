import { randomBytes } from 'node:crypto';
import type { QueryRunner } from 'typeorm';

const fetchedAtOnce = 250;

/**
 * The rows of a query one by one through a cursor of the server: never more than 250 of them in memory at once, however many there are,
 * and all of one snapshot. It lives in the runner's transaction, or in one of its own that ends with the loop; leaving
 * the loop early is allowed. `sql` is a plain select without a semicolon. `ahead`: the connection serves nothing else meanwhile, so
 * that the server looks for the next 250 while the caller works on these.
 *
 * The driver's stream class would do without a transaction, but waits for ever when the connection breaks between two
 * portions; this fails then, as any query does.
 */
export async function* streamRows<Row>(
  runner: QueryRunner,
  sql: string,
  parameters: readonly unknown[] = [],
  { ahead = false }: { readonly ahead?: boolean } = {},
): AsyncGenerator<Row, void, void> {
  const ownTransaction = !runner.isTransactionActive;
  if (ownTransaction) await runner.startTransaction();
  const cursor = `rows_${randomBytes(6).toString('hex')}`;
  try {
    // Every row will be read: a plan that is quick with the first few would be the wrong one.
    await runner.query('set local cursor_tuple_fraction = 1');
    await runner.query(`declare ${cursor} no scroll cursor for ${sql}`, [...parameters]);
    const fetch = (): Promise<Row[]> => runner.manager.query<Row[]>(`fetch ${fetchedAtOnce} from ${cursor}`);
    for (let coming: Promise<Row[]> | null = null; ;) {
      const rows: Row[] = await (coming ?? fetch());
      coming = ahead && rows.length === fetchedAtOnce ? fetch() : null;
      // Whoever leaves early never asks how it ended.
      coming?.catch(() => undefined);
      yield* rows;
      if (rows.length < fetchedAtOnce) break;
    }
  } finally {
    // After an error of the query or the connection neither is possible or needed: the error is what matters.
    await (ownTransaction ? runner.rollbackTransaction() : runner.query(`close ${cursor}`)).catch(() => undefined);
  }
}

/** Groups rows by `size`, in order; the last group may be smaller, none is empty. */
export async function* inBatches<Row>(
  rows: AsyncIterable<Row> | Iterable<Row>,
  size: number,
): AsyncGenerator<Row[], void, void> {
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`A batch cannot have ${size} rows.`);
  let batch: Row[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
