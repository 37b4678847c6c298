import type { EntityManager } from 'typeorm';
import type { Duration, Instant, Severity } from '../checks/check.js';
import type { DueDates } from './due-dates.js';
import { sameSubject } from './same-subject.js';

/** The default that a finding takes along when it opens; later changes of policy do not move it. */
export interface CheckTerms {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly sla: Duration;
  readonly enabled: boolean;
}

/** Of a row of `judged`; whoever writes an instant, it has milliseconds. */
const startOfClock = (at: '$1' | '$2'): string =>
  `date_trunc('milliseconds', coalesce(judged.due_from, ${at}::timestamptz))`;

/** The source still has it; it is the policy that no longer asks. */
const undeclared = `(
  finding.subject_kind in ('critical_system', 'critical_system_account') and not exists (
    select from judged_system
     where judged_system.organization_id = finding.organization_id
       and judged_system.name = coalesce(finding.subject_system, finding.subject_key))
  or finding.subject_kind = 'service_account' and exists (
    select from judged
     where judged.organization_id = finding.organization_id and judged.subject_kind = 'account'
       and judged.subject_key = finding.subject_key))`;

/**
 * Opens, reopens, refreshes and resolves findings by what is in `judged` and `population`, and notes every change in the
 * outbox. A finding that comes back within 30 days is the same one with its old dates, unless its cause began only after it
 * was due: then it is another, and says which one it follows.
 */
export async function updateFindings(
  manager: EntityManager,
  { number, at }: { readonly number: string; readonly at: Instant },
  terms: readonly CheckTerms[],
  dueDates: DueDates,
): Promise<void> {
  await manager.query(
    `update finding set reason = judged.reason, message = judged.message, subject_name = judged.subject_name
       from judged
      where ${sameSubject('finding', 'judged')} and finding.resolved_at is null and judged.outcome = 'fail'
        and (finding.reason, finding.message, finding.subject_name)
            is distinct from (judged.reason, judged.message, judged.subject_name)`,
  );
  await manager.query(
    `with changed as (
       update finding set resolved_at = $2, resolved_because = judged.reason
         from judged
        where ${sameSubject('finding', 'judged')} and finding.resolved_at is null
          and judged.outcome in ('pass', 'not_applicable') and judged.settled
       returning finding.id, finding.resolved_because)
     insert into finding_transition (finding_id, evaluation_number, at, kind, because)
     select changed.id, $1::bigint, $2::timestamptz, 'resolved', changed.resolved_because from changed`,
    [number, at],
  );
  await manager.query(
    `with changed as (
       update finding
          set resolved_at = $2,
              resolved_because = case when ${undeclared} then 'POLICY_CHANGED' else 'REMOVED_IN_SOURCE' end
         from population
        where population.check_id = finding.check_id and population.organization_id = finding.organization_id
          and population.complete and finding.resolved_at is null
          and not exists (select from judged where ${sameSubject('judged', 'finding')})
       returning finding.id, finding.resolved_because)
     insert into finding_transition (finding_id, evaluation_number, at, kind, because)
     select changed.id, $1::bigint, $2::timestamptz, 'resolved', changed.resolved_because from changed`,
    [number, at],
  );
  await manager.query(
    `with returned as (
       select distinct on (finding.check_id, finding.organization_id, finding.subject_kind, finding.subject_key)
              finding.id, judged.reason, judged.message, judged.subject_name
         from judged join finding on ${sameSubject('finding', 'judged')}
        where judged.outcome = 'fail' and finding.resolved_at >= $2::timestamptz - interval '30 days'
          and (judged.due_from is null or judged.due_from <= finding.due_at)
          and not exists (select from finding as open where ${sameSubject('open', 'judged')} and open.resolved_at is null)
        order by finding.check_id, finding.organization_id, finding.subject_kind, finding.subject_key, finding.resolved_at desc
     ), changed as (
       update finding set resolved_at = null, resolved_because = null, reopened = finding.reopened + 1,
              reason = returned.reason, message = returned.message, subject_name = returned.subject_name
         from returned where finding.id = returned.id
       returning finding.id, finding.reason)
     insert into finding_transition (finding_id, evaluation_number, at, kind, because)
     select changed.id, $1::bigint, $2::timestamptz, 'reopened', changed.reason from changed`,
    [number, at],
  );
  await openFindings(manager, { number, at }, terms, dueDates);
}

