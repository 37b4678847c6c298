import type { EntityManager } from 'typeorm';
import type { Instant } from '../checks/check.js';
import { sameSubject } from './same-subject.js';

interface Evaluated {
  readonly number: string;
  readonly at: Instant;
}

/**
 * Closes what is no longer judged so and opens what is new; a night on which nothing changed writes nothing. What is to be written
 * is found before anything is: a statement that looks into a table that it fills reads its own rows again and again.
 */
export async function updateVerdicts(manager: EntityManager, evaluated: Evaluated): Promise<void> {
  const [row]: [{ stands: boolean }] = await manager.query(
    'select exists (select from verdict where last_evaluation is null) as stands',
  );
  if (!row.stands) return insertVerdicts(manager, evaluated, 'judged', '$2::timestamptz');
  await manager.query(`
    create temporary table changed on commit drop as
    select judged.*, before.id as before_id, case when before.outcome = judged.outcome then before.since end as since
      from judged
      left join verdict as before on ${sameSubject('before', 'judged')} and before.last_evaluation is null
     where before.id is null
        or (judged.outcome, judged.reason, judged.message, judged.subject_name, judged.subject_system, judged.facts)
           is distinct from
           (before.outcome, before.reason, before.message, before.subject_name, before.subject_system, before.facts)`);
  await manager.query('update verdict set last_evaluation = $1 from changed where verdict.id = changed.before_id', [
    evaluated.number,
  ]);
  await manager.query(
    `update verdict set last_evaluation = $1
       from unjudged
      where verdict.id = unjudged.verdict_id and verdict.last_evaluation is null
        and not exists (select from judged where ${sameSubject('judged', 'verdict')})`,
    [evaluated.number],
  );
  await insertVerdicts(manager, evaluated, 'changed', 'coalesce(judged.since, $2::timestamptz)');
}

async function insertVerdicts(
  manager: EntityManager,
  { number, at }: Evaluated,
  table: 'judged' | 'changed',
  since: string,
): Promise<void> {
  await manager.query(
    `insert into verdict (check_id, organization_id, subject_kind, subject_key, subject_name, subject_system, outcome,
                          reason, message, facts, since, first_evaluation)
     select judged.check_id, judged.organization_id, judged.subject_kind, judged.subject_key, judged.subject_name,
            judged.subject_system, judged.outcome, judged.reason, judged.message, judged.facts, ${since}, $1::bigint
       from ${table} as judged`,
    [number, at],
  );
}
