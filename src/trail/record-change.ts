import type { EntityManager } from 'typeorm';
import { type Actor, actorName, actorToken } from './actor.js';
import { firstPreviousHash, hashEntry, type TrailEntry } from './hash-entry.js';

/** One change as its author tells it. Never anything secret: the trail is read by auditors and exported. */
export interface Change {
  readonly actor: Actor;
  /** What was done to what, such as `exception.approved`. */
  readonly action: string;
  /** Kind and id, such as `exception/12`. */
  readonly subject: string;
  /** What was there, as far as it changed. */
  readonly before?: object | null;
  readonly after?: object | null;
  /** In the words of whoever did it. */
  readonly reason?: string | null;
}

/** Where the trail ends. Number 0: it has not begun. */
export interface TrailHead {
  readonly number: string;
  readonly hash: string;
}

/**
 * Writes a change into the trail, in the transaction that makes it: neither can be without the other. Until that transaction ends
 * nobody else can write, so it has to be the last thing in it: whoever still waits for a lock afterwards may wait for somebody
 * who waits for the trail. The transaction must be READ COMMITTED.
 */
export async function recordChange(manager: EntityManager, change: Change): Promise<TrailHead> {
  return recordChanges(manager, [change]);
}

/** The same for several, in their order. Answers where the trail ends now. */
export async function recordChanges(manager: EntityManager, changes: readonly Change[]): Promise<TrailHead> {
  await manager.query(`select pg_advisory_xact_lock(hashtextextended('trail', 0))`);
  const { at, ...before } = await headOf(manager);
  let head: TrailHead = before;
  const entries = changes.map((change) => {
    const entry = entryOf(change, at, head);
    head = entry;
    return entry;
  });
  if (entries.length === 0) return head;
  await manager.query(
    `insert into trail_entry (number, at, actor, actor_token, action, subject, before, after, reason, previous_hash, hash)
     select number, at, actor, "actorToken", action, subject, nullif(before, 'null'), nullif(after, 'null'), reason,
            "previousHash", hash
       from jsonb_to_recordset($1) as row (
         number bigint, at timestamptz, actor text, "actorToken" uuid, action text, subject text, before jsonb, after jsonb,
         reason text, "previousHash" text, hash text)`,
    [JSON.stringify(entries)],
  );
  await manager.query('update trail_head set number = $1, hash = $2', [head.number, head.hash]);
  return { number: head.number, hash: head.hash };
}

/** What can be seen of it at this moment: somebody may be writing. */
export async function trailHead(manager: EntityManager): Promise<TrailHead> {
  const { number, hash } = await headOf(manager);
  return { number, hash };
}

/** Behind whatever stands there, so that nobody is blocked; on the hash of what was written, so that anything else shows. */
async function headOf(manager: EntityManager): Promise<TrailHead & { readonly at: string }> {
  const [row]: { number: string | null; hash: string | null; now: Date }[] = await manager.query(
    `select greatest(head.number, last.number) as number, coalesce(head.hash, last.hash) as hash, clock_timestamp() as now
       from (select 1) as always
       left join trail_head as head on true
       left join lateral (select number, hash from trail_entry order by number desc limit 1) as last on true`,
  );
  if (row === undefined) throw new Error('The database does not answer.');
  return { number: row.number ?? '0', hash: row.hash ?? firstPreviousHash, at: row.now.toISOString() };
}

function entryOf(change: Change, at: string, head: TrailHead): TrailEntry {
  const entry = storable({
    number: String(BigInt(head.number) + 1n),
    at,
    actor: actorName(change.actor),
    actorToken: actorToken(change.actor),
    action: change.action,
    subject: change.subject,
    before: change.before ?? null,
    after: change.after ?? null,
    reason: change.reason ?? null,
    previousHash: head.hash,
  });
  return { ...entry, hash: hashEntry(entry) };
}

/** As the database will give it back: it stores neither NUL nor half a surrogate pair. */
function storable<Value>(value: Value): Value {
  const text = JSON.stringify(value, (_name, item: unknown) =>
    typeof item === 'string' ? item.replaceAll(/[\0\p{Surrogate}]/gu, '\uFFFD') : item,
  );
  const read: Value = JSON.parse(text);
  return read;
}
