import type { QueryRunner } from 'typeorm';
import type { RemovalFacts } from '../checks/leaver-facts.js';
import { millisecondsOf } from '../checks/threshold.js';
import { removals } from '../findings/removal-facts.query.js';
import { watchedSql } from './population.query.js';
import type { EvidenceWindow } from './window.query.js';
import type { Row } from './write-rows.js';

const hourMs = 3_600_000;

interface Watched {
  readonly id: string;
  readonly name: string;
  readonly snapshot: string;
}

/**
 * Everybody who had left by the end of the window and held access in it, or left in it, with how long the access outlasted them:
 * also those of whom no finding ever told, because it was taken away before anybody had to ask. `hours` is null while it lasts;
 * where the audit log does not say when it ended, it is counted to the first reading that no longer had it. `late`: it was certainly
 * there after the time that `within` allows.
 */
export async function* leavers(runner: QueryRunner, window: EvidenceWindow, within: string): AsyncIterable<Row> {
  const organizations: Watched[] = await runner.manager.query(
    `select organization.id, organization.name, watched.ended as snapshot
       from (${watchedSql}) as watched join organization on organization.id = watched.organization_id
      order by organization.name collate "C"`,
    [window.start.number, window.end.number],
  );
  for (const { id: organizationId, name: organization, snapshot } of organizations) {
    const about = { organizationId, organization, snapshot, now: window.end.at };
    for await (const facts of removals(runner, about)) {
      const gone = facts.removedAt ?? facts.firstAbsentAt;
      if (gone === null || gone >= window.from || facts.leftAt >= window.from)
        yield rowOf(facts, within, window.end.at);
    }
  }
}

function rowOf({ person, ...facts }: RemovalFacts, within: string, now: string): Row {
  const left = Date.parse(facts.leftAt);
  const gone = facts.removedAt ?? facts.firstAbsentAt;
  const due = left + millisecondsOf(within);
  // Of what is still there, the clock of the last evaluation; of what is gone, the last moment at which it surely was not.
  const stillAt = facts.firstAbsentAt === null ? now : (facts.removedAt ?? facts.lastSeenAt);
  return {
    ...facts,
    person: person.id,
    hours: gone === null ? null : Math.round(Math.max(0, Date.parse(gone) - left) / (hourMs / 10)) / 10,
    late: Date.parse(stillAt) > due,
  };
}
