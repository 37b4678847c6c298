import type { EntityManager } from 'typeorm';
import type { Mistake } from '../mistake.js';

/** Of the lock on a database that is being filled, and of the connections that a move opens. */
export const moveName = 'hubwarden move';

/** What a database says of a move: `from` in the one that is filled, `to` in the one that was left. */
export interface MoveRecord {
  /** Of the other database (database-identity.ts). */
  readonly other: string;
  /** The other one in words, without user and password. */
  readonly place: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

/** A table of the target whose copy is committed: how many rows, and the digest of them, as they were in the source. */
export interface CopiedTable {
  readonly rows: number;
  readonly digest: string;
}

type Direction = 'from' | 'to';

/**
 * Makes the tables of the record. They are no part of the product's tables: they have to be there before the first migration,
 * and a move does not move them.
 */
export async function createRecord(manager: EntityManager): Promise<void> {
  await manager.query(`
    create table if not exists database_move (
      direction text primary key check (direction in ('from', 'to')),
      other text not null,
      place text not null,
      started_at timestamptz not null default clock_timestamp(),
      finished_at timestamptz
    );
    create table if not exists database_move_table (
      table_name text primary key,
      row_count bigint not null,
      digest text not null,
      copied_at timestamptz not null default clock_timestamp()
    );
  `);
}

export async function readMove(manager: EntityManager, direction: Direction): Promise<MoveRecord | null> {
  const [table]: { there: boolean }[] = await manager.query(`select to_regclass('database_move') is not null as there`);
  if (table?.there !== true) return null;
  const [row]: { other: string; place: string; started_at: Date; finished_at: Date | null }[] = await manager.query(
    'select other, place, started_at, finished_at from database_move where direction = $1',
    [direction],
  );
  if (row === undefined) return null;
  const { other, place } = row;
  return {
    other,
    place,
    startedAt: row.started_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

/** A sentence where nobody may work with the database: it was left, or is not full yet. */
export async function refuseMoved(manager: EntityManager): Promise<Mistake | null> {
  const to = await readMove(manager, 'to');
  if (to !== null) {
    return {
      mistake:
        `This database was moved to ${to.place} on ${to.startedAt}. Set DATABASE_URL to the address of that one; ` +
        'to go on with this one after all: hubwarden database reopen.',
    };
  }
  const from = await readMove(manager, 'from');
  if (from === null || from.finishedAt !== null) return null;
  return {
    mistake:
      `This database is not whole yet: the move from ${from.place} that began on ${from.startedAt} is not finished. ` +
      'Run the same “hubwarden database move” again; it goes on where it was.',
  };
}

/** Writes down where this database was moved; from now on nobody opens it by mistake. */
export async function recordLeft(manager: EntityManager, other: string, place: string): Promise<void> {
  await createRecord(manager);
  await manager.query(
    `insert into database_move (direction, other, place, finished_at) values ('to', $1, $2, clock_timestamp())
     on conflict (direction) do nothing`,
    [other, place],
  );
}

/** Begins to fill this database. */
export async function recordBegun(manager: EntityManager, other: string, place: string): Promise<void> {
  await createRecord(manager);
  await manager.query(`insert into database_move (direction, other, place) values ('from', $1, $2)`, [other, place]);
}

export async function recordFinished(manager: EntityManager): Promise<void> {
  await manager.query(`update database_move set finished_at = clock_timestamp() where direction = 'from'`);
}

export async function recordCopied(
  manager: EntityManager,
  table: string,
  { rows, digest }: CopiedTable,
): Promise<void> {
  await manager.query(
    `insert into database_move_table (table_name, row_count, digest) values ($1, $2, $3)
     on conflict (table_name) do update
       set row_count = excluded.row_count, digest = excluded.digest, copied_at = clock_timestamp()`,
    [table, rows, digest],
  );
}

export async function copiedTables(manager: EntityManager): Promise<ReadonlyMap<string, CopiedTable>> {
  const rows: { table_name: string; row_count: string; digest: string }[] = await manager.query(
    'select table_name, row_count, digest from database_move_table',
  );
  return new Map(rows.map((row) => [row.table_name, { rows: Number(row.row_count), digest: row.digest }]));
}

/** Takes back what `recordLeft` wrote; answers what it was, null where there was nothing. */
export async function forgetLeft(manager: EntityManager): Promise<MoveRecord | null> {
  const left = await readMove(manager, 'to');
  if (left !== null) await manager.query(`delete from database_move where direction = 'to'`);
  return left;
}
