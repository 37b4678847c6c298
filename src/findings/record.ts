import type { EntityManager } from 'typeorm';
import type { Instant } from '../checks/check.js';
import type { Change } from '../trail/record-change.js';
import type { DueDates } from './due-dates.js';
import { countChecks } from './count-checks.js';
import { applyExceptions } from './exceptions/apply-exceptions.js';
import type { Population } from './population.js';
import { noteOverdue, updateFindings, type CheckTerms } from './record-findings.js';
import { updateVerdicts } from './record-verdicts.js';
import { sameSubject } from './same-subject.js';
import { findUnjudged, rememberApart, stageWithFindings } from './unjudged.query.js';

/**
 * Turns what was judged into verdicts, findings and their transitions, in the caller's transaction. A finding is resolved
 * by a settled pass, or by its subject's absence from a complete population; by nothing else. Repeating it with the same
 * judgements at the same clock changes nothing. Answers what of it belongs into the trail. `comparedByHash`: ids of the
 * organizations of which `judged` has only what is not as it was (judged-groups.ts).
 */
export async function recordJudgements(
  manager: EntityManager,
  evaluation: { readonly number: string; readonly at: Instant },
  populations: readonly Population[],
  terms: readonly CheckTerms[],
  systems: readonly { readonly organizationId: string; readonly name: string }[],
  dueDates: DueDates,
  comparedByHash: readonly string[],
): Promise<Change[]> {
  await stagePopulations(manager, populations, systems);
  await manager.query('analyze judged');
  await findUnjudged(manager, populations, comparedByHash);
  await stageWithFindings(manager, comparedByHash);
  await carryUnseenSubjects(manager);
  await placeEmptyChecks(manager);
  await manager.query('analyze judged');
  await updateFindings(manager, evaluation, terms, dueDates);
  const changes = await applyExceptions(manager, evaluation);
  await noteOverdue(manager, evaluation);
  await updateVerdicts(manager, evaluation);
  await countChecks(manager, evaluation, terms);
  await rememberApart(manager);
  return changes;
}

async function stagePopulations(
  manager: EntityManager,
  populations: readonly Population[],
  systems: readonly { readonly organizationId: string; readonly name: string }[],
): Promise<void> {
  await manager.query(`
    create temporary table population (
      check_id text, organization_id bigint, organization text, kinds jsonb, source text, remembers boolean, complete boolean,
      settles boolean, reason text, message text, primary key (check_id, organization_id)
    ) on commit drop`);
  await manager.query(
    `insert into population
     select row."check", row."organizationId", row.organization, row.kinds, row.source, row.remembers, row.complete,
            row.settles, row.reason, row.message
       from jsonb_to_recordset($1) as row (
         "check" text, "organizationId" bigint, organization text, kinds jsonb, source text, remembers boolean,
         complete boolean, settles boolean, reason text, message text)`,
    [JSON.stringify(populations)],
  );
  await manager.query('create temporary table judged_system (organization_id bigint, name text) on commit drop');
  await manager.query(
    `insert into judged_system
     select row."organizationId", row.name from jsonb_to_recordset($1) as row ("organizationId" bigint, name text)`,
    [JSON.stringify(systems)],
  );
}

/**
 * Whom tonight's listings do not show stays a subject, where they prove nothing: of an incomplete population everybody who
 * was judged before or has an open finding, unless the policy dropped the system that they belong to. A check that remembers
 * keeps an open finding for one complete night more, because one listing can miss a row.
 */
async function carryUnseenSubjects(manager: EntityManager): Promise<void> {
  await manager.query(`
    insert into judged
    select before.check_id, before.organization_id, before.subject_kind, before.subject_key, before.subject_name,
           before.subject_system, 'unknown',
           case when population.complete then 'REMOVAL_UNCONFIRMED' else population.reason end,
           case when population.complete
                then before.subject_name || ' was not shown by one complete listing; a second one has to confirm it.'
                else population.message end,
           '{}', null, false, false, true
      from (
        select verdict.check_id, verdict.organization_id, verdict.subject_kind, verdict.subject_key, verdict.subject_name,
               verdict.subject_system, verdict.reason = 'REMOVAL_UNCONFIRMED' as missed_before
          from unjudged join verdict on verdict.id = unjudged.verdict_id
        union all
        select check_id, organization_id, subject_kind, subject_key, subject_name, subject_system, null
          from finding where resolved_at is null) as before
      join population on population.check_id = before.check_id and population.organization_id = before.organization_id
     where population.kinds ? before.subject_kind
       and (not population.complete or population.remembers and not before.missed_before and exists (
             select from finding
              where ${sameSubject('finding', 'before')} and finding.resolved_at is null))
       and (before.subject_kind not in ('critical_system', 'critical_system_account') or exists (
             select from judged_system
              where judged_system.organization_id = before.organization_id
                and judged_system.name = coalesce(before.subject_system, before.subject_key)))
        on conflict do nothing`);
}

/** Every enabled check says something about every organization, also where it has no subjects. */
async function placeEmptyChecks(manager: EntityManager): Promise<void> {
  await manager.query(`
    insert into judged
    select population.check_id, population.organization_id, 'organization', population.organization, population.organization,
           null,
           case when population.complete then 'not_applicable' else 'unknown' end,
           case when population.complete then 'NO_SUBJECTS' else population.reason end,
           case when population.complete then 'The listings are complete, and there is nobody and nothing to judge.'
                else population.message end,
           '{}', null, false, false, true
      from population
     where population.organization_id <> 0
       and not exists (
         select from judged
          where judged.check_id = population.check_id and judged.organization_id = population.organization_id)
       and not exists (
         select from counted
          where counted.check_id = population.check_id and counted.organization_id = population.organization_id)`);
}
