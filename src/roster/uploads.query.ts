import type { EntityManager } from 'typeorm';
import type { RosterConfig } from '../config/configuration.js';
import type { Instant } from './person.js';

/** An upload that stands: in force, or waiting for a decision. */
export interface UploadOnHand {
  readonly id: string;
  readonly asOf: Instant;
  readonly waits: boolean;
}

/** The upload does not say what was true last; nothing changed. The message follows the name `asOf`. */
export interface Misdated {
  readonly outcome: 'misdated';
  readonly message: string;
}

/** No configured source is called so: that is an absolute path or a URL. */
const prefix = 'upload by ';
/** The clocks of two machines differ a little, and one of them dated the roster in force. */
const toleranceMs = 300_000;

/** What stands as the source of a roster that somebody uploaded. */
export function uploadedBy(name: string): string {
  return `${prefix}${name}`;
}

/**
 * The upload that a file of the configured source, of `asOf`, does not replace: the file is of no later time, and another one.
 * Null: the file counts.
 */
export async function newerUpload(
  manager: EntityManager,
  asOf: Instant,
  fingerprint: string,
): Promise<UploadOnHand | null> {
  const [row]: { id: string; as_of: Date; waits: boolean }[] = await manager.query(
    `select id, as_of, state = 'quarantined' as waits from roster
      where (state = 'quarantined' or id = (select max(id) from roster where state = 'accepted'))
        and starts_with(source, $1) and as_of >= $2 and fingerprint <> $3
      order by id desc limit 1`,
    [prefix, asOf, fingerprint],
  );
  return row === undefined ? null : { id: row.id, asOf: row.as_of.toISOString(), waits: row.waits };
}

/**
 * The columns that the next roster may not lose: those of the one in force. Another kind of source says other things, and
 * configuring it was a decision, which an upload is not: that has to have them in whatever format it comes, and the
 * configured source is compared with what it had itself before an upload in another format.
 */
export async function columnsToKeep(
  manager: EntityManager,
  { source, format }: Pick<RosterConfig, 'source' | 'format'>,
): Promise<readonly string[]> {
  const [row]: { columns: string[] }[] = await manager.query(
    `select columns from roster
      where id in (select max(id) from roster where state = 'accepted'
                   union select max(id) from roster where state = 'accepted' and not starts_with(source, $1))
        and (format = $2 or $3)
      order by id desc limit 1`,
    [prefix, format, source.startsWith(prefix)],
  );
  return row?.columns ?? [];
}

/**
 * What an upload is dated. One that is older than the roster in force would bring back whom a newer list has as gone; one from the
 * future would count as fresh for longer than it is.
 */
export function dateOfUpload(
  given: Instant | null,
  now: Instant,
  inForceAsOf: Instant | null,
): { readonly asOf: Instant } | Misdated {
  if (given !== null && given > now) return misdated(`lies in the future; it is ${now}`);
  const asOf = given ?? now;
  if (inForceAsOf === null || asOf >= inForceAsOf) return { asOf };
  const ahead = Date.parse(inForceAsOf) - Date.parse(now);
  if (given === null && ahead <= toleranceMs) return { asOf: inForceAsOf };
  return misdated(
    `is ${asOf}, before that of the roster in force (${inForceAsOf}); expected a list that was written after it`,
  );
}

function misdated(message: string): Misdated {
  return { outcome: 'misdated', message };
}
