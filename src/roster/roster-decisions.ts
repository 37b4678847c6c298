import { DataSource, type EntityManager } from 'typeorm';
import { type Actor, actorName } from '../trail/actor.js';
import { recordChange } from '../trail/record-change.js';
import { forgetVoice, hearVoice } from '../trail/voices.js';
import { countEmployed, stageCandidate } from './next-people.query.js';
import type { Instant } from './person.js';
import { addReading, lockRosters, putInForce } from './put-in-force.js';
import { rosterInForce } from './roster-in-force.js';

type Decision = 'accept' | 'reject';

export type RosterDecision =
  | { readonly outcome: 'accepted'; readonly id: string; readonly people: number; readonly employed: number }
  | { readonly outcome: 'rejected'; readonly id: string }
  /** It takes two, and this was the first of them. */
  | { readonly outcome: 'waits'; readonly id: string; readonly by: string; readonly since: Date }
  /** A sentence: the id or the reason is not one that can be acted on. Nothing changed. */
  | { readonly outcome: 'refused'; readonly why: Obstacle; readonly message: string };

/**
 * What keeps a decision from being made: its reason, an id that no roster has, that the roster no longer waits for one, or that
 * somebody else asks for the opposite.
 */
type Obstacle = 'reason' | 'unknown' | 'decided' | 'contradicted';

interface Quarantined {
  readonly id: string;
  readonly state: string;
  readonly content: string;
  readonly people: number;
  readonly time_zone: string;
  readonly current_staff_only: boolean;
  readonly refused_rows: readonly { readonly mentions?: readonly string[] }[];
  readonly decided_by: string | null;
}

const longestReason = 2_000;

/** Decides what the guard held back: one roster, once, with a reason. The guard itself cannot be switched off. */
export class RosterDecisions {
  constructor(private readonly dataSource: DataSource) {}

  /** One person's say, in a terminal: whoever has the database and the keys could do anything. */
  accept(id: string, reason: string, by: Actor, now: Instant): Promise<RosterDecision> {
    return this.decide('accept', id, reason, by, now, 1);
  }

  reject(id: string, reason: string, by: Actor, now: Instant): Promise<RosterDecision> {
    return this.decide('reject', id, reason, by, now, 1);
  }

  /** One of two people who have to say the same. */
  side(decision: Decision, id: string, reason: string, by: Actor, now: Instant): Promise<RosterDecision> {
    return this.decide(decision, id, reason, by, now, 2);
  }

  private async decide(
    decision: Decision,
    id: string,
    reason: string,
    by: Actor,
    now: Instant,
    people: 1 | 2,
  ): Promise<RosterDecision> {
    const why = reason.trim();
    if (why === '') return refused('reason', 'A decision about a roster needs a reason; expected a few words.');
    if (why.length > longestReason)
      return refused('reason', `The reason is longer than ${longestReason} characters; expected a few words.`);
    if (!/^\d{1,18}$/.test(id))
      return refused(
        'unknown',
        `“${id.slice(0, 40)}” is not the number of a roster; expected that of one in quarantine.`,
      );
    return this.dataSource.transaction(async (manager) => {
      await lockRosters(manager);
      const [roster]: Quarantined[] = await manager.query(
        `select id, state, content, people, time_zone, current_staff_only, refused_rows, decided_by from roster where id = $1`,
        [id],
      );
      if (roster === undefined)
        return refused('unknown', `There is no roster ${id}; expected the number of one in quarantine.`);
      if (roster.state !== 'quarantined') return refused('decided', undecidable(roster));
      const subject = `roster/${roster.id}`;
      const heard = people === 1 ? null : await hearVoice(manager, { subject, decision, reason: why, actor: by });
      if (heard?.outcome === 'waits') return { ...heard, id: roster.id };
      if (heard?.outcome === 'contradicted') return refused('contradicted', heard.message);
      await forgetVoice(manager, subject);

      const decided = await (decision === 'accept' ? putUp(manager, roster, now) : turnAway(manager, roster));
      await manager.query('delete from roster_candidate where roster_id = $1', [roster.id]);
      const everybody = [...(heard === null ? [] : [heard.first.by]), actorName(by)].join(' and ');
      await manager.query('update roster set decided_at = $2, decided_by = $3, decision_reason = $4 where id = $1', [
        roster.id,
        now,
        everybody,
        why,
      ]);
      await recordChange(manager, {
        actor: by,
        action: `roster.${decided.outcome}`,
        subject,
        before: { state: 'quarantined' },
        after: { ...decided, ...(heard !== null && { askedBy: heard.first.by, askedBecause: heard.first.reason }) },
        reason: why,
      });
      return decided;
    });
  }
}

async function putUp(manager: EntityManager, roster: Quarantined, now: Instant): Promise<RosterDecision> {
  const before = await rosterInForce(manager);
  await stageCandidate(manager, roster.id);
  await putInForce(
    manager,
    {
      id: roster.id,
      content: roster.content,
      timeZone: roster.time_zone,
      currentStaffOnly: roster.current_staff_only,
      mentions: roster.refused_rows.map((row) => row.mentions ?? []),
    },
    before,
    now,
  );
  const employed = await countEmployed(manager, now);
  await manager.query(`update roster set state = 'accepted', employed = $2 where id = $1`, [roster.id, employed]);
  await addReading(manager, roster.id, 'accepted', null, now);
  return { outcome: 'accepted', id: roster.id, people: roster.people, employed };
}

async function turnAway(manager: EntityManager, roster: Quarantined): Promise<RosterDecision> {
  await manager.query(`update roster set state = 'rejected' where id = $1`, [roster.id]);
  return { outcome: 'rejected', id: roster.id };
}

function undecidable({ id, state, decided_by: by }: Quarantined): string {
  const decided = by === null ? '' : ` by ${by}`;
  switch (state) {
    case 'superseded':
      return `Roster ${id} no longer waits: a newer one has been read since.`;
    case 'rejected':
      return `Roster ${id} was rejected already${decided}; a roster is decided once.`;
    default:
      return `Roster ${id} was accepted already${decided}; a roster is decided once.`;
  }
}

function refused(why: Obstacle, message: string): RosterDecision {
  return { outcome: 'refused', why, message };
}
