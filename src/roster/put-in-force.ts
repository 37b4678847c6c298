import type { EntityManager } from 'typeorm';
import type { Mentions } from './mentioned-people.query.js';
import { doubtChangedIdentities } from './identity-changed.query.js';
import { joinReturned, keepAliases } from './join-ids.query.js';
import { addAbsent, keepFirstSeen, keepRefused, writePeople } from './next-people.query.js';
import type { Instant } from './person.js';
import type { RosterInForce } from './roster-in-force.js';
import { WorkingDays } from './working-days.js';

interface NextRoster {
  readonly id: string;
  readonly content: string;
  readonly timeZone: string;
  readonly currentStaffOnly: boolean;
  readonly mentions: Mentions;
}

/**
 * Makes the people in `next_person` the people in force: with what earlier rosters know of them, and with those whom
 * this one lacks. `before` is the roster that it follows; null for the first.
 */
export async function putInForce(
  manager: EntityManager,
  next: NextRoster,
  before: RosterInForce | null,
  now: Instant,
): Promise<void> {
  if (before !== null) {
    const days = new WorkingDays(next.timeZone);
    const lastOn = days.dayOf(before.asOf);
    const end = days.endOf(lastOn);
    await keepRefused(manager);
    await doubtChangedIdentities(manager, now);
    await keepFirstSeen(manager);
    await keepAliases(manager);
    await addAbsent(manager, {
      mentions: next.mentions,
      now,
      lastOn,
      lastUntil: end < now ? end : now,
      currentStaffOnly: next.currentStaffOnly,
      sameContent: next.content === before.content,
    });
    await joinReturned(manager, now);
  }
  await writePeople(manager, next.id);
}

/** One writer at a time decides what is in force, in this process or another. */
export async function lockRosters(manager: EntityManager): Promise<void> {
  await manager.query(`select pg_advisory_xact_lock(hashtextextended('roster', 0))`);
}

/** Whatever waits for a decision is overtaken by something newer. */
export async function supersedeQuarantined(manager: EntityManager, now: Instant): Promise<void> {
  await manager.query(
    `delete from roster_candidate using roster where roster.id = roster_candidate.roster_id and roster.state = 'quarantined'`,
  );
  await manager.query(`update roster set state = 'superseded', decided_at = $1 where state = 'quarantined'`, [now]);
}

type ReadingOutcome = 'accepted' | 'unchanged' | 'quarantined' | 'refused' | 'unreachable';

export async function addReading(
  manager: EntityManager,
  rosterId: string | null,
  outcome: ReadingOutcome,
  message: string | null,
  now: Instant,
): Promise<void> {
  await manager.query('insert into roster_reading (roster_id, read_at, outcome, message) values ($1, $2, $3, $4)', [
    rosterId,
    now,
    outcome,
    message,
  ]);
}
