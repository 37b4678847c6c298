import type { DataSource, EntityManager } from 'typeorm';
import type { Listing, Row } from '../dockerhub/reading.js';
import { advance, type Answer, type Staged } from './advance-listing.js';
import { openListings, saveListings, toJson, unread, type HeldRun, type ListingState } from './listing-state.js';

/** What is to be committed about one listing: an answer, or that it starts over under another credential. */
export interface Progress {
  readonly state: ListingState;
  readonly answer: Answer | 'start over';
}

export interface Committed {
  /** In the order of what was committed. */
  readonly states: readonly ListingState[];
  /** The listings that the new rows opened. */
  readonly opened: readonly ListingState[];
}

/** Another process has taken the run up since; nothing of this transaction was written. */
export class RunLost extends Error {
  constructor(runId: string) {
    super(`Run ${runId} was taken up by another process.`);
  }
}

/**
 * Rows, the listings that they open and the cursor become durable together or not at all, for the answers of several
 * listings at once. One listing may occur only once in `progress`.
 */
export async function commitPages(
  dataSource: DataSource,
  run: HeldRun,
  progress: readonly Progress[],
): Promise<Committed> {
  return dataSource.transaction(async (manager) => {
    const begunAgain = progress.filter(({ answer }) => answer === 'start over').map(({ state }) => state.id);
    if (begunAgain.length > 0) {
      await assertHeld(manager, run, 0);
      await dropStagedRows(manager, begunAgain);
    }
    const pages = progress.map(({ state, answer }) => new PageToStage(state, answer));
    const repeats = await stageRows(manager, run, pages);
    const states = pages.map((page) => page.nextState(repeats.get(page.state.id) ?? []));
    await saveListings(manager, states);
    const opened = await openListings(
      manager,
      run.id,
      pages.flatMap((page) => page.opens()),
    );
    return { states, opened };
  });
}

const holding = `update sync_run set pages = pages + $3 where id = $1 and fence = $2 and state in ('running', 'verifying')`;

/** Locks the run for this transaction. */
export async function assertHeld(manager: EntityManager, run: HeldRun, pages: number): Promise<void> {
  const [, held]: [unknown, number] = await manager.query(holding, [run.id, run.fence, pages]);
  if (held !== 1) throw new RunLost(run.id);
}

export async function dropStagedRows(manager: EntityManager, listingIds: readonly string[]): Promise<void> {
  if (listingIds.length === 0) return;
  await manager.query('delete from staged_observation where listing_id = any($1)', [listingIds]);
}

type Repeat = Staged['repeats'][number];

class PageToStage {
  readonly rows: ReadonlyMap<string, Row>;
  private readonly repeatedHere: readonly Repeat[];

  constructor(
    readonly state: ListingState,
    private readonly answer: Answer | 'start over',
  ) {
    const rows = new Map<string, Row>();
    const repeated: Repeat[] = [];
    for (const row of isPage(answer) ? answer.result.rows : []) {
      if (row.key === undefined) continue;
      if (rows.has(row.key)) repeated.push({ key: row.key, page: this.page });
      rows.set(row.key, row);
    }
    this.rows = rows;
    this.repeatedHere = repeated;
  }

  get page(): number {
    return this.state.pages + 1;
  }

  get isRead(): boolean {
    return isPage(this.answer);
  }

  nextState(repeatedBefore: readonly Repeat[]): ListingState {
    if (this.answer === 'start over') return unread(this.state.id, this.state);
    return advance(this.state, this.answer, {
      added: this.rows.size - repeatedBefore.length,
      repeats: [...repeatedBefore, ...this.repeatedHere],
    });
  }

  opens(): Listing[] {
    const { dataset, scope } = this.state;
    if (scope !== '' || (dataset !== 'repositories' && dataset !== 'tokens')) return [];
    const opened = dataset === 'repositories' ? 'repository_teams' : 'tokens';
    return [...this.rows.keys()].map((key) => ({ dataset: opened, scope: key }));
  }
}

/**
 * A key that the reading had before keeps its newer row; which page had brought it is returned, by listing.
 *
 * All in one statement, because each costs a way to the database and back: it also holds the run as `assertHeld` does, and
 * lets the commit not wait for the disk. A server that loses power can then lose the last half second of pages, the newest
 * ones first and never a cursor without its rows; they are asked for again. Whatever makes a snapshot of them does wait.
 */
async function stageRows(
  manager: EntityManager,
  run: HeldRun,
  pages: readonly PageToStage[],
): Promise<Map<string, Repeat[]>> {
  const rows = pages.flatMap(({ state, page, rows: kept }) =>
    [...kept].map(([key, { data }]) => ({ listing_id: state.id, reading: state.reading, page, key, data })),
  );
  const [staged]: [{ held: boolean; repeated: (Repeat & { listing_id: string })[] }] = await manager.query(
    `with held as (
       ${holding} returning id
     ), shown as materialized (
       select row.* from jsonb_to_recordset($4) as row(listing_id bigint, reading smallint, page integer, key text, data jsonb)
        where exists (select from held)
     ), repeated as (
       select staged.listing_id, staged.key, staged.page
         from staged_observation as staged
         join shown on shown.listing_id = staged.listing_id and shown.reading = staged.reading and shown.key = staged.key
     ), stored as (
       insert into staged_observation (listing_id, reading, page, key, data)
       select listing_id, reading, page, key, data from shown
       on conflict (listing_id, reading, key) do update set page = excluded.page, data = excluded.data
     )
     select exists (select from held) as held, set_config('synchronous_commit', 'off', true),
            coalesce((select jsonb_agg(jsonb_build_object('listing_id', listing_id::text, 'key', key, 'page', page)
                                       order by page, key collate "C") from repeated), '[]') as repeated`,
    [run.id, run.fence, pages.filter((page) => page.isRead).length, toJson(rows)],
  );
  if (!staged.held) throw new RunLost(run.id);
  const repeats = new Map<string, Repeat[]>();
  for (const { listing_id, key, page } of staged.repeated) {
    const known = repeats.get(listing_id) ?? [];
    known.push({ key, page });
    repeats.set(listing_id, known);
  }
  return repeats;
}

function isPage(answer: Answer | 'start over'): answer is Answer & { result: { outcome: 'page' } } {
  return answer !== 'start over' && answer.result.outcome === 'page';
}
