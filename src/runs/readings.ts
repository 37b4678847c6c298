import type { DataSource } from 'typeorm';
import type { Instant } from '../checks/check.js';
import { type ClaimedRun, RunTakenOver } from './run-records.js';

/** An organization that a run has to have read. */
export interface Reading {
  readonly organization: string;
  /** Of the snapshot; null: it is not read yet. */
  readonly snapshot: string | null;
  readonly organizationId: string | null;
  /** So far, by all who worked on it. */
  readonly pages: number;
  /** Datasets that are not as they should be; of a snapshot. */
  readonly incomplete: readonly string[];
  /** Some process is reading it at this moment. */
  readonly isHeld: boolean;
  /** It may not be read for a while. */
  readonly isDelayed: boolean;
  readonly failure: string | null;
}

/** What whoever reads an organization for a run has to know. */
export interface ReadingTask {
  readonly now: Instant;
  readonly leftMs: number;
  readonly attempt: number;
  readonly credentials: readonly string[];
}

export interface ToRead {
  readonly organization: string;
  /** Fingerprints of the credentials that are configured for it, in order. */
  readonly credentials: readonly string[];
}

/** What was read for a run may stand when another process goes on with it only this long, by either clock, like a page. */
const goesOnFor = `interval '2 hours'`;

const newest = `
  lateral (select max(id) as id from sync_run
            where organization_id = organization.id and state = 'sealed' and id > run_reading.newer_than) as sealed`;

/** The rows of what the run at work has to have read. That it was read, or is being read, is found where it happens. */
export class Readings {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Writes down what there is to read. What an earlier attempt at the run has read, and what is still usable, stays so.
   * @throws {RunTakenOver}
   */
  async plan(run: ClaimedRun, wanted: readonly ToRead[], deadlineMs: number): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const held: unknown[] = await manager.query(
        `select 1 from run where id = $1 and attempts = $2 and state = 'running' for update`,
        [run.id, run.attempt],
      );
      if (held.length === 0) throw new RunTakenOver(run);
      await manager.query('delete from run_reading where run_id <> $1 or organization <> all ($2)', [
        run.id,
        wanted.map(({ organization }) => organization),
      ]);
      await manager.query(
        `insert into run_reading (run_id, organization, newer_than, credentials, deadline)
         select $1, wanted.organization, coalesce(max(sync_run.id), 0), wanted.credentials,
                clock_timestamp() + $3 * interval '1 millisecond'
           from jsonb_to_recordset($2) as wanted (organization text, credentials text[])
           left join organization on organization.name = wanted.organization
           left join sync_run on sync_run.organization_id = organization.id and sync_run.state = 'sealed'
          group by wanted.organization, wanted.credentials
         on conflict (run_id, organization) do update
            set credentials = excluded.credentials, deadline = excluded.deadline, failure = null, not_before = null,
                newer_than = case when exists (
                    select from organization join sync_run on sync_run.organization_id = organization.id
                     where organization.name = excluded.organization and sync_run.state = 'sealed'
                       and sync_run.id = excluded.newer_than and sync_run.id > run_reading.newer_than
                       and sync_run.credentials = excluded.credentials
                       and sync_run.started_at > clock_timestamp() - ${goesOnFor}
                       and sync_run.believed_at > $4::timestamptz - ${goesOnFor} and sync_run.believed_at <= $4)
                  then run_reading.newer_than else excluded.newer_than end`,
        [run.id, JSON.stringify(wanted), deadlineMs, run.at],
      );
    });
  }

  /** Nearly the order in which they had better be read: by turns of the credentials, and among one's own the small ones first. */
  async of(run: string): Promise<Reading[]> {
    return this.dataSource.query<Reading[]>(
      `select run_reading.organization, sealed.id as snapshot, organization.id as "organizationId", run_reading.failure,
              coalesce(run_reading.not_before > clock_timestamp(), false) as "isDelayed",
              coalesce((select pages from sync_run where id = sealed.id),
                       (select pages from sync_run
                         where organization_id = organization.id and state in ('running', 'paused', 'verifying')), 0) as pages,
              (select coalesce(jsonb_agg(dataset order by dataset), '[]') from dataset_reading
                where run_id = sealed.id and status in ('partial', 'failed')) as incomplete,
              held.key is not null as "isHeld"
         from run_reading
         left join organization on organization.name = run_reading.organization
         left join ${newest} on true
         left join sync_run as before on before.id = run_reading.newer_than
         left join (select classid::bigint << 32 | objid::bigint as key from pg_locks
                     where locktype = 'advisory' and objsubid = 1 and granted
                       and database = (select oid from pg_database where datname = current_database())) as held
           on held.key = hashtextextended('sync of ' || run_reading.organization, 0)
        where run_reading.run_id = $1
        order by row_number() over (partition by run_reading.credentials order by before.pages, run_reading.organization),
                 run_reading.organization`,
      [run],
    );
  }

  /** Null: there is nothing to read any more, or not for this run. */
  async task(run: string, organization: string): Promise<ReadingTask | null> {
    const [row]: { at: Date; left: number; attempts: number; credentials: string[] }[] = await this.dataSource.query(
      `select run.at, run.attempts, run_reading.credentials,
              (extract(epoch from run_reading.deadline - clock_timestamp()) * 1000)::float8 as left
         from run_reading join run on run.id = run_reading.run_id and run.state = 'running'
         left join organization on organization.name = run_reading.organization
         left join ${newest} on true
        where run_reading.run_id = $1 and run_reading.organization = $2
          and sealed.id is null and run_reading.failure is null`,
      [run, organization],
    );
    if (row === undefined) return null;
    return { now: row.at.toISOString(), leftMs: row.left, attempt: row.attempts, credentials: row.credentials };
  }

  async isWanted(run: string): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(`select 1 from run where id = $1 and state = 'running'`, [run]);
    return rows.length > 0;
  }

  async delay(run: string, organization: string, ms: number): Promise<void> {
    await this.dataSource.query(
      `update run_reading set not_before = clock_timestamp() + $3 * interval '1 millisecond'
        where run_id = $1 and organization = $2`,
      [run, organization, ms],
    );
  }

  async fail(run: string, organization: string, why: string): Promise<void> {
    await this.dataSource.query('update run_reading set failure = $3 where run_id = $1 and organization = $2', [
      run,
      organization,
      why,
    ]);
  }
}
