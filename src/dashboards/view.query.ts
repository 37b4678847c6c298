import type { EntityManager } from 'typeorm';
import type { Cursors } from '../http/cursors.js';
import { usualLimit } from '../http/page.js';
import { unprocessable } from '../http/problem.js';

/** What is asked about. Both default to now; ISO 8601 in UTC with milliseconds. */
export interface Moment {
  /** When it was true. */
  readonly asOf?: string | undefined;
  /** By when it was known. */
  readonly knownAt?: string | undefined;
}

/**
 * What a list sees from its first page to its last, whatever is written meanwhile: one evaluation, and of what happens between
 * evaluations (somebody acknowledges, an alarm opens a finding) the transitions up to `through`.
 *
 * Snapshots, verdicts, links and decisions are those up to `until`: what was seen of a day is known on that day. What is learnt
 * later about an earlier day (a roster that says since when somebody is gone, and the findings that follow from it) is that of
 * the evaluation `known`.
 */
export interface View {
  readonly number: string;
  readonly at: Date;
  /** The earlier one of `asOf` and `knownAt`; null: now. */
  readonly until: string | null;
  readonly through: string;
  /** The last evaluation that is known. */
  readonly known: string;
  /**
   * Another evaluation came after `until`, and by what was done when it can be told which evaluation did it: of most findings their dates
   * say how they stood.
   */
  readonly past: boolean;
  /** At which people are employed or not: `asOf`, else the clock of the evaluation. */
  readonly clock: Date;
  readonly asOf: string | null;
  readonly knownAt: string | null;
}

/** By the clock, and by the number where two have the same. */
const lastEvaluation = (until: string): string => `
  select number, at from evaluation where finished_at is not null and at <= coalesce(${until}::timestamptz, 'infinity')
   order by at desc, number desc limit 1`;

/** Evaluations up to `number` are those up to `until`, as clocks go forward. */
const inOrder = (number: string, until: string): string => `
  not exists (select from evaluation where number > ${number} and at <= ${until}::timestamptz)
  and not exists (select from evaluation where number < ${number} and at > ${until}::timestamptz)`;

/** Of $1, `until`, and $2, `knownAt`. */
const past = (number: string, known: string): string => `
  coalesce($1::timestamptz < (select newest.at from (${lastEvaluation('null')}) as newest)
           and ${inOrder(number, '$1')} and ${inOrder(known, '$2')}, false) as past`;

/** Null: nothing had been evaluated by then. */
export async function viewOf(manager: EntityManager, { asOf, knownAt }: Moment): Promise<View | null> {
  const until = earlier(asOf, knownAt);
  // One statement, so that number and transitions are of one instant.
  const [row]: (Evaluation & Pick<View, 'through' | 'known' | 'past'>)[] = await manager.query(
    `select evaluation.number, evaluation.at, known.number as known, ${past('evaluation.number', 'known.number')},
            (select coalesce(max(id), 0) from finding_transition) as through
       from (${lastEvaluation('$1')}) as evaluation cross join (${lastEvaluation('$2')}) as known`,
    [until, knownAt ?? null],
  );
  return row === undefined ? null : { ...row, until, ...moments({ asOf, knownAt }, row.at) };
}

/**
 * An instant that has not come yet is answered by what is known now: of people, who will be employed then.
 * Null: nothing was evaluated yet. @throws {Problem} 422: nothing is known of the instant that is asked about.
 */
export async function askedView(manager: EntityManager, { asOf, knownAt }: Moment): Promise<View | null> {
  const view = await viewOf(manager, { asOf, knownAt });
  if (view !== null || earlier(asOf, knownAt) === null) return view;
  const [row]: { first: Date | null; removed: boolean }[] = await manager.query(
    `select (select min(at) from evaluation where finished_at is not null) as first,
            exists (select from history_horizon) as removed`,
  );
  const first = row?.first?.toISOString() ?? null;

  throw unprocessable(
    Object.entries({ asOf, knownAt }).flatMap(([field, instant]) => {
      if (instant === undefined || (first !== null && instant >= first)) return [];
      const message =
        first === null
          ? 'asks about a past that there is not: nothing was evaluated yet'
          : row?.removed === true
            ? `is ${instant}, and history begins on ${first}: what was before was removed by the retention policy; expected that or a later instant`
            : `is ${instant}, before the first snapshot, of ${first}; expected that or a later one`;
      return [{ field, message }];
    }),
  );
}

interface Evaluation {
  readonly number: string;
  readonly at: Date;
}

function moments({ asOf, knownAt }: Moment, at: Date): Pick<View, 'clock' | 'asOf' | 'knownAt'> {
  return { clock: asOf === undefined ? at : new Date(asOf), asOf: asOf ?? null, knownAt: knownAt ?? null };
}

function earlier(one: string | undefined, other: string | undefined): string | null {
  if (one === undefined || other === undefined) return one ?? other ?? null;
  return one < other ? one : other;
}

/** A list's query: everything but `limit` and `cursor` has to be the same on every page. */
export interface ListQuery {
  readonly limit?: number;
  readonly cursor?: string;
  readonly asOf?: string;
  readonly knownAt?: string;
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

/** Null: nothing was evaluated yet, so that the list is empty. @throws {Problem} as `askedView`. */
export async function readingOf(
  manager: EntityManager,
  cursors: Cursors,
  list: string,
  { limit = usualLimit, cursor, ...bound }: ListQuery,
): Promise<Reading | null> {
  const position = cursor === undefined ? null : cursors.read(list, bound, cursor);
  const view = position === null ? await askedView(manager, bound) : await sameView(manager, bound, position);
  if (view === null) return null;
  return {
    view,
    after: position === null ? null : String(position[3]),
    limit,
    cursorBehind: (key) => cursors.issue(list, bound, [view.number, view.through, view.known, key]),
  };
}

async function sameView(
  manager: EntityManager,
  { asOf, knownAt }: Moment,
  [number, through, known]: readonly (string | number | null)[],
): Promise<View> {
  const until = earlier(asOf, knownAt);
  const [row]: (Evaluation & Pick<View, 'past'>)[] = await manager.query(
    `select asked.number, asked.at, ${past('asked.number', '$4::bigint')} from evaluation as asked where asked.number = $3`,
    [until, knownAt ?? null, number, known],
  );
  if (row === undefined) {
    throw unprocessable([
      {
        field: 'cursor',
        message: 'goes on with a night that the retention policy has removed since; expected none, to begin again',
      },
    ]);
  }
  return {
    ...row,
    until,
    through: String(through),
    known: String(known),
    ...moments({ asOf, knownAt }, row.at),
  };
}
