import type { EntityManager } from 'typeorm';
import type { Instant } from './person.js';

/** The roster that everything is judged by: the latest one accepted. */
export interface RosterInForce {
  readonly id: string;
  readonly content: string;
  readonly fingerprint: string;
  readonly asOf: Instant;
  readonly people: number;
  readonly employed: number;
  readonly refusedRows: number;
}

/** Null: none was ever accepted. */
export async function rosterInForce(manager: EntityManager): Promise<RosterInForce | null> {
  const [row]: (Omit<RosterInForce, 'asOf'> & { asOf: Date })[] = await manager.query(
    `select id, content, fingerprint, as_of as "asOf", people, employed,
            jsonb_array_length(refused_rows) as "refusedRows"
       from roster where state = 'accepted' order by id desc limit 1`,
  );
  return row === undefined ? null : { ...row, asOf: row.asOf.toISOString() };
}
