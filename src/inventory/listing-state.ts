import type { EntityManager } from 'typeorm';
import type { HubDataset, Listing } from '../dockerhub/reading.js';
import type { CredentialIdentity } from '../dockerhub/credential.js';
import { seenRows } from './seen-rows.query.js';

/** ISO 8601 in UTC, for example `2026-11-21T02:00:00.000Z`. */
export type Instant = string;
export type DatasetStatus = 'complete' | 'partial' | 'failed' | 'not_permitted' | 'not_configured';

/** What every run reads, before any page opens more. */
export const rootDatasets = [
  'members',
  'invites',
  'teams',
  'repositories',
  'tokens',
  'image_access',
  'registry_access',
  'audit_log',
  'scim_users',
] as const satisfies readonly HubDataset[];

/** The run that a process holds. Its writes count only while the run's fence is still this one. */
export interface HeldRun {
  readonly id: string;
  readonly organizationId: string;
  readonly fence: number;
}

/** Where one listing stands. `pages`, `received`, `unkept`, `reported` and `odd` are of the reading in hand. */
export interface ListingState extends Listing {
  readonly id: string;
  /** Whether it has a row of its own; if not, a row that names it is all that the database knows of it. */
  readonly isStored: boolean;
  readonly reading: 1 | 2;
  /** Null before the first page, and after the last one. */
  readonly cursor: string | null;
  readonly pages: number;
  /** Different keys. */
  readonly received: number;
  /** Rows that were counted and not kept: the pending invites among the members. */
  readonly unkept: number;
  readonly reported: number | null;
  /** What was odd so far, as a clause. */
  readonly odd: string | null;
  /** Why it is read a second time. */
  readonly again: 'odd' | 'shrank' | null;
  /** Of a second reading: what was wrong with the first, as a clause. */
  readonly oddBefore: string | null;
  /** Null while there is something to read. */
  readonly status: DatasetStatus | null;
  readonly reason: string | null;
  readonly message: string | null;
  readonly credential: string | null;
  readonly readAs: CredentialIdentity | null;
  /** The first answer, by the machine's clock. */
  readonly firstReadAt: Instant | null;
  /** The first page, by the run's clock; null where no page was ever received. */
  readonly fetchedAt: Instant | null;
}

/** A listing that nobody has read. */
export function unread(id: string, { dataset, scope, window }: Listing): ListingState {
  return {
    id,
    isStored: true,
    dataset,
    scope,
    reading: 1,
    cursor: null,
    pages: 0,
    received: 0,
    unkept: 0,
    reported: null,
    odd: null,
    again: null,
    oddBefore: null,
    status: null,
    reason: null,
    message: null,
    credential: null,
    readAs: null,
    firstReadAt: null,
    fetchedAt: null,
    ...(window && { window }),
  };
}

/**
 * A program that does not know `unchanged_batch` must not go on with a run of one that does: it would take what is noted there
 * for lost. It knows no credential by such a name, and begins anew.
 */
const mark = 'unchanged:';

/** SQL of the fingerprint in a column of a listing. */
export function credentialOf(column: string): string {
  return `regexp_replace(${column}, '^${mark}', '')`;
}

/** Says of a run's listings that only a program may go on with them that knows `unchanged_batch`. */
export async function markListings(manager: EntityManager, runId: string): Promise<void> {
  await manager.query(`update listing set credential = $2 || ${credentialOf('credential')} where run_id = $1`, [
    runId,
    mark,
  ]);
}

const columns = `id, true as "isStored", dataset, scope, reading, cursor, pages, received, unkept, reported, odd, again,
  odd_before as "oddBefore", status, reason, message, ${credentialOf('credential')} as credential, read_as as "readAs",
  first_read_at as "firstReadAt", fetched_at as "fetchedAt", window_from as "windowFrom", window_to as "windowTo"`;

type ListingRow = Omit<ListingState, 'firstReadAt' | 'fetchedAt' | 'window'> & {
  readonly [time in 'firstReadAt' | 'fetchedAt' | 'windowFrom' | 'windowTo']: Date | null;
};

/** What the run has still to read. */
export async function unreadListings(manager: EntityManager, runId: string): Promise<ListingState[]> {
  return toStates(
    await manager.query(`select ${columns} from listing where run_id = $1 and status is null order by id`, [runId]),
  );
}

/** The listings that every run has, by dataset. */
export async function rootListings(manager: EntityManager, runId: string): Promise<Map<HubDataset, ListingState>> {
  const states = toStates(
    await manager.query(`select ${columns} from listing where run_id = $1 and scope = ''`, [runId]),
  );
  return new Map(states.map((state) => [state.dataset, state]));
}

