import type { QueryRunner } from 'typeorm';
import type { Mistake } from '../mistake.js';
import { compareTable } from './compare-table.js';
import { copyTable } from './copy-table.js';
import { dropForeignKeys, restoreForeignKeys } from './foreign-keys.js';
import { type CopiedTable, copiedTables, recordCopied } from './move-record.js';
import { analyze, carrySequences } from './sequences.js';
import { quoted, type TableShape, tableShapes } from './table-shape.js';

/** What is shown while it lasts; `total` is null where nobody counts before. */
export interface MoveProgress {
  stage(name: string, total: number | null): MoveStage;
}

interface MoveStage {
  advance(by: number): void;
  done(): void;
}

export interface MovedTable extends CopiedTable {
  readonly name: string;
  /** By which call: this one, an earlier one, or by both because the source has changed in between. */
  readonly copied: 'now' | 'before' | 'again';
}

export type MovedRows =
  | { readonly kind: 'moved'; readonly tables: readonly MovedTable[] }
  /** Something is not the same in both. */
  | { readonly kind: 'different'; readonly message: string };

export interface RowMove {
  /** Sees the source at one instant, and nobody writes there. */
  readonly source: QueryRunner;
  readonly target: QueryRunner;
  readonly tables: readonly string[];
  /** False: an earlier call has finished; the rows are compared and nothing is changed. */
  readonly mayCopy: boolean;
  readonly signal: AbortSignal;
  readonly progress: MoveProgress;
}

/**
 * Copies the tables that no earlier call has copied, each in one transaction together with the record of it and with the
 * comparison of all its rows, and compares those that are there; then gives the target foreign keys and sequences.
 */
export async function moveRows(move: RowMove): Promise<MovedRows | Mistake> {
  const { source, target, tables, mayCopy, progress } = move;
  const shapes = await sameShapes(source, target, tables);
  if ('mistake' in shapes) return shapes;
  const comparing = progress.stage('compare rows', await countRows(source, shapes));
  const before = await checkCopied(move, shapes, comparing);
  if ('message' in before) return { kind: 'different', message: before.message };
  if (!mayCopy) {
    comparing.done();
    return { kind: 'moved', tables: before.standing };
  }
  const copied = new Map(before.standing.map((table) => [table.name, table]));
  const missing = shapes.filter(({ name }) => !copied.has(name));
  if (missing.length > 0) await inTransaction(target, () => dropForeignKeys(target.manager, tables));
  const copying = progress.stage('copy rows', await countRows(source, missing));
  for (const shape of missing) {
    const table = await copyWhole(move, shape, copying, comparing);
    if ('message' in table) return { kind: 'different', message: table.message };
    copied.set(shape.name, { ...table, name: shape.name, copied: before.changed.has(shape.name) ? 'again' : 'now' });
  }
  copying.done();
  comparing.done();
  const adding = progress.stage('add foreign keys and statistics', null);
  const report = (): void => adding.advance(1);
  await inTransaction(target, async () => {
    await restoreForeignKeys(source.manager, target.manager, { tables, report });
    await carrySequences(source.manager, target.manager, tables);
  });
  await analyze(target.manager, { tables, report });
  adding.done();
  return { kind: 'moved', tables: tables.flatMap((name) => copied.get(name) ?? []) };
}

/** One table, its comparison and the record of it; nothing of them where they are not the same. */
async function copyWhole(
  { source, target, signal }: RowMove,
  shape: TableShape,
  copying: MoveStage,
  comparing: MoveStage,
): Promise<CopiedTable | { readonly message: string }> {
  await target.startTransaction();
  try {
    await copyTable(shape, source, target, { signal, report: (rows) => copying.advance(rows) });
    const compared = await compareTable(shape, source, target, { signal, report: (rows) => comparing.advance(rows) });
    if (compared.difference !== null) {
      await target.rollbackTransaction();
      return { message: `The copy of ${shape.name} is not what was copied: ${compared.difference}.` };
    }
    await recordCopied(target.manager, shape.name, compared.source);
    await target.commitTransaction();
    return compared.source;
  } catch (error) {
    if (target.isTransactionActive) await target.rollbackTransaction().catch(() => undefined);
    throw error;
  }
}

/** Of the tables that are recorded as copied, those that are the same in both, and those that have changed in the source since. */
async function checkCopied(
  { source, target, mayCopy, signal }: RowMove,
  shapes: readonly TableShape[],
  comparing: MoveStage,
): Promise<{ readonly standing: MovedTable[]; readonly changed: ReadonlySet<string> } | { readonly message: string }> {
  const recorded = await copiedTables(target.manager);
  const there = shapes.filter(({ name }) => recorded.has(name));
  const standing: MovedTable[] = [];
  const changed = new Set<string>();
  for (const shape of there) {
    const { source: digested, difference } = await compareTable(shape, source, target, {
      signal,
      report: (rows) => comparing.advance(rows),
    });
    if (difference === null) standing.push({ ...digested, name: shape.name, copied: 'before' });
    else if (mayCopy && digested.digest !== recorded.get(shape.name)?.digest) changed.add(shape.name);
    else return { message: `${shape.name} is not the same in both databases: ${difference}.` };
  }
  return { standing, changed };
}

async function sameShapes(
  source: QueryRunner,
  target: QueryRunner,
  tables: readonly string[],
): Promise<readonly TableShape[] | Mistake> {
  const ours = await tableShapes(source.manager, tables);
  const theirs = await tableShapes(target.manager, tables);
  const shapes: TableShape[] = [];
  for (const name of tables) {
    const shape = ours.get(name);
    if (shape === undefined || JSON.stringify(shape) !== JSON.stringify(theirs.get(name))) {
      return {
        mistake: `The table ${name} is not made the same way in both databases, although both have seen the same migrations: somebody has changed it by hand.`,
      };
    }
    shapes.push(shape);
  }
  return shapes;
}

async function countRows(runner: QueryRunner, shapes: readonly TableShape[]): Promise<number> {
  let rows = 0;
  for (const { name } of shapes) {
    const [row] = await runner.manager.query<{ count: string }[]>(`select count(*) from ${quoted(name)}`);
    rows += Number(row?.count);
  }
  return rows;
}

async function inTransaction(runner: QueryRunner, work: () => Promise<void>): Promise<void> {
  await runner.startTransaction();
  try {
    await work();
    await runner.commitTransaction();
  } catch (error) {
    await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  }
}
