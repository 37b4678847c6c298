import type { EntityManager } from 'typeorm';
import { admits, severityOrder, type AlertChannel } from './channel.js';

/** What there is to plan from: everything that a plan sees belongs to this moment or to an earlier one. */
export interface Horizon {
  /** The highest number of a transition that can be seen. */
  readonly newest: string;
  /** The last finished evaluation; null: there is none. */
  readonly evaluation: string | null;
}

/** Ids of checks. */
export interface CheckRoles {
  /** Their failure says that the data is not to be trusted. */
  readonly dataTrust: readonly string[];
  /** Nobody judges them any more, so that their open findings mean nothing. */
  readonly disabled: readonly string[];
}

/** Why several severities of one run are one message; else the severity itself. */
export type Bucket = 'source_down' | 'first_night' | (typeof severityOrder)[number];

/** What somebody decides with open eyes is no news: acknowledging, excepting. What becomes of an exception is. */
const told = `('opened', 'reopened', 'overdue', 'resolved',
  'exception_expiring', 'exception_expired', 'exception_voided', 'exception_revoked')`;

export async function horizon(manager: EntityManager): Promise<Horizon> {
  const [row]: Horizon[] = await manager.query(
    `select (select coalesce(max(id), 0) from finding_transition) as newest,
            (select max(number) from evaluation where finished_at is not null) as evaluation`,
  );
  if (row === undefined) throw new Error('The database does not answer.');
  return row;
}

/**
 * Whether somebody may still commit a transition with a lower number than some that can be seen: a number is given out
 * under this lock of the table, which goes with the end of the transaction, after its rows have become visible.
 */
export async function isAnybodyWriting(manager: EntityManager): Promise<boolean> {
  const [row]: { writing: boolean }[] = await manager.query(
    `select exists (
       select from pg_locks
        where pg_locks.locktype = 'relation' and pg_locks.relation = 'finding_transition'::regclass
          and pg_locks.database = (select oid from pg_database where datname = current_database())
          and pg_locks.mode in ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
          and pg_locks.granted and pg_locks.pid is distinct from pg_backend_pid()) as writing`,
  );
  return row?.writing ?? true;
}

/** Gathers in `planned` what the channel is to be told and has not been; it vanishes with the transaction. */
export async function stage(
  manager: EntityManager,
  channel: AlertChannel,
  { evaluation }: Horizon,
  checks: CheckRoles,
): Promise<void> {
  await manager.query(`
    create temporary table planned (
      finding_id bigint not null, transition_id bigint, evaluation_number bigint, organization_id bigint not null,
      severity text not null, at timestamptz not null, bucket text
    ) on commit drop`);
  await stageChanges(manager, channel, evaluation);
  if (evaluation !== null) await stageReminders(manager, channel, evaluation, checks);
  await manager.query('analyze planned');
  await chooseBuckets(manager, checks);
}

/**
 * Every transition that has no item yet, also those from before `planned_through` became what it is: whoever commits late has
 * a low number. A finding belongs to the run of its last change, and is told once.
 */
async function stageChanges(manager: EntityManager, channel: AlertChannel, evaluation: string | null): Promise<void> {
  await manager.query(
    `insert into planned
     select finding.id, transition.id,
            last_value(transition.evaluation_number) over (
              partition by finding.id order by transition.id rows between unbounded preceding and unbounded following),
            finding.organization_id, finding.severity, transition.at
       from alert_channel
       join finding_transition as transition on transition.id > alert_channel.planned_through
       join finding on finding.id = transition.finding_id
       left join organization on organization.id = finding.organization_id
      where alert_channel.id = $1 and transition.kind in ${told}
        and (transition.evaluation_number is null or transition.evaluation_number <= $3)
        and not exists (select from alert_item
                         where alert_item.channel_id = $1 and alert_item.transition_id = transition.id)
        and ${isRouted('$2')}`,
    [channel.id, routesOf(channel), evaluation ?? '0'],
  );
}

/**
 * What is still overdue in an organization of the run is told again by the clock of the evaluations; an hour early is not early.
 * Nothing is repeated while it waits to be told for the first time.
 */
