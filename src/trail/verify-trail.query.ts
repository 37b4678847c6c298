import type { DataSource, EntityManager } from 'typeorm';
import { streamRows } from '../database/rows.js';
import { firstPreviousHash, hashEntry, type TrailEntry } from './hash-entry.js';

export type VerifiedTrail =
  | { readonly outcome: 'whole'; readonly entries: number; readonly last: TrailEntry | null }
  /** `number`: of the first entry that is wrong or not there; `message`: a sentence about it. */
  | { readonly outcome: 'broken'; readonly number: string; readonly message: string };

type TrailRow = Omit<TrailEntry, 'at'> & { readonly at: Date };

/**
 * Whether everything that was ever recorded is still there as it was written. A removed end shows by the evaluations, each of
 * which remembers where the trail ended.
 */
export async function verifyTrail(dataSource: DataSource): Promise<VerifiedTrail> {
  const runner = dataSource.createQueryRunner();
  try {
    // Entry by entry and the evaluations afterwards: of one moment, or what is written meanwhile would look removed.
    await runner.startTransaction('REPEATABLE READ');
    let last: TrailEntry | null = null;
    for await (const { at, ...row } of streamRows<TrailRow>(
      runner,
      `select number, at, actor, actor_token as "actorToken", action, subject, before, after, reason,
              previous_hash as "previousHash", hash
         from trail_entry order by number`,
      [],
    )) {
      const entry: TrailEntry = { at: at.toISOString(), ...row };
      const wrong = wrongWith(entry, last);
      if (wrong !== null) return wrong;
      last = entry;
    }
    const [cut]: { number: string; evaluation: string; found: boolean }[] = await runner.manager.query(
      `select evaluation.trail_number as number, evaluation.id as evaluation, trail_entry.number is not null as found
         from evaluation left join trail_entry on trail_entry.number = evaluation.trail_number
        where evaluation.trail_number > 0 and trail_entry.hash is distinct from evaluation.trail_hash
        order by evaluation.trail_number, evaluation.number limit 1`,
    );
    if (cut === undefined) {
      const end = await compareEnd(runner.manager, last);
      return end.outcome === 'whole' ? ((await unrecordedApproval(runner.manager)) ?? end) : end;
    }
    const { evaluation, number } = cut;
    if (cut.found) {
      return broken(number, `Entry ${number} is another one than when evaluation ${evaluation} was recorded.`);
    }
    const first = BigInt(last?.number ?? 0) + 1n;
    return broken(
      String(first),
      `${entries(first, BigInt(number), 'is', 'are')} missing at the end: the trail had ${number} entries when evaluation ` +
        `${evaluation} was recorded.`,
    );
  } finally {
    await runner.rollbackTransaction().catch(() => undefined);
    await runner.release();
  }
}

/** With the entry that is remembered as the last one: what was cut off or put behind since no evaluation has seen. */
async function compareEnd(manager: EntityManager, last: TrailEntry | null): Promise<VerifiedTrail> {
  const [head]: { number: string; hash: string }[] = await manager.query('select number, hash from trail_head');
  const end = BigInt(last?.number ?? 0);
  if (head === undefined) {
    return broken(String(end + 1n), 'Nothing tells where it ended: the row of the table trail_head was removed.');
  }
  const written = `the last one that was written has the number ${head.number}.`;
  const due = BigInt(head.number);
  if (end < due)
    return broken(String(end + 1n), `${entries(end + 1n, due, 'is', 'are')} missing at the end: ${written}`);
  if (end > due)
    return broken(String(due + 1n), `${entries(due + 1n, end, 'was', 'were')} added by other means: ${written}`);
  if (last === null || last.hash === head.hash) return { outcome: 'whole', entries: Number(end), last };
  return broken(last.number, `Entry ${last.number} is another one than was written (${labelOf(last)}).`);
}

/** Null: nobody approved an exception beside the trail. */
async function unrecordedApproval(manager: EntityManager): Promise<VerifiedTrail | null> {
  const [row]: { id: string; by: string; entry: string | null; told: boolean }[] = await manager.query(
    `select exception.id, exception.decided_by as by, exception.approved_entry as entry, entry.number is not null as told
       from exception
       left join trail_entry as entry
         on entry.number = exception.approved_entry and entry.action = 'exception.approved'
        and entry.subject = 'exception/' || exception.id
      where (exception.state = 'approved' or exception.approved_entry is not null)
        and (entry.actor, entry.actor_token, entry.after->>'requestedBy')
            is distinct from (exception.decided_by, exception.decided_token, exception.requested_by)
      order by exception.id limit 1`,
  );
  if (row === undefined) return null;
  const { id, by, entry, told } = row;
  return broken(
    entry ?? '0',
    `Exception ${id} was approved by ${by}, and ${told ? `entry ${entry} says otherwise` : 'the trail has nothing of it'}.`,
  );
}

function entries(from: bigint, to: bigint, one: string, several: string): string {
  return from === to ? `Entry ${from} ${one}` : `Entries ${from} to ${to} ${several}`;
}

/** Null: it is what was written, and follows the one before. */
function wrongWith(entry: TrailEntry, before: TrailEntry | null): VerifiedTrail | null {
  const { number } = entry;
  const due = BigInt(before?.number ?? 0) + 1n;
  if (BigInt(number) < due) return broken(number, `Entry ${number} was added: a trail begins with entry 1.`);
  if (BigInt(number) > due) {
    const gone = entries(due, BigInt(number) - 1n, 'is', 'are');
    return broken(String(due), `${gone} missing: the trail goes on with entry ${number}.`);
  }
  if (hashEntry(entry) !== entry.hash) {
    return broken(number, `Entry ${number} was edited: its hash is not that of what stands in it (${labelOf(entry)}).`);
  }
  if (entry.previousHash === (before?.hash ?? firstPreviousHash)) return null;
  return before === null
    ? broken(number, `Entry 1 was replaced: it does not begin a trail (${labelOf(entry)}).`)
    : broken(
        before.number,
        `Entry ${before.number} was replaced: entry ${number} follows another one (${labelOf(before)}).`,
      );
}

function labelOf({ at, actor, action, subject }: TrailEntry): string {
  return `${at}, ${actor}, ${action}, ${subject}`;
}

function broken(number: string, message: string): VerifiedTrail {
  return { outcome: 'broken', number, message };
}
