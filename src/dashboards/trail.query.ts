import type { EntityManager } from 'typeorm';
import type { TrailEntry } from '../trail/hash-entry.js';

export interface WantedEntries {
  readonly actor?: readonly string[];
  readonly action?: readonly string[];
  readonly subject?: readonly string[];
  readonly since?: string;
  readonly until?: string;
}

/** Newest first, those before the entry `after`. */
export async function findEntries(
  manager: EntityManager,
  wanted: WantedEntries,
  after: string | null,
  limit: number,
): Promise<TrailEntry[]> {
  const rows: (Omit<TrailEntry, 'at'> & { at: Date })[] = await manager.query(
    `select number, at, actor, actor_token as "actorToken", action, subject, before, after, reason,
            previous_hash as "previousHash", hash
       from trail_entry
      where ($1::text[] is null or actor = any ($1)) and ($2::text[] is null or action = any ($2))
        and ($3::text[] is null or subject = any ($3)) and ($4::timestamptz is null or at >= $4)
        and ($5::timestamptz is null or at <= $5) and ($6::bigint is null or number < $6)
      order by number desc limit $7`,
    [
      wanted.actor ?? null,
      wanted.action ?? null,
      wanted.subject ?? null,
      wanted.since ?? null,
      wanted.until ?? null,
      after,
      limit,
    ],
  );
  return rows.map(({ at, ...row }) => ({ at: at.toISOString(), ...row }));
}
