import type { EntityManager, QueryRunner } from 'typeorm';
import type { Instant } from '../checks/check.js';
import type { DatasetFacts, RosterFacts } from '../checks/facts.js';
import type { RosterConfig } from '../config/configuration.js';
import { streamRows } from '../database/rows.js';

/** How every dataset of one snapshot ended. */
export async function datasetFacts(manager: EntityManager, runId: string): Promise<DatasetFacts[]> {
  const rows: (Omit<DatasetFacts, 'fetchedAt' | 'name'> & {
    dataset: DatasetFacts['name'];
    fetched_at: Date | null;
  })[] = await manager.query(
    `select dataset, status, reason, message, received, reported, fetched_at
         from dataset_reading where run_id = $1 order by dataset collate "C"`,
    [runId],
  );
  return rows.map(({ dataset, fetched_at, ...row }) => ({
    name: dataset,
    status: row.status,
    fetchedAt: fetched_at?.toISOString() ?? null,
    received: row.received,
    reported: row.reported,
    reason: row.reason,
    message: row.message,
  }));
}

/**
 * For each repository of a snapshot that is wanted, the names of the teams that hold a permission on it. The others stream by: there
 * may be hundreds of thousands.
 */
export async function repositoryTeams(
  runner: QueryRunner,
  { id, snapshot }: { readonly id: string; readonly snapshot: string },
  isWanted: (repository: string) => boolean,
): Promise<{ repository: string; teams: string[] }[]> {
  const found: { repository: string; teams: string[] }[] = [];
  const rows = streamRows<{ repository: string; teams: string[] }>(
    runner,
    `select observation.data->>'repository' as repository, array_agg(distinct observation.data->>'team') as teams
       from observation
      where observation.organization_id = $1 and observation.dataset = 'repository_teams'
        and observation.first_snapshot <= $2
        and (observation.last_snapshot is null or observation.last_snapshot > $2)
        and not exists (select from unverified where unverified.snapshot = $2 and unverified.observation_id = observation.id)
        and observation.data->>'repository' is not null and observation.data->>'team' is not null
      group by observation.data->>'repository'`,
    [id, snapshot],
  );
  for await (const row of rows) if (isWanted(row.repository)) found.push(row);
  return found;
}

interface RosterRow {
  id: string;
  as_of: Date;
  people: number;
  refused: number;
}

/** The roster in force, the one before it, what waits in quarantine, and what the last reading came to. */
export async function rosterFacts(
  manager: EntityManager,
  config: RosterConfig,
): Promise<{ id: string | null; facts: RosterFacts }> {
  const accepted: RosterRow[] = await manager.query(
    `select id, as_of, people, jsonb_array_length(refused_rows) as refused
       from roster where state = 'accepted' order by id desc limit 1`,
  );
  const [inForce] = accepted;
  const [previous]: { as_of: Date | null }[] = await manager.query(
    `select max(as_of) as as_of from roster where state = 'accepted' and id < $1`,
    [inForce?.id ?? '0'],
  );
  const [quarantined]: { id: string; lost: number; employed: number; message: string }[] = await manager.query(
    `select roster.id, roster.lost, roster.employed, roster_reading.message
       from roster
       join roster_reading on roster_reading.roster_id = roster.id and roster_reading.outcome = 'quarantined'
      where roster.state = 'quarantined' order by roster_reading.id desc limit 1`,
  );
  const [reading]: { outcome: RosterFacts['reading']['outcome']; message: string | null }[] = await manager.query(
    'select outcome, message from roster_reading order by id desc limit 1',
  );
  const [lastRead]: { outcome: string; message: string | null }[] = await manager.query(
    `select outcome, message from roster_reading where outcome <> 'unreachable' order by id desc limit 1`,
  );
  return {
    id: inForce?.id ?? null,
    facts: {
      lastRead: lastRead ?? null,
      inForce:
        inForce === undefined
          ? null
          : {
              asOf: inForce.as_of.toISOString(),
              previousAsOf: previous?.as_of?.toISOString() ?? null,
              people: inForce.people,
              refusedRows: inForce.refused,
            },
      maxAge: config.maxAge,
      maxAgeMs: config.maxAgeMs,
      reading: reading ?? { outcome: 'unreachable', message: 'The roster was never read.' },
      quarantined: quarantined ?? null,
    },
  };
}

/** The roster as one line of the report's `datasets`. */
export function rosterDataset(facts: RosterFacts): DatasetFacts {
  const { inForce, reading, quarantined } = facts;
  return {
    name: 'roster',
    status: inForce === null ? 'failed' : 'complete',
    fetchedAt: inForce?.asOf ?? null,
    received: inForce?.people ?? 0,
    reported: inForce === null ? null : inForce.people,
    reason: rosterReason(facts),
    message: quarantined?.message ?? reading.message,
  };
}

function rosterReason({ inForce, reading, quarantined }: RosterFacts): string | null {
  if (quarantined !== null) return 'ROSTER_QUARANTINED';
  if (reading.outcome === 'refused') return 'ROSTER_REFUSED';
  if (reading.outcome === 'unreachable') return 'SOURCE_UNREACHABLE';
  return inForce !== null && inForce.refusedRows > 0 ? 'ROSTER_ROW_REFUSED' : null;
}

/** The instant of the last recorded evaluation; null before the first. */
export async function lastEvaluationAt(manager: EntityManager): Promise<Instant | null> {
  const [row]: { at: Date | null }[] = await manager.query(
    'select max(at) as at from evaluation where finished_at is not null',
  );
  return row?.at?.toISOString() ?? null;
}
