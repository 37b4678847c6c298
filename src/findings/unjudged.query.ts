import type { EntityManager } from 'typeorm';
import type { Population } from './population.js';
import { sameSubject } from './same-subject.js';

/**
 * Puts into `unjudged` the verdicts that stand and that nothing was judged for tonight: by comparison with everything that was judged,
 * or, of organizations that were compared by hash, those of groups that lost a subject or did not come by, and those apart.
 */
export async function findUnjudged(
  manager: EntityManager,
  populations: readonly Population[],
  comparedByHash: readonly string[],
): Promise<void> {
  await manager.query('create temporary table unjudged (verdict_id bigint primary key) on commit drop');
  const judgedWhole = [...new Set(populations.map(({ organizationId }) => organizationId))].filter(
    (id) => !comparedByHash.includes(id),
  );
  await manager.query(
    `insert into unjudged
     select verdict.id from verdict
      where verdict.last_evaluation is null and verdict.organization_id = any ($1)
        and not exists (select from judged where ${sameSubject('judged', 'verdict')})`,
    [judgedWhole],
  );
  // The roster, and organizations that are not judged any more. The index knows each check that has verdicts, and their places.
  await manager.query(
    `with recursive standing as (
       select (select min(check_id) from verdict where last_evaluation is null) as check_id
       union all
       select (select min(check_id) from verdict where last_evaluation is null and check_id > standing.check_id)
         from standing where standing.check_id is not null
     ), other as (
       select 0::bigint as id union all select id from organization where id <> all ($1))
     insert into unjudged
     select verdict.id
       from standing
      cross join other
       join verdict on verdict.check_id = standing.check_id and verdict.organization_id = other.id
      where verdict.last_evaluation is null
        and not exists (select from judged where ${sameSubject('judged', 'verdict')})`,
    [[...comparedByHash, ...judgedWhole]],
  );
  if (comparedByHash.length === 0) return;
  await manager.query('analyze former');
  await manager.query(
    `insert into unjudged
     select verdict.id
       from former
       join population on population.organization_id = former.organization_id and population.source = former.source
       join verdict on verdict.check_id = population.check_id and verdict.organization_id = former.organization_id
        and verdict.subject_kind = former.subject_kind and verdict.subject_key = former.subject_key
        and verdict.last_evaluation is null
      where population.kinds ? former.subject_kind
        and not exists (select from judged where ${sameSubject('judged', 'verdict')})
         on conflict do nothing`,
  );
  await manager.query(
    `insert into unjudged
     select verdict.id
       from judged_apart as apart
       join verdict on ${sameSubject('verdict', 'apart')} and verdict.last_evaluation is null
      where apart.organization_id = any ($1)
        and not exists (select from judged where ${sameSubject('judged', 'verdict')})
         on conflict do nothing`,
    [comparedByHash],
  );
}

/**
 * Puts into `judged` what was counted and has an open finding: the verdict that stands is what was judged, as its hash says. So
 * whatever meets findings from here on finds every judgement that it needs. An account is looked for, too, where the finding
 * is a service account's: it tells one that is not declared any more from one that is gone.
 */
export async function stageWithFindings(manager: EntityManager, comparedByHash: readonly string[]): Promise<void> {
  if (comparedByHash.length === 0) return;
  await manager.query(
    `insert into judged
     select verdict.check_id, verdict.organization_id, verdict.subject_kind, verdict.subject_key, verdict.subject_name,
            verdict.subject_system, verdict.outcome, verdict.reason, verdict.message, verdict.facts, null,
            verdict.outcome = 'pass' or verdict.outcome = 'not_applicable' and population.settles, true, false
       from (
         select check_id, organization_id, subject_kind, subject_key
           from finding where resolved_at is null and organization_id = any ($1)
         union
         select population.check_id, finding.organization_id, 'account', finding.subject_key
           from finding
           join population on population.organization_id = finding.organization_id and population.kinds ? 'account'
          where finding.resolved_at is null and finding.subject_kind = 'service_account'
            and finding.organization_id = any ($1)) as met
       join population on population.check_id = met.check_id and population.organization_id = met.organization_id
       join verdict on ${sameSubject('verdict', 'met')} and verdict.last_evaluation is null
      where not exists (select from unjudged where unjudged.verdict_id = verdict.id)
         on conflict do nothing`,
    [comparedByHash],
  );
}

/** Whose verdicts no group has: the next evaluation has to think of them by itself. */
export async function rememberApart(manager: EntityManager): Promise<void> {
  await manager.query(
    `delete from judged_apart where not exists (
       select from judged where judged.apart and ${sameSubject('judged', 'judged_apart')})`,
  );
  await manager.query(
    `insert into judged_apart (check_id, organization_id, subject_kind, subject_key)
     select check_id, organization_id, subject_kind, subject_key from judged where apart and organization_id <> 0
         on conflict do nothing`,
  );
}
