import type { DataSource, EntityManager } from 'typeorm';
import type { HubDataset, Listing, Row } from '../dockerhub/reading.js';
import { advance, type Answer, type Staged } from './advance-listing.js';
import { saveListings, toJson, unread, type HeldRun, type ListingState } from './listing-state.js';
import type { RunMemory } from './run-memory.js';
import { dropSeenRows, noteUnchanged, type UnchangedRow } from './unchanged-batches.js';

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
 * listings at once. One listing may occur only once in `progress`. What is as it stands in the organization's history is not
 * staged; a listing that was opened here gets a row of its own only if it ends with anything else.
 */
export async function commitPages(
  dataSource: DataSource,
  run: HeldRun,
  memory: RunMemory,
  progress: readonly Progress[],
): Promise<Committed> {
  const committed = await dataSource.transaction(async (manager) => {
    const begunAgain = progress.filter(({ answer }) => answer === 'start over').map(({ state }) => state.id);
    if (begunAgain.length > 0) {
      await assertHeld(manager, run, 0);
      await dropSeenRows(manager, run.id, begunAgain);
    }
    const pages = progress.map(({ state, answer }) => new PageToStage(state, answer));
    const known = await stageRows(manager, run, pages);
    const steps = pages.map((page, place) =>
      page.step(
        known.filter((row) => row.place === place),
        memory,
      ),
    );
    const whole = steps.filter((step) => isToBeNoted(step)).map(({ next }) => next);
    const unchanged = steps.flatMap((step) => step.unchanged);
    await noteUnchanged(manager, run.id, unchanged, whole);
    const stored = steps.filter((step) => !isToBeNoted(step)).map(({ next }) => ({ ...next, isStored: true }));
    await saveListings(manager, run.id, stored);
    const opened = await idsFor(
      manager,
      pages.flatMap((page) => page.opens()).filter((listing) => !memory.isOpen(listing)),
    );
    return { steps, opened };
  });
  for (const step of committed.steps) remember(memory, step);
  memory.noteOpened(committed.opened);
  return {
    states: committed.steps.map((step) => (isToBeNoted(step) ? step.next : { ...step.next, isStored: true })),
    opened: committed.opened,
  };
}

/** What became of one answer. */
interface Step {
  readonly before: ListingState;
  readonly next: ListingState;
  readonly unchanged: readonly UnchangedRow[];
  /** Rows that were staged. */
  readonly staged: number;
}

/** A listing about one repository that was read to its end by one answer, which said nothing new. */
function isToBeNoted({ next, staged }: Step): boolean {
  return (
    !next.isStored &&
    next.dataset === 'repository_teams' &&
    next.status === 'complete' &&
    next.reading === 1 &&
    next.pages === 1 &&
    staged === 0
  );
}

function remember(memory: RunMemory, { before, next, unchanged }: Step): void {
  const goesOn = next.status === null && next.reading === before.reading && next.pages > before.pages;
  if (goesOn) for (const row of unchanged) memory.note(row);
  else memory.forget(before);
}

const holding = `update sync_run set pages = pages + $3 where id = $1 and fence = $2 and state in ('running', 'verifying')`;

/** Locks the run for this transaction. */
export async function assertHeld(manager: EntityManager, run: HeldRun, pages: number): Promise<void> {
  const [, held]: [unknown, number] = await manager.query(holding, [run.id, run.fence, pages]);
  if (held !== 1) throw new RunLost(run.id);
}

/** Listings that have no row yet: until then a row that names each of them is what a later process finds them by. */
async function idsFor(manager: EntityManager, listings: readonly Listing[]): Promise<ListingState[]> {
  if (listings.length === 0) return [];
  const ids: { id: string }[] = await manager.query(
    `select nextval(pg_get_serial_sequence('listing', 'id')) as id from generate_series(1, $1)`,
    [listings.length],
  );
  return listings.flatMap((listing, place) => {
    const id = ids[place]?.id;
    return id === undefined ? [] : [{ ...unread(id, listing), isStored: false }];
  });
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

  /** `known`: its rows that were seen or stand, as `stageRows` tells. */
  step(known: readonly KnownRow[], memory: RunMemory): Step {
    const before = this.state;
    if (this.answer === 'start over') return { before, next: startedOver(before), unchanged: [], staged: 0 };
    const repeats: Repeat[] = [];
    const unchanged: UnchangedRow[] = [];
    for (const { key, observation, same, staged_on: stagedOn } of known) {
      const page = stagedOn ?? (observation === null ? undefined : memory.pageOf(before, observation));
      if (page !== undefined) repeats.push({ key, page });
      else if (same && observation !== null) {
        unchanged.push({ listing: before.id, reading: before.reading, page: this.page, observation });
      }
    }
    repeats.sort((one, other) => one.page - other.page || (one.key < other.key ? -1 : 1));
    const next = advance(before, this.answer, {
      added: this.rows.size - repeats.length,
      repeats: [...repeats, ...this.repeatedHere],
    });
    return { before, next, unchanged, staged: this.rows.size - known.filter(({ same }) => same).length };
  }

  opens(): Listing[] {
    const { dataset, scope } = this.state;
    if (scope !== '' || (dataset !== 'repositories' && dataset !== 'tokens')) return [];
    const opened = dataset === 'repositories' ? 'repository_teams' : 'tokens';
    return [...this.rows.keys()].map((key) => ({ dataset: opened, scope: key }));
  }
}

