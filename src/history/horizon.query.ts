import type { DataSource, EntityManager } from 'typeorm';
import { longestLookBackDays } from '../checks/look-back.js';
import type { Horizon } from '../database/pruning.js';

/** The horizon as it stands, and whether everything before it has been removed. */
export interface StandingHorizon extends Horizon {
  readonly state: 'removing' | 'removed';
  /** How many rows of each table, since it was moved. */
  readonly removed: Readonly<Record<string, number>>;
}

const instant = (column: string, digits: 'MS' | 'US'): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.${digits}"Z"')`;

/** Null: nothing was ever removed. */
export async function standingHorizon(manager: EntityManager): Promise<StandingHorizon | null> {
  const [row]: StandingHorizon[] = await manager.query(
    `select evaluation_number as evaluation, ${instant('begins_at', 'MS')} as "beginsAt", ${instant('facts_at', 'MS')} as "factsAt",
            ${instant('past_until', 'US')} as "pastUntil", state, removed
       from history_horizon`,
  );
  return row ?? null;
}

/**
 * Where history is to begin if it is kept for so long: with the last evaluation that is as old as that, counted back from the
 * newest one, so that an installation that stood still for years keeps its last nights. Past rows have a day more, because some
 * of the clocks are those of processes. Null: there is none as old.
 */
export async function dueHorizon(dataSource: DataSource, historyMs: number): Promise<Horizon | null> {
  const [row]: Horizon[] = await dataSource.query(
    `with beginning as (
       select number, at from evaluation
        where finished_at is not null
          and at <= (select max(at) from evaluation where finished_at is not null) - $1 * interval '1 millisecond'
        order by at desc, number desc limit 1)
     select beginning.number as evaluation, ${instant('beginning.at', 'MS')} as "beginsAt",
            ${instant("(beginning.at - $2 * interval '1 day')", 'MS')} as "factsAt",
            ${instant("(earliest.known_at - interval '1 day')", 'US')} as "pastUntil"
       from beginning
       cross join lateral (
         select min(least(kept.at, kept.started_at, kept.read_at)) as known_at
           from evaluation as kept where kept.number >= beginning.number) as earliest`,
    [historyMs, longestLookBackDays],
  );
  return row ?? null;
}

/** Before anything is removed. It never moves back. */
export async function moveHorizon(manager: EntityManager, horizon: Horizon): Promise<void> {
  await manager.query(
    `insert into history_horizon (evaluation_number, begins_at, facts_at, past_until, state, moved_at)
     values ($1, $2, $3, $4, 'removing', clock_timestamp())
         on conflict (single) do update
        set evaluation_number = excluded.evaluation_number, begins_at = excluded.begins_at, facts_at = excluded.facts_at,
            past_until = excluded.past_until, state = 'removing', removed = '{}', moved_at = excluded.moved_at
      where excluded.evaluation_number > history_horizon.evaluation_number`,
    [horizon.evaluation, horizon.beginsAt, horizon.factsAt, horizon.pastUntil],
  );
}

/** In the transaction that removes them. */
export async function noteRemoved(manager: EntityManager, table: string, rows: number): Promise<void> {
  await manager.query(
    `update history_horizon
        set removed = removed || jsonb_build_object($1::text, coalesce((removed->>$1)::bigint, 0) + $2::bigint)`,
    [table, rows],
  );
}

export async function noteAllRemoved(manager: EntityManager): Promise<void> {
  await manager.query(`update history_horizon set state = 'removed'`);
}