/** Which are to be opened is known before any is: a statement that looks into a table that it fills reads its own rows again. */
async function openFindings(
  manager: EntityManager,
  { number, at }: { readonly number: string; readonly at: Instant },
  terms: readonly CheckTerms[],
  dueDates: DueDates,
): Promise<void> {
  await manager.query(`
    create temporary table opening on commit drop as
    select judged.check_id, judged.organization_id, judged.subject_kind, judged.subject_key, judged.subject_name,
           judged.subject_system, judged.reason, judged.message, judged.due_from, null::bigint as recurrence_of
      from judged
     where judged.outcome = 'fail'
       and not exists (select from finding where ${sameSubject('finding', 'judged')} and finding.resolved_at is null)`);
  await manager.query('analyze opening');
  await manager.query(
    `update opening set recurrence_of = before.id
       from (select opening.check_id, opening.organization_id, opening.subject_kind, opening.subject_key, max(finding.id) as id
               from opening join finding on ${sameSubject('finding', 'opening')}
              group by opening.check_id, opening.organization_id, opening.subject_kind, opening.subject_key) as before
      where ${sameSubject('before', 'opening')}`,
  );
  await manager.query(
    `with term as (
       select row."check", row.severity, row."from", row.due
         from jsonb_to_recordset($3) as row ("check" text, severity text, "from" timestamptz, due timestamptz)
     ), opened as (
       insert into finding (check_id, organization_id, subject_kind, subject_key, subject_name, subject_system, severity,
                            reason, message, first_seen_at, began_at, due_at, recurrence_of)
       select judged.check_id, judged.organization_id, judged.subject_kind, judged.subject_key, judged.subject_name,
              judged.subject_system, term.severity, judged.reason, judged.message, $2::timestamptz,
              least(judged.due_from, $2::timestamptz), term.due, judged.recurrence_of
         from opening as judged
         join term on term."check" = judged.check_id and term."from" = ${startOfClock('$2')}
           -- One that was opened beside this evaluation (open-finding.ts) since it was looked for.
           on conflict (check_id, organization_id, subject_kind, subject_key) where resolved_at is null do nothing
       returning finding.id, finding.reason)
     insert into finding_transition (finding_id, evaluation_number, at, kind, because)
     select opened.id, $1::bigint, $2::timestamptz, 'opened', opened.reason from opened`,
    [number, at, JSON.stringify(await datesOfFailures(manager, at, terms, dueDates))],
  );
}

/** When something that may open now is due; each check and each start of its clock once. */
async function datesOfFailures(
  manager: EntityManager,
  at: Instant,
  terms: readonly CheckTerms[],
  dueDates: DueDates,
): Promise<object[]> {
  const starts: { check_id: string; starts_at: Date }[] = await manager.query(
    `select distinct judged.check_id, ${startOfClock('$1')} as starts_at
       from opening as judged`,
    [at],
  );
  const termsOf = new Map(terms.map((term) => [term.id, term]));
  return starts.flatMap(({ check_id: check, starts_at }) => {
    const term = termsOf.get(check);
    if (term === undefined) return [];
    const from = starts_at.toISOString();
    return [{ check, severity: term.severity, from, due: dueDates.after(from, term.sla) }];
  });
}

/** Once exceptions are applied: what is accepted is not overdue, and what no longer is may be since long. */
export async function noteOverdue(
  manager: EntityManager,
  { number, at }: { readonly number: string; readonly at: Instant },
): Promise<void> {
  await manager.query(
    `with changed as (
       update finding set overdue_noted = true
        where finding.resolved_at is null and not finding.overdue_noted and finding.due_at < $2
          and finding.excepted_by is null
          and exists (select from judged where ${sameSubject('judged', 'finding')})
       returning finding.id)
     insert into finding_transition (finding_id, evaluation_number, at, kind)
     select changed.id, $1::bigint, $2::timestamptz, 'overdue' from changed`,
    [number, at],
  );
}