/** The same listing from its start under another credential. */
function startedOver(state: ListingState): ListingState {
  return { ...unread(state.id, state), isStored: state.isStored };
}

/** A row of the page at `place` that was staged before, or of which something stands. */
interface KnownRow {
  readonly place: number;
  readonly key: string;
  /** The page that had brought it and had it staged. */
  readonly staged_on: number | null;
  readonly observation: string | null;
  /** It says what stands, and was not staged. */
  readonly same: boolean;
}

/**
 * Datasets of which a listing shows the very rows that stand in the history, or, of the permissions, rows that can be told from
 * them. The others are put together from several listings when the run is sealed.
 */
const comparable: readonly HubDataset[] = [
  'members',
  'invites',
  'teams',
  'repositories',
  'repository_teams',
  'image_access',
  'registry_access',
  'scim_users',
];

/**
 * Stages the rows that do not say what stands. A key that the reading had staged before keeps its newer row.
 *
 * Whoever is marked as an invitee among the members is always staged, because the mark may yet be taken away.
 *
 * All in one statement, because each costs a way to the database and back: it also holds the run as `assertHeld` does, and
 * lets the commit not wait for the disk. A server that loses power can then lose the last half second of pages, the newest
 * ones first and never a cursor without its rows; they are asked for again. Whatever makes a snapshot of them does wait.
 *
 * What stands is looked up row by row (`offset 0`): for a join of a hundred rows the planner may read the whole history.
 */
async function stageRows(
  manager: EntityManager,
  run: HeldRun,
  pages: readonly PageToStage[],
): Promise<readonly KnownRow[]> {
  const shown = pages.flatMap(({ state, page, rows }, place) =>
    rows.size === 0
      ? []
      : {
          place,
          listing_id: state.id,
          reading: state.reading,
          page,
          dataset: comparable.includes(state.dataset) ? state.dataset : null,
          scope: state.scope,
          rows: [...rows].map(([key, { data }]) => ({ key, data })),
        },
  );
  const [staged]: [{ held: boolean; known: KnownRow[] }] = await manager.query(
    `with held as (
       ${holding} returning id
     ), shown as materialized (
       select page.*, item->>'key' as key, item->'data' as data
         from jsonb_to_recordset($4) as page(
                place integer, listing_id bigint, reading smallint, page integer, dataset text, scope text, rows jsonb)
         cross join lateral jsonb_array_elements(page.rows) as item
        where exists (select from held)
     ), known as materialized (
       select shown.place, shown.listing_id, shown.reading, shown.page, shown.key, shown.data, before.page as staged_on,
              standing.id as observation, before.page is null and coalesce(standing.same, false) as same
         from shown
         left join lateral (
           select staged.page from staged_observation as staged
            where staged.listing_id = shown.listing_id and staged.reading = shown.reading and staged.key = shown.key
           offset 0) as before on true
         left join lateral (
           select observation.id,
                  case shown.dataset
                    when 'members' then observation.data = shown.data and not shown.data ? 'invitee'
                    when 'repository_teams' then not shown.data ? 'repository'
                      and observation.data = shown.data || jsonb_build_object('repository', shown.scope)
                    else observation.data = shown.data end as same
             from observation
            where observation.organization_id = $5 and observation.dataset = shown.dataset
              and observation.key = case shown.dataset when 'repository_teams' then shown.scope || '/' else '' end || shown.key
              and observation.last_snapshot is null
           offset 0) as standing on true
     ), stored as (
       insert into staged_observation (listing_id, reading, page, key, data)
       select listing_id, reading, page, key, data from known where not same
       on conflict (listing_id, reading, key) do update set page = excluded.page, data = excluded.data
     )
     select exists (select from held) as held, set_config('synchronous_commit', 'off', true),
            coalesce((select jsonb_agg(jsonb_build_object(
                        'place', place, 'key', key, 'staged_on', staged_on, 'observation', observation::text, 'same', same))
                        from known where staged_on is not null or observation is not null), '[]') as known`,
    [run.id, run.fence, pages.filter((page) => page.isRead).length, toJson(shown), run.organizationId],
  );
  if (!staged.held) throw new RunLost(run.id);
  return staged.known;
}

function isPage(answer: Answer | 'start over'): answer is Answer & { result: { outcome: 'page' } } {
  return answer !== 'start over' && answer.result.outcome === 'page';
}
