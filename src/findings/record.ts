import type { EntityManager } from 'typeorm';
import type { Instant, SubjectKind } from '../checks/check.js';
import type { Judgement } from './judge-organization.js';
import type { Change } from '../trail/record-change.js';
import type { DueDates } from './due-dates.js';
import { applyExceptions } from './exceptions/apply-exceptions.js';
import { noteOverdue, updateFindings, type CheckTerms } from './record-findings.js';
import { sameSubject } from './same-subject.js';

/** One enabled check in one organization: what may be concluded from a subject's absence tonight. */
export interface Population {
  readonly check: string;
  readonly organizationId: string;
  readonly organization: string;
  readonly kinds: readonly SubjectKind[];
  /** The check follows its subjects after they are gone: one listing that lacks them is not enough. */
  readonly remembers: boolean;
  /** Everything that the check needs was complete and fresh: who is not judged tonight is gone. */
  readonly complete: boolean;
  readonly reason: string;
  readonly message: string;
}

/** Prepares the place where tonight's judgements gather; it vanishes with the transaction. */
export async function openJudgements(manager: EntityManager): Promise<void> {
  await manager.query(`
    create temporary table judged (
      check_id text not null, organization_id bigint not null, subject_kind text not null, subject_key text not null,
      subject_name text not null, subject_system text, outcome text not null, reason text not null, message text not null,
      facts jsonb not null, due_from timestamptz, settled boolean not null,
      primary key (check_id, organization_id, subject_kind, subject_key)
    ) on commit drop`);
}

export async function addJudgements(manager: EntityManager, judgements: readonly Judgement[]): Promise<void> {
  await manager.query(
    `insert into judged
     select * from jsonb_to_recordset($1) as row (
       check_id text, organization_id bigint, subject_kind text, subject_key text, subject_name text, subject_system text,
       outcome text, reason text, message text, facts jsonb, due_from timestamptz, settled boolean)`,
    [
      JSON.stringify(
        judgements.map(({ check, organizationId, subject, ...gated }) => ({
          check_id: check,
          organization_id: organizationId,
          subject_kind: subject.kind,
          subject_key: subject.key,
          subject_name: subject.name,
          subject_system: subject.system,
          outcome: gated.outcome,
          reason: gated.reason,
          message: gated.message,
          facts: gated.facts,
          due_from: gated.dueFrom,
          settled: gated.settled,
        })),
      ),
    ],
  );
}

/**
 * Turns what was judged into verdicts, findings and their transitions, in the caller's transaction. A finding is resolved
 * by a settled pass, or by its subject's absence from a complete population; by nothing else. Repeating it with the same
 * judgements at the same clock changes nothing. Answers what of it belongs into the trail.
 */
export async function recordJudgements(
  manager: EntityManager,
  evaluation: { readonly number: string; readonly at: Instant },
  populations: readonly Population[],
  terms: readonly CheckTerms[],
  systems: readonly { readonly organizationId: string; readonly name: string }[],
  dueDates: DueDates,
): Promise<Change[]> {
  await stagePopulations(manager, populations, systems);
  await carryUnseenSubjects(manager);
  await placeEmptyChecks(manager);
  await manager.query('analyze judged');
  await updateFindings(manager, evaluation, terms, dueDates);
  const changes = await applyExceptions(manager, evaluation);
  await noteOverdue(manager, evaluation);
  await updateVerdicts(manager, evaluation);
  await countChecks(manager, evaluation, terms);
  return changes;
}