async function stageReminders(
  manager: EntityManager,
  channel: AlertChannel,
  evaluation: string,
  { disabled }: CheckRoles,
): Promise<void> {
  await manager.query(
    `insert into planned
     select finding.id, null, evaluation.number, finding.organization_id, finding.severity, evaluation.at
       from evaluation
       join finding on finding.resolved_at is null and finding.due_at < evaluation.at and finding.excepted_by is null
       left join organization on organization.id = finding.organization_id
      where evaluation.number = $3 and finding.check_id <> all ($4) and ${isRouted('$2')}
        and (finding.organization_id = 0 or exists (
              select from evaluated_snapshot as judged
               where judged.evaluation_number = evaluation.number and judged.organization_id = finding.organization_id))
        and not exists (select from planned where planned.finding_id = finding.id)
        and not exists (
              select from alert_item
                join alert_message on alert_message.id = alert_item.message_id
                left join alert_message as told on told.id = alert_message.told_in
               where alert_item.channel_id = $1 and alert_item.finding_id = finding.id
                 and (coalesce(told.state, alert_message.state) in ('waiting', 'sending')
                   or alert_item.at > evaluation.at + interval '1 hour'
                        - case when finding.severity in ('critical', 'high') and finding.acknowledged_at is null
                               then interval '24 hours' else interval '7 days' end))`,
    [channel.id, routesOf(channel), evaluation, disabled],
  );
}

/**
 * One message for everything of a run in which data was missing that the verdicts of one of its organizations rest on, and
 * one for everything of organizations that were judged for the first time.
 */
async function chooseBuckets(manager: EntityManager, { dataTrust, disabled }: CheckRoles): Promise<void> {
  await manager.query(
    `with part as (
       select distinct planned.evaluation_number, planned.organization_id, evaluation.at
         from planned join evaluation on evaluation.number = planned.evaluation_number
     ), judged as (
       select part.evaluation_number, part.organization_id,
              part.evaluation_number in (
                (select min(evaluation.number) from evaluation),
                (select min(evaluated_snapshot.evaluation_number) from evaluated_snapshot
                  where evaluated_snapshot.organization_id = part.organization_id)) as first,
              bool_or(exists (
                select from finding
                 where finding.check_id = any ($1) and finding.check_id <> all ($2)
                   and finding.organization_id in (0, part.organization_id)
                   and ${wasOpenAt('part.at')})) over (partition by part.evaluation_number) as down
         from part)
     update planned set bucket = case when judged.down then 'source_down' else 'first_night' end
       from judged
      where judged.evaluation_number = planned.evaluation_number and judged.organization_id = planned.organization_id
        and (judged.down or judged.first)`,
    [dataTrust, disabled],
  );
}

/** The messages that `planned` comes to, in the order in which they are to be sent. */
export async function stagedMessages(
  manager: EntityManager,
): Promise<{ evaluation: string | null; bucket: Bucket; severity: (typeof severityOrder)[number] }[]> {
  return manager.query(
    `select evaluation_number as evaluation, coalesce(bucket, severity) as bucket,
            ($1::text[])[min(array_position($1::text[], severity))] as severity
       from planned
      group by evaluation_number, coalesce(bucket, severity)
      order by max(at), evaluation_number nulls first, min(array_position($1::text[], severity))`,
    [severityOrder],
  );
}

/**
 * Everything up to the horizon is planned, unless a run that ended since has numbers below it. To be called only where
 * nobody was writing after the horizon was taken.
 */
export async function advance(
  manager: EntityManager,
  channelId: string,
  { newest, evaluation }: Horizon,
): Promise<void> {
  await manager.query(
    `update alert_channel set planned_through = $2::bigint
      where alert_channel.id = $1 and alert_channel.planned_through < $2::bigint
        and not exists (
              select from finding_transition
               where finding_transition.id > alert_channel.planned_through and finding_transition.id <= $2::bigint
                 and finding_transition.evaluation_number > $3::bigint)`,
    [channelId, newest, evaluation ?? '0'],
  );
}

/** Of a finding, at the clock of an evaluation. */
export const wasOpenAt = (at: string): string =>
  `finding.first_seen_at <= ${at} and (finding.resolved_at is null or finding.resolved_at > ${at})`;

/** The roster belongs to no organization, and everybody's verdicts rest on it: a route by organization has it too. */
const isRouted = (routes: string): string => `exists (
  select from jsonb_to_recordset(${routes}) as route (severities jsonb, organizations jsonb, checks jsonb)
   where route.severities ? finding.severity
     and (route.organizations is null or finding.organization_id = 0 or route.organizations ? organization.name)
     and (route.checks is null or route.checks ? finding.check_id))`;

function routesOf({ routes }: AlertChannel): string {
  return JSON.stringify(
    routes.map((route) => ({
      severities: severityOrder.filter((severity) => admits(route, severity)),
      organizations: route.organizations,
      checks: route.checks,
    })),
  );
}
