import type { EntityManager } from 'typeorm';
import { pruneBatch, type Horizon, type PruneStep } from '../database/pruning.js';

interface Target {
  readonly organization: string;
  /** Up to which snapshot it has been done, and up to which it is to be. */
  readonly done: string;
  readonly snapshot: string;
}

/**
 * What a row says, without what changes by itself: when somebody was last seen, when something was last used. Of a member also
 * without name and address, which nobody asks for once there are newer ones. Nothing that looks back on old rows reads these.
 */
const said = `observation.data - '{lastSeenAt,lastLoggedInAt,lastUsedAt,lastUpdated,memberCount}'::text[]
  - case observation.dataset when 'members' then '{email,fullName}'::text[] else '{}' end`;

/** $1 organization, $2 and $3 the rows that ended after the one snapshot and not after the other, with all before them. */
const stretches = `
  touched as materialized (
    select distinct dataset, key from observation
     where organization_id = $1 and last_snapshot > $2 and last_snapshot <= $3
  ), row as (
    select observation.id, observation.dataset, observation.key, observation.first_snapshot, observation.last_snapshot, ${said} as said
      from touched join observation on observation.organization_id = $1 and observation.dataset = touched.dataset
       and observation.key = touched.key and observation.last_snapshot <= $3
  ), marked as (
    select row.*, lag(last_snapshot) over same is distinct from first_snapshot or lag(said) over same is distinct from said as begins
      from row window same as (partition by dataset, key order by first_snapshot)
  ), numbered as materialized (
    select id, dataset, key, first_snapshot,
           count(*) filter (where begins) over (partition by dataset, key order by first_snapshot) as stretch
      from marked
  ), stretch as materialized (
    select dataset, key, stretch, min(first_snapshot) as first_snapshot,
           (array_agg(id order by first_snapshot desc))[1] as id
      from numbered group by dataset, key, stretch having count(*) > 1
  ), repeat as materialized (
    select numbered.id from numbered join stretch using (dataset, key, stretch) where numbered.id <> stretch.id)`;

/**
 * Makes one row of several that follow one another without a gap and say the same but for when somebody was last seen. Since
 * when and until when everything was there stays as exact as it was, and so does what it said; every stay, every gap and every
 * role can be told for ever. Only rows that ended before anything that an evaluation looks back on are touched.
 */
export function foldObservations(): PruneStep {
  let targets: Target[] | null = null;
  return {
    table: 'observation',
    async count(manager, horizon) {
      let rows = 0;
      for (const { organization, done, snapshot } of await targetsOf(manager, horizon)) {
        const [row]: { rows: number }[] = await manager.query(
          `with ${stretches} select count(*)::integer as rows from repeat`,
          [organization, done, snapshot],
        );
        rows += row?.rows ?? 0;
      }
      return rows;
    },
    async batch(manager, horizon) {
      targets ??= await targetsOf(manager, horizon);
      for (;;) {
        const target: Target | undefined = targets[0];
        if (target === undefined) return 0;
        const until = await endOfBatch(manager, target);
        const rows = await fold(manager, target, until);
        targets = until === target.snapshot ? targets.slice(1) : [{ ...target, done: until }, ...targets.slice(1)];
        if (rows > 0) return rows;
      }
    },
  };
}

async function targetsOf(manager: EntityManager, { factsAt }: Horizon): Promise<Target[]> {
  return manager.query(
    `select organization.id as organization, coalesce(folded.snapshot, 0) as done, sealed.snapshot
       from organization
       left join folded_snapshot as folded on folded.organization_id = organization.id
       join lateral (
         select max(sync_run.id) as snapshot from sync_run
          where sync_run.organization_id = organization.id and sync_run.state = 'sealed'
            and sync_run.believed_at <= $1::timestamptz) as sealed on sealed.snapshot > coalesce(folded.snapshot, 0)
      order by organization.id`,
    [factsAt],
  );
}

/** The snapshot that a batch goes to; whatever ended in it belongs to the batch. */
async function endOfBatch(manager: EntityManager, { organization, done, snapshot }: Target): Promise<string> {
  const [row]: { until: string }[] = await manager.query(
    `select last_snapshot as until from observation
      where organization_id = $1 and last_snapshot > $2 and last_snapshot <= $3
      order by organization_id, last_snapshot, id offset $4 limit 1`,
    [organization, done, snapshot, pruneBatch],
  );
  return row?.until ?? snapshot;
}

async function fold(manager: EntityManager, { organization, done }: Target, until: string): Promise<number> {
  const [row]: { rows: number }[] = await manager.query(
    `with ${stretches}, gone as (
       delete from observation where id in (select id from repeat) returning 1
     ), longer as (
       update observation set first_snapshot = stretch.first_snapshot
         from stretch where observation.id = stretch.id returning 1
     ), noted as (
       insert into folded_snapshot (organization_id, snapshot) values ($1, $3)
           on conflict (organization_id) do update set snapshot = excluded.snapshot returning 1)
     select count(*)::integer as rows from gone`,
    [organization, done, until],
  );
  return row?.rows ?? 0;
}
