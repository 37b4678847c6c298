import type { EntityManager } from 'typeorm';
import type { Cursors } from '../http/cursors.js';
import { usualLimit } from '../http/page.js';

/**
 * What a list sees from its first page to its last, whatever is written meanwhile: one evaluation, and of what happens between
 * evaluations (somebody acknowledges, an alarm opens a finding) the transitions up to `through`.
 */
export interface View {
  readonly number: string;
  readonly at: Date;
  /** Null: now. */
  readonly asOf: string | null;
  readonly through: string;
}

/** Of the last finished evaluation, or the last one at an instant. Null: nothing had been evaluated by then. */
export async function viewOf(manager: EntityManager, asOf: string | null): Promise<View | null> {
  const [evaluation]: { number: string; at: Date }[] = await manager.query(
    `select number, at from evaluation
      where finished_at is not null and ($1::timestamptz is null or at <= $1)
      order by at desc, number desc limit 1`,
    [asOf],
  );
  if (evaluation === undefined) return null;
  const [last]: { through: string }[] = await manager.query(
    'select coalesce(max(id), 0) as through from finding_transition',
  );
  return { ...evaluation, asOf, through: last?.through ?? '0' };
}

/** A list's query: everything but `limit` and `cursor` has to be the same on every page. */
export interface ListQuery {
  readonly limit?: number;
  readonly cursor?: string;
  readonly asOf?: string;
}

/** One page of one list: what it sees, and where it starts. */
export interface Reading {
  readonly view: View;
  /** The last item of the page before; null: this is the first. */
  readonly after: string | null;
  readonly limit: number;
  /** The cursor of the page that starts behind that item. */
  cursorBehind(key: string): string;
}

/** Null: nothing had been evaluated by then, so that the list is empty. */
export async function readingOf(
  manager: EntityManager,
  cursors: Cursors,
  list: string,
  { limit = usualLimit, cursor, ...bound }: ListQuery,
): Promise<Reading | null> {
  const asOf = bound.asOf ?? null;
  const position = cursor === undefined ? null : cursors.read(list, bound, cursor);
  const view = position === null ? await viewOf(manager, asOf) : await sameView(manager, asOf, position);
  if (view === null) return null;
  return {
    view,
    after: position === null ? null : String(position[2]),
    limit,
    cursorBehind: (key) => cursors.issue(list, bound, [view.number, view.through, key]),
  };
}

async function sameView(
  manager: EntityManager,
  asOf: string | null,
  [number, through]: readonly (string | number | null)[],
): Promise<View | null> {
  const [row]: { number: string; at: Date }[] = await manager.query(
    'select number, at from evaluation where number = $1',
    [number],
  );
  return row === undefined ? null : { ...row, asOf, through: String(through) };
}
