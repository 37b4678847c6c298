import type { EntityManager } from 'typeorm';
import type { Instant } from '../checks/check.js';
import type { CheckTerms } from './record-findings.js';
import { sameSubject } from './same-subject.js';

/** How many subjects each check has of each verdict, and what that comes to. */
export async function countChecks(
  manager: EntityManager,
  { number, at }: { readonly number: string; readonly at: Instant },
  terms: readonly CheckTerms[],
): Promise<void> {
  await manager.query(
    `with term as (
       select row.id, row.title, row.severity, row.enabled
         from jsonb_to_recordset($3) as row (id text, title text, severity text, enabled boolean)
     ), verdicts as (
       select check_id, outcome, count(*) as subjects from judged where not counted group by check_id, outcome
       union all
       select check_id, outcome, subjects from counted
     ), failing as (
       select judged.check_id, count(*) filter (where finding.excepted_by is not null) as excepted,
              count(*) filter (where finding.excepted_by is null and finding.due_at < $2) as overdue
         from judged
         left join finding on ${sameSubject('finding', 'judged')} and finding.resolved_at is null
        where judged.outcome = 'fail'
        group by judged.check_id
     ), total as (
       select term.id, term.title, term.severity,
              coalesce(sum(subjects) filter (where outcome = 'pass'), 0) as pass,
              coalesce(sum(subjects) filter (where outcome = 'fail'), 0) as fail,
              coalesce(sum(subjects) filter (where outcome = 'unknown'), 0) as unknown,
              coalesce(sum(subjects) filter (where outcome = 'error'), 0) as error,
              coalesce(sum(subjects) filter (where outcome = 'not_applicable'), 0) as not_applicable,
              coalesce(max(failing.excepted), 0) as excepted, coalesce(max(failing.overdue), 0) as overdue
         from term
         left join verdicts on verdicts.check_id = term.id and term.enabled
         left join failing on failing.check_id = term.id and term.enabled
        group by term.id, term.title, term.severity)
     insert into evaluated_check (evaluation_number, check_id, title, severity, status, pass, fail, unknown, error,
                                  not_applicable, excepted)
     select $1::bigint, total.id, total.title, total.severity,
            case when total.overdue > 0 then 'failing'
                 when total.fail > total.excepted then 'at_risk'
                 when total.error > 0 then 'error'
                 when total.unknown > 0 then 'unknown'
                 when total.excepted > 0 then 'passing_with_exceptions'
                 when total.pass > 0 then 'passing'
                 else 'not_applicable' end,
            total.pass, total.fail, total.unknown, total.error, total.not_applicable, total.excepted
       from total`,
    [number, at, JSON.stringify(terms)],
  );
}
