import type { EntityManager } from 'typeorm';
import type { RosterConfig } from '../config/configuration.js';
import { nameOf, type FetchedRoster } from './fetch-roster.js';
import type { Instant } from './person.js';
import { mistakeAt } from './roster-source.js';
import type { Staged } from './weigh-roster.js';

/** Writes down what was read, without its people; returns its number. How many are employed is said afterwards. */
export async function addRoster(
  manager: EntityManager,
  { read, fingerprint, people, lost }: Staged,
  { asOf }: FetchedRoster,
  config: RosterConfig,
  state: 'accepted' | 'quarantined',
  now: Instant,
): Promise<string> {
  const refused = read.refused.map(({ line, employeeId, mentions, mistakes }) => {
    const [mistake = mistakeAt(line, '')] = mistakes;
    const message = mistakes.map((each) => each.message).join(' ');
    return { line, employeeId, mentions, column: mistake.column, value: mistake.value, message };
  });
  const [row]: [{ id: string }] = await manager.query(
    `insert into roster (source, format, content, fingerprint, time_zone, current_staff_only, columns, as_of, read_at,
                         state, people, employed, lost, refused_rows)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $13) returning id`,
    [
      nameOf(config.source),
      config.format,
      fingerprint.content,
      fingerprint.whole,
      config.timeZone,
      read.currentStaffOnly,
      read.columns,
      asOf,
      now,
      state,
      people,
      lost,
      JSON.stringify(refused),
    ],
  );
  return row.id;
}
