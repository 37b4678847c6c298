import type { DatabaseProbe } from './database-probe.js';

/** What the metrics say of the database's content. Times are seconds since 1970, ages seconds. */
export interface Stored {
  readonly finishedAt: number | null;
  readonly checks: readonly {
    readonly check: string;
    readonly severity: string;
    readonly status: string;
    readonly counts: Readonly<Record<string, number>>;
  }[];
  readonly findings: readonly { readonly severity: string; readonly disposition: string; readonly open: number }[];
  /** Those on which the last evaluation rests. `age` is null where a listing never began. */
  readonly datasets: readonly {
    readonly organization: string;
    readonly dataset: string;
    readonly status: string;
    readonly age: number | null;
  }[];
  readonly runs: Readonly<Record<string, number>>;
  readonly channels: readonly {
    readonly id: string;
    readonly label: string;
    readonly gone: boolean;
    readonly failing: boolean;
    readonly states: Readonly<Record<string, number>>;
    readonly oldest: number | null;
    readonly failed: number;
  }[];
}

/**
 * Everything in one statement, so that a scrape costs one round trip and shows one moment. Null: the database gave no answer.
 * `channels`: the fingerprints of those that are configured.
 */
export async function readStored(probe: DatabaseProbe, channels: readonly string[]): Promise<Stored | null> {
  const rows = await probe.ask<{ stored: Stored }>(
    `with latest as materialized (
       select number, finished_at, roster_dataset from evaluation
        where finished_at is not null order by at desc, number desc limit 1),
     checks as (
       select check_id as "check", severity, status,
              jsonb_build_object('pass', pass, 'fail', fail, 'unknown', unknown, 'error', error,
                                 'not_applicable', not_applicable, 'excepted', excepted) as counts
         from evaluated_check where evaluation_number = (select number from latest)),
     findings as (
       select severity, case when excepted_by is not null then 'excepted' when due_at < now() then 'overdue' else 'in_grace' end
                as disposition, count(*) as open
         from finding where resolved_at is null group by 1, 2),
     datasets as (
       select organization.name as organization, dataset_reading.dataset, dataset_reading.status,
              extract(epoch from now() - dataset_reading.fetched_at) as age
         from evaluated_snapshot
         join organization on organization.id = evaluated_snapshot.organization_id
         join dataset_reading on dataset_reading.run_id = evaluated_snapshot.run_id
        where evaluated_snapshot.evaluation_number = (select number from latest)
          and dataset_reading.status <> 'not_configured'
       union all
       select '', 'roster', roster_dataset->>'status',
              extract(epoch from now() - (roster_dataset->>'fetchedAt')::timestamptz)
         from latest),
     messages as (
       select channel_id, state, count(*) as messages,
              extract(epoch from now() - min(created_at)) as age, sum(attempts) as attempts
         from alert_message group by 1, 2),
     channels as (
       select alert_channel.id::text, alert_channel.label, alert_channel.gone_at is not null as gone,
              alert_channel.failing_since is not null as failing,
              coalesce(jsonb_object_agg(messages.state, messages.messages) filter (where messages.state is not null), '{}') as states,
              max(messages.age) filter (where messages.state in ('waiting', 'sending')) as oldest,
              -- Of a message that was sent, all attempts but the last failed; one that is being sent may yet get through.
              coalesce(sum(greatest(messages.attempts - case when messages.state in ('sent', 'sending') then messages.messages else 0 end, 0)), 0) as failed
         from alert_channel left join messages on messages.channel_id = alert_channel.id
        where alert_channel.fingerprint = any ($1::text[])
        group by alert_channel.id)
     select jsonb_build_object(
       'finishedAt', (select extract(epoch from finished_at) from latest),
       'checks', (select coalesce(jsonb_agg(to_jsonb(checks)), '[]') from checks),
       'findings', (select coalesce(jsonb_agg(to_jsonb(findings)), '[]') from findings),
       'datasets', (select coalesce(jsonb_agg(to_jsonb(datasets)), '[]') from datasets),
       'runs', (select jsonb_build_object('waiting', count(*) filter (where state = 'waiting'),
                                          'running', count(*) filter (where state = 'running'))
                  from run where state in ('waiting', 'running')),
       'channels', (select coalesce(jsonb_agg(to_jsonb(channels)), '[]') from channels)) as stored`,
    [channels],
  );
  return rows?.[0]?.stored ?? null;
}

/** What readiness asks for: whether the schema is this program's, and how the channels fare. */
export interface Footing {
  readonly migrations: readonly string[];
  readonly channels: {
    readonly configured: number;
    readonly failing: number;
    readonly gone: number;
    readonly waiting: number;
  };
}

export async function readFooting(
  probe: DatabaseProbe,
  channels: readonly string[],
): Promise<Footing | 'no tables' | null> {
  const there = await probe.ask<{ there: boolean }>(
    `select to_regclass('migration') is not null and to_regclass('alert_message') is not null as there`,
  );
  if (there === null) return null;
  if (there[0]?.there !== true) return 'no tables';
  const rows = await probe.ask<{ footing: Footing }>(
    `with channels as (select id, failing_since, gone_at from alert_channel where fingerprint = any ($1::text[]))
     select jsonb_build_object(
       'migrations', (select coalesce(jsonb_agg(name), '[]') from migration),
       'channels', (select jsonb_build_object(
           'configured', count(*), 'failing', count(*) filter (where failing_since is not null and gone_at is null),
           'gone', count(*) filter (where gone_at is not null),
           'waiting', (select count(*) from alert_message
                        where channel_id in (select id from channels) and state in ('waiting', 'sending')))
         from channels)) as footing`,
    [channels],
  );
  return rows?.[0]?.footing ?? null;
}