export async function listingsById(manager: EntityManager, ids: readonly string[]): Promise<ListingState[]> {
  return toStates(await manager.query(`select ${columns} from listing where id = any($1) order by id`, [ids]));
}

function toStates(rows: readonly ListingRow[]): ListingState[] {
  return rows.map(({ windowFrom, windowTo, ...row }) => ({
    ...row,
    firstReadAt: row.firstReadAt?.toISOString() ?? null,
    fetchedAt: row.fetchedAt?.toISOString() ?? null,
    ...(windowFrom && windowTo && { window: { from: windowFrom.toISOString(), to: windowTo.toISOString() } }),
  }));
}

/** Adds listings that the run does not have yet and returns those that it added. */
export async function openListings(
  manager: EntityManager,
  runId: string,
  listings: readonly Listing[],
): Promise<ListingState[]> {
  if (listings.length === 0) return [];
  return toStates(
    await manager.query(
      `insert into listing (run_id, dataset, scope, window_from, window_to)
       select $1, dataset, scope, ("window"->>'from')::timestamptz, ("window"->>'to')::timestamptz
         from rows from (jsonb_to_recordset($2) as (dataset text, scope text, "window" jsonb))
              with ordinality as opened(dataset, scope, "window", place)
        order by place
       on conflict (run_id, dataset, scope) do nothing
       returning ${columns}`,
      [runId, toJson(listings)],
    ),
  );
}

/** The states of `$1` as columns of the table. */
const stateColumns = `id, dataset, scope, reading, cursor, pages, received, unkept, reported, odd, again, odd_before, status,
  reason, message, credential, read_as, first_read_at, fetched_at, window_from, window_to`;
const givenStates = `
  select id, dataset, scope, reading, cursor, pages, received, unkept, reported, odd, again, "oddBefore", status,
         reason, message, '${mark}' || credential, nullif("readAs", 'null'), "firstReadAt", "fetchedAt",
         ("window"->>'from')::timestamptz, ("window"->>'to')::timestamptz`;
const asState = `(
  id bigint, dataset text, scope text, reading smallint, cursor text, pages integer, received integer, unkept integer,
  reported integer, odd text, again text, "oddBefore" text, status text, reason text, message text, credential text,
  "readAs" jsonb, "firstReadAt" timestamptz, "fetchedAt" timestamptz, "window" jsonb)`;
const settable = stateColumns.split(/,\s+/).filter((column) => !['id', 'dataset', 'scope'].includes(column));

/** Also those that have no row yet. */
export async function saveListings(
  manager: EntityManager,
  runId: string,
  states: readonly ListingState[],
): Promise<void> {
  if (states.length === 0) return;
  await manager.query(
    `insert into listing (run_id, ${stateColumns}) overriding system value
     select $2, state.* from (${givenStates} from jsonb_to_recordset($1) as state${asState}) as state
     on conflict (id) do update set ${settable.map((column) => `${column} = excluded.${column}`).join(', ')}`,
    [toJson(states), runId],
  );
}

/**
 * Gives every listing of the run a row of its own, so that it can be read again: those that `unchanged_batch` has, and those
 * that nobody has begun to read, which only the rows show that name them.
 */
export async function storeListings(manager: EntityManager, runId: string): Promise<void> {
  await manager.query(
    `insert into listing (run_id, ${stateColumns}) overriding system value
     select $1, state.*
       from unchanged_batch as batch
       cross join lateral (${givenStates} from jsonb_to_recordset(batch.listings) as state${asState}) as state
      where batch.run_id = $1`,
    [runId],
  );
  await manager.query(`update unchanged_batch set listings = '[]' where run_id = $1 and listings <> '[]'`, [runId]);
  await manager.query(
    `insert into listing (run_id, dataset, scope)
     select distinct $1::bigint, case parent.dataset when 'tokens' then 'tokens' else 'repository_teams' end, seen.key
       from listing as parent join (${seenRows}) as seen on seen.listing_id = parent.id
      where parent.run_id = $1 and parent.scope = '' and parent.dataset in ('repositories', 'tokens')
     on conflict (run_id, dataset, scope) do nothing`,
    [runId],
  );
}

/**
 * JSON that PostgreSQL takes. It refuses the character NUL and half a surrogate pair, which JSON allows; one odd name must
 * not end the run, so both become the replacement character.
 */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value);
  if (!/\\u(?:0000|d[89a-f])/.test(text)) return text;
  return JSON.stringify(value, (_name, item: unknown) =>
    typeof item === 'string' ? item.replaceAll(/[\0\p{Surrogate}]/gu, '\uFFFD') : item,
  );
}