async function stagePopulations(
  manager: EntityManager,
  populations: readonly Population[],
  systems: readonly { readonly organizationId: string; readonly name: string }[],
): Promise<void> {
  await manager.query(`
    create temporary table population (
      check_id text, organization_id bigint, organization text, kinds jsonb, remembers boolean, complete boolean,
      reason text, message text, primary key (check_id, organization_id)
    ) on commit drop`);
  await manager.query(
    `insert into population
     select row."check", row."organizationId", row.organization, row.kinds, row.remembers, row.complete, row.reason,
            row.message
       from jsonb_to_recordset($1) as row (
         "check" text, "organizationId" bigint, organization text, kinds jsonb, remembers boolean, complete boolean,
         reason text, message text)`,
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
           '{}', null, false
      from (
        select check_id, organization_id, subject_kind, subject_key, subject_name, subject_system,
               reason = 'REMOVAL_UNCONFIRMED' as missed_before
          from verdict where last_evaluation is null
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
           '{}', null, false
      from population
     where population.organization_id <> 0
       and not exists (
         select from judged
          where judged.check_id = population.check_id and judged.organization_id = population.organization_id)`);
}

/** Closes what is no longer judged so and opens what is new; a night on which nothing changed writes nothing. */
async function updateVerdicts(
  manager: EntityManager,
  { number, at }: { readonly number: string; readonly at: Instant },
): Promise<void> {
  await manager.query(
    `update verdict set last_evaluation = $1
      where verdict.last_evaluation is null and not exists (
        select from judged
         where ${sameSubject('judged', 'verdict')}
           and (judged.outcome, judged.reason, judged.message, judged.subject_name, judged.subject_system, judged.facts)
               is not distinct from
               (verdict.outcome, verdict.reason, verdict.message, verdict.subject_name, verdict.subject_system, verdict.facts))`,
    [number],
  );
  await manager.query(
    `insert into verdict (check_id, organization_id, subject_kind, subject_key, subject_name, subject_system, outcome,
                          reason, message, facts, since, first_evaluation)
     select judged.check_id, judged.organization_id, judged.subject_kind, judged.subject_key, judged.subject_name,
            judged.subject_system, judged.outcome, judged.reason, judged.message, judged.facts,
            case when before.outcome = judged.outcome then before.since else $2::timestamptz end, $1::bigint
       from judged
       left join verdict as before on ${sameSubject('before', 'judged')} and before.last_evaluation = $1
      where not exists (select from verdict where ${sameSubject('verdict', 'judged')} and verdict.last_evaluation is null)`,
    [number, at],
  );
}

async function countChecks(
  manager: EntityManager,
  { number, at }: { readonly number: string; readonly at: Instant },
  terms: readonly CheckTerms[],
): Promise<void> {
  await manager.query(
    `with term as (
       select row.id, row.title, row.severity, row.enabled
         from jsonb_to_recordset($3) as row (id text, title text, severity text, enabled boolean)
     ), counted as (
       select term.id, term.title, term.severity,
              count(*) filter (where judged.outcome = 'pass') as pass,
              count(*) filter (where judged.outcome = 'fail') as fail,
              count(*) filter (where judged.outcome = 'unknown') as unknown,
              count(*) filter (where judged.outcome = 'error') as error,
              count(*) filter (where judged.outcome = 'not_applicable') as not_applicable,
              count(*) filter (where judged.outcome = 'fail' and finding.excepted_by is not null) as excepted,
              count(*) filter (where judged.outcome = 'fail' and finding.excepted_by is null and finding.due_at < $2)
                as overdue
         from term
         left join judged on judged.check_id = term.id and term.enabled
         left join finding on ${sameSubject('finding', 'judged')} and finding.resolved_at is null
        group by term.id, term.title, term.severity)
     insert into evaluated_check (evaluation_number, check_id, title, severity, status, pass, fail, unknown, error,
                                  not_applicable, excepted)
     select $1::bigint, counted.id, counted.title, counted.severity,
            case when counted.overdue > 0 then 'failing'
                 when counted.fail > counted.excepted then 'at_risk'
                 when counted.error > 0 then 'error'
                 when counted.unknown > 0 then 'unknown'
                 when counted.excepted > 0 then 'passing_with_exceptions'
                 when counted.pass > 0 then 'passing'
                 else 'not_applicable' end,
            counted.pass, counted.fail, counted.unknown, counted.error, counted.not_applicable, counted.excepted
       from counted`,
    [number, at, JSON.stringify(terms)],
  );
}
