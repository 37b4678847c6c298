import type { EntityManager } from 'typeorm';
import { severityOrder } from './channel.js';
import { mostDigestItems, type DigestChange, type DigestItem } from './digest.js';
import { wasOpenAt, type CheckRoles } from './planned.query.js';

export interface EvaluationRow {
  readonly message_id: string;
  readonly id: string;
  readonly at: Date;
}

export interface CountRow {
  readonly message_id: string;
  readonly check_id: string;
  readonly severity: DigestItem['severity'];
  readonly change: DigestChange;
  readonly count: number;
  /** The clock of the oldest thing among them. */
  readonly since: Date;
}

export interface ItemRow {
  readonly message_id: string;
  readonly change: DigestChange;
  readonly again: boolean;
  readonly finding: string;
  readonly check: string;
  readonly severity: DigestItem['severity'];
  readonly organization: string | null;
  readonly kind: DigestItem['subject']['kind'];
  readonly name: string;
  readonly system: string | null;
  readonly reason: string;
  readonly message: string;
  readonly since: Date;
  readonly due_at: Date;
  readonly acknowledged: boolean;
}

export interface SourceRow {
  readonly message_id: string;
  readonly organization: string | null;
  readonly check: string;
  readonly message: string;
}

/** The ends of an exception: the finding is open again. */
const uncovered = `('exception_expired', 'exception_voided', 'exception_revoked')`;

/**
 * What each message ($1) tells of each finding, with what it tells for those that were condensed into it. The order of items
 * is that of what happened, so the last one says how it ended.
 */
const state = `
  told as (
    select coalesce(alert_message.told_in, alert_message.id) as message_id, alert_item.finding_id, alert_item.channel_id,
           min(alert_item.id) as first_item, min(alert_item.at) as since,
           coalesce(max(alert_item.id) filter (where transition.kind = 'resolved') = max(alert_item.id), false) as resolved,
           bool_or(coalesce(transition.kind in ('opened', 'reopened') or transition.kind in ${uncovered}, false)) as appeared,
           bool_or(coalesce(transition.kind = 'reopened' or transition.kind in ${uncovered}, false)) as returned,
           coalesce(bool_and(transition.kind = 'exception_expiring'), false) as expiring,
           (array_agg(transition.id order by alert_item.id desc)
              filter (where transition.kind = 'exception_expiring' or transition.kind in ${uncovered}))[1] as exception_transition,
           bool_and(alert_item.transition_id is null) as reminder
      from alert_message
      join alert_item on alert_item.message_id = alert_message.id
      left join finding_transition as transition on transition.id = alert_item.transition_id
     where alert_message.id = any ($1) or alert_message.told_in = any ($1)
     group by 1, 2, 3
  ), state as (
    select told.*, case when told.resolved then 'resolved' when told.appeared then 'new' when told.expiring then 'expiring'
                                else 'overdue' end as change
      from told
  )`;

export async function evaluationsOf(manager: EntityManager, messages: readonly string[]): Promise<EvaluationRow[]> {
  return manager.query(
    `select alert_message.id as message_id, evaluation.id, evaluation.at
       from alert_message join evaluation on evaluation.number = alert_message.evaluation_number
      where alert_message.id = any ($1)`,
    [messages],
  );
}

export async function countsOf(manager: EntityManager, messages: readonly string[]): Promise<CountRow[]> {
  return manager.query(
    `with ${state}
     select state.message_id, finding.check_id, finding.severity, state.change, count(*)::int as count,
            min(state.since) as since
       from state join finding on finding.id = state.finding_id
      group by state.message_id, finding.check_id, finding.severity, state.change`,
    [messages],
  );
}

/** The most urgent of each message: what stands before what is over, then by severity, then by when it is due. */
export async function itemsOf(manager: EntityManager, messages: readonly string[]): Promise<ItemRow[]> {
  return manager.query(
    `with ${state}, ranked as (
       select state.*, row_number() over (
                partition by state.message_id
                order by state.change = 'resolved', array_position($3::text[], finding.severity), finding.due_at,
                         finding.id) as position
         from state join finding on finding.id = state.finding_id)
     select ranked.message_id, ranked.change, finding.id as finding, finding.check_id as "check", finding.severity,
            organization.name as organization, finding.subject_kind as kind, finding.subject_name as name,
            finding.subject_system as system, finding.first_seen_at as since, finding.due_at,
            finding.acknowledged_at is not null as acknowledged,
            ranked.returned or ranked.reminder and exists (
              select from alert_item as before
               where before.finding_id = finding.id and before.channel_id = ranked.channel_id
                 and before.id < ranked.first_item) as again,
            case when ranked.resolved then coalesce(finding.resolved_because, finding.reason) else finding.reason end
              as reason,
            case when not ranked.resolved or finding.resolved_at is null then concat_ws(' ', told_first.sentence, finding.message)
                 when finding.resolved_because = 'REMOVED_IN_SOURCE' then 'It is not there any more.'
                 when finding.resolved_because = 'POLICY_CHANGED' then 'The policy does not ask for it any more.'
                 else coalesce(passed.message, 'It is in order again.') end as message
       from ranked
       join finding on finding.id = ranked.finding_id
       left join organization on organization.id = finding.organization_id
       left join lateral (
         select case transition.kind
                when 'exception_expired' then 'Its exception has expired.'
                when 'exception_revoked' then 'Its exception was taken back.'
                when 'exception_voided' then 'Its exception is void, because what was accepted has changed (' || transition.because || ').'
                else 'Its exception expires at ' || to_char(exception.expires_at, 'YYYY-MM-DD HH24:MI') || ' UTC.' end as sentence
           from finding_transition as transition left join exception on exception.id = transition.exception_id
          where transition.id = ranked.exception_transition) as told_first on true
       left join verdict as passed
         on ranked.resolved and passed.check_id = finding.check_id and passed.organization_id = finding.organization_id
        and passed.subject_kind = finding.subject_kind and passed.subject_key = finding.subject_key
        and passed.last_evaluation is null and passed.outcome in ('pass', 'not_applicable')
      where ranked.position <= $2
      order by ranked.message_id, ranked.position`,
    [messages, mostDigestItems, severityOrder],
  );
}

/** The data that was missing in the run of each message, for the organizations that it tells about. */
export async function sourcesOf(
  manager: EntityManager,
  messages: readonly string[],
  { dataTrust, disabled }: CheckRoles,
): Promise<SourceRow[]> {
  return manager.query(
    `with part as (
       select distinct coalesce(alert_message.told_in, alert_message.id) as message_id, finding.organization_id
         from alert_message
         join alert_item on alert_item.message_id = alert_message.id
         join finding on finding.id = alert_item.finding_id
        where alert_message.id = any ($1) or alert_message.told_in = any ($1))
     select alert_message.id as message_id, organization.name as organization, finding.check_id as "check", finding.message
       from alert_message
       join evaluation on evaluation.number = alert_message.evaluation_number
       join finding on finding.check_id = any ($2) and finding.check_id <> all ($3) and ${wasOpenAt('evaluation.at')}
       left join organization on organization.id = finding.organization_id
      where alert_message.id = any ($1)
        and (finding.organization_id = 0 or exists (
              select from part
               where part.message_id = alert_message.id and part.organization_id = finding.organization_id))
      order by organization.name collate "C" nulls first, array_position($2::text[], finding.check_id)`,
    [messages, dataTrust, disabled],
  );
}
