import { sameSubject } from '../findings/same-subject.js';

/**
 * Every finding that was open at any moment of the window, also those that were fixed in time, as things stood at its end: what
 * became of it since is no evidence of the window. $1, $2: the window; $3: the checks; $4: the number of the last evaluation.
 */
export const findingsSql = `
  with told as materialized (
    select distinct on (finding_id) finding_id, kind, at, because
      from finding_transition
     where kind in ('opened', 'reopened', 'resolved') and at < $2
     order by finding_id, id desc
  ), said as materialized (
    select distinct on (check_id, organization_id, subject_kind, subject_key)
           check_id, organization_id, subject_kind, subject_key, reason, message
      from verdict
     where outcome = 'fail' and first_evaluation <= $4 and check_id = any ($3)
     order by check_id, organization_id, subject_kind, subject_key, first_evaluation desc
  ), shown as (
    select finding.*, case when told.kind = 'resolved' then told.at end as ended_at,
           case when told.kind = 'resolved' then told.because end as ended_because,
           exists (
             select from excepted_finding as excepted
              where excepted.finding_id = finding.id and excepted.started_at < $2
                and (excepted.ended_at is null or excepted.ended_at >= $2)) as excepted
      from finding join told on told.finding_id = finding.id
     where finding.check_id = any ($3) and (told.kind <> 'resolved' or told.at >= $1)
  )
  select shown.id, shown.check_id as check, organization.name as organization, shown.subject_kind as "subjectKind",
         shown.subject_key as "subjectId", shown.subject_name as "subjectName", shown.subject_system as system,
         shown.severity, coalesce(said.reason, shown.reason) as reason, coalesce(said.message, shown.message) as message,
         case when shown.ended_at is not null then 'resolved' when shown.excepted then 'excepted' else 'open' end as state,
         coalesce(shown.began_at, shown.first_seen_at) as "beganAt", shown.first_seen_at as "firstSeenAt",
         shown.due_at as "dueAt", shown.ended_at as "resolvedAt", shown.ended_because as "resolvedBecause",
         coalesce(shown.ended_at, $2) > shown.due_at as late,
         shown.recurrence_of as "recurrenceOf",
         coalesce((
           select jsonb_agg(jsonb_build_object(
                    'at', to_char(transition.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'kind', transition.kind,
                    'because', transition.because, 'by', transition.by, 'exception', transition.exception_id)
                    order by transition.id)
             from finding_transition as transition where transition.finding_id = shown.id and transition.at < $2), '[]') as history
    from shown
    left join said on ${sameSubject('said', 'shown')}
    left join organization on organization.id = shown.organization_id
   order by shown.first_seen_at, shown.id`;

/** Exceptions that stood, or were asked for, in the window, as they stood at its end. $1, $2: the window; $3: the checks. */
export const exceptionsSql = `
  select exception.id, exception.check_id as check, organization.name as organization, exception.finding_id as finding,
         exception.subject_kind as "subjectKind", coalesce(exception.subject_name, exception.subject) as subject,
         exception.reason, exception.compensating_control as "compensatingControl",
         case when exception.ended_at < $2 then exception.state
              when exception.decided_at is null or exception.decided_at >= $2 then 'requested'
              when exception.state = 'refused' then 'refused' else 'approved' end as state,
         exception.requested_at as "requestedAt", exception.requested_by as "requestedBy",
         case when exception.decided_at < $2 then exception.decided_at end as "decidedAt",
         case when exception.decided_at < $2 then exception.decided_by end as "decidedBy",
         case when exception.decided_at < $2 then exception.decision_reason end as "decisionReason",
         exception.expires_at as "expiresAt",
         case when exception.ended_at < $2 then exception.ended_at end as "endedAt",
         case when exception.ended_at < $2 then exception.ended_by end as "endedBy",
         case when exception.ended_at < $2 then exception.ended_because end as "endedBecause",
         (select count(distinct excepted.finding_id)::integer from excepted_finding as excepted
           where excepted.exception_id = exception.id and excepted.started_at < $2) as findings
    from exception
    left join organization on organization.id = exception.organization_id
   where exception.requested_at < $2 and coalesce(exception.ended_at, exception.expires_at) >= $1
     and exception.check_id = any ($3)
   order by exception.id`;

/** What somebody vouched for. $1, $2: the window; $3: the checks. */
export const attestationsSql = `
  select attestation.id, attestation.check_id as check, organization.name as organization, attestation.answer,
         attestation.statement, attestation.attested_at as "attestedAt", attestation.attested_by as "attestedBy",
         attestation.expires_at as "expiresAt",
         case when attestation.revoked_at < $2 then attestation.revoked_at end as "revokedAt",
         case when attestation.revoked_at < $2 then attestation.revoked_by end as "revokedBy",
         case when attestation.revoked_at < $2 then attestation.revoked_because end as "revokedBecause"
    from attestation join organization on organization.id = attestation.organization_id
   where attestation.attested_at < $2 and coalesce(attestation.revoked_at, attestation.expires_at) >= $1
     and attestation.check_id = any ($3)
   order by attestation.id`;

/** Links that were made or ended in the window; addresses stay out of it. $1, $2: the window. */
export const linksSql = `
  select link.id, organization.name as organization, link.subject_kind as "subjectKind", link.subject_key as "subjectId",
         link.employee_id as person, link.source, link.evidence->>'by' as "linkedBy", link.evidence->>'reason' as "linkedReason",
         link.linked_at as "linkedAt",
         case when link.ended_at < $2 then link.ended_at end as "endedAt",
         case when link.ended_at < $2 then link.ended_because end as "endedBecause",
         case when link.ended_at < $2 then link.ended_by end as "endedBy",
         case when link.ended_at < $2 then link.ended_reason end as "endedReason"
    from link join organization on organization.id = link.organization_id
   where link.linked_at >= $1 and link.linked_at < $2 or link.ended_at >= $1 and link.ended_at < $2
   order by link.id`;

/**
 * The trail of the window with the entry before it, on whose hash the first one rests, and all that lies between where the first
 * evaluation and the last one found its end: their own entries are younger than their clocks. $1, $2: the window; $3, $4: the
 * numbers of the two.
 */
export const trailSql = `
  select number, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, actor, actor_token as "actorToken",
         action, subject, before, after, reason, previous_hash as "previousHash", hash
    from trail_entry
   where (at < $2 or number <= (select evaluation.trail_number from evaluation where evaluation.number = $4))
     and number >= least(
       coalesce((select max(number) from trail_entry where at < $1), 1),
       (select evaluation.trail_number from evaluation where evaluation.number = $3))
   order by number`;
