import type { DataSource } from 'typeorm';
import type { Lease, SharedBudget } from '../dockerhub/shared-budget.js';

/** How long a process that is to find out about a window is waited for, and how often the others look. */
const findingOutMs = 2_000;
const lookAgainMs = 25;

interface Row {
  readonly granted: number;
  readonly unleased: number;
  readonly ends_in_ms: number;
  readonly finds_out: boolean;
}

/**
 * Lets processes on one database share the rate limit of a credential: each leases a few requests at a time out of the window
 * that one of them found out about. Times are of the database's clock. A process that dies takes with it what it had leased,
 * until the window ends.
 *
 * For each organization that waits a process gets at most a sixteenth of what is left, so that whoever comes a little later,
 * or with fewer organizations, finds its share; of thousands it gets a hundredth at once, because nobody will need them all.
 */
export function shareRates(dataSource: DataSource): (credential: string) => SharedBudget {
  return (credential) => ({
    lease: async ({ requests, lanes, seen }) => {
      const parameters = [credential, requests, lanes, seen?.remaining ?? null, seen?.endsInMs ?? null, findingOutMs];
      const [[row]]: [Row[], number] = await dataSource.query(lease, parameters);
      if (row !== undefined) return leaseOf(row);
      // A credential is new once in its life: time to forget those that nobody has used for long.
      await dataSource.query(
        `delete from rate_window where ends_at < clock_timestamp() - interval '30 days' and ends_at > to_timestamp(0)`,
      );
      await dataSource.query(
        `insert into rate_window (credential, ends_at, unleased) values ($1, to_timestamp(0), 0) on conflict (credential) do nothing`,
        [credential],
      );
      return { outcome: 'wait', ms: 0 };
    },
    giveBack: async (requests, endsInMs) => {
      await dataSource.query(giveBack, [credential, requests, endsInMs]);
    },
  });
}

function leaseOf({ granted, unleased, ends_in_ms: endsInMs, finds_out: findsOut }: Row): Lease {
  if (findsOut) return { outcome: 'find out' };
  if (endsInMs <= 0) return { outcome: 'wait', ms: lookAgainMs };
  return { outcome: 'leased', requests: granted, left: granted + unleased, endsInMs };
}

/**
 * $1 the credential, $2 how many requests are wanted, $3 for how many organizations, $4 what is left and $5 in how many
 * milliseconds the window ends, as the process last heard, or null; $6 how long one is waited for that finds out. Without a row
 * for the credential it does nothing.
 */
const lease = `
  with clock as materialized (
    select clock_timestamp() as now, set_config('synchronous_commit', 'off', true)
  ), before as materialized (
    select * from rate_window where credential = $1 for update
  ), told as (
    select before.*, clock.now, clock.now + $5::float8 * interval '1 millisecond' as told_end,
           coalesce($5::float8 > 0 and clock.now + $5::float8 * interval '1 millisecond'
             > before.ends_at + case when before.ends_at <= clock.now then interval '0' else interval '1 second' end, false) as is_new
      from before, clock
  ), known as (
    select now, case when is_new then told_end else ends_at end as ends_at, found_out_by, is_new,
           case when is_new then $4::integer
                when $4::integer is not null and abs(extract(epoch from told_end - ends_at)) <= 1 then least(unleased, $4::integer)
                else unleased end as unleased
      from told
  ), decided as (
    select *, ends_at > now as is_open,
           ends_at <= now and (found_out_by is null or found_out_by <= now) as finds_out,
           least(unleased, greatest(least($2::integer, $3::integer * ceil(unleased / 16.0)::integer), unleased / 100)) as share
      from known
  )
  update rate_window
     set ends_at = decided.ends_at,
         unleased = case when decided.is_open then decided.unleased - decided.share else 0 end,
         found_out_by = case when decided.finds_out then decided.now + $6::float8 * interval '1 millisecond'
                             when decided.is_open then null else decided.found_out_by end
    from decided
   where rate_window.credential = $1
  returning case when decided.is_open then decided.share else 0 end as granted, rate_window.unleased,
            case when decided.is_open then extract(epoch from decided.ends_at - decided.now)::float8 * 1000 else 0 end as ends_in_ms,
            decided.finds_out`;

const giveBack = `
  update rate_window
     set unleased = unleased + case
           when ends_at > clock_timestamp()
            and abs(extract(epoch from ends_at - clock_timestamp()) * 1000 - $3::float8) <= 1000 then $2::integer else 0 end,
         found_out_by = null
   where credential = $1`;
