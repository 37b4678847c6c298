import type { EntityManager, QueryRunner } from 'typeorm';
import { copyRows, type CopiedRow } from '../database/copy-in.js';
import type { Judgement } from './judged-group.js';

/**
 * Prepares the place where tonight's judgements gather; it vanishes with the transaction. Those of which it is known that they are
 * as the evaluation before had them need not be there, unless they fail: they are in `counted`. `former`: whose subjects may have had
 * verdicts that tonight nothing was judged for.
 */
export async function openJudgements(manager: EntityManager): Promise<void> {
  await manager.query(`
    create temporary table judged (
      check_id text not null, organization_id bigint not null, subject_kind text not null, subject_key text not null,
      subject_name text not null, subject_system text, outcome text not null, reason text not null, message text not null,
      facts jsonb not null, due_from timestamptz, settled boolean not null,
      -- It is in counted as well.
      counted boolean not null default false,
      -- Nothing was judged: it is carried, or stands for an empty check.
      apart boolean not null default false,
      primary key (check_id, organization_id, subject_kind, subject_key)
    ) on commit drop`);
  await manager.query(`
    create temporary table counted (
      check_id text not null, organization_id bigint not null, outcome text not null, subjects bigint not null
    ) on commit drop`);
  await manager.query(`
    create temporary table former (
      organization_id bigint not null, source text not null, subject_kind text not null, subject_key text not null
    ) on commit drop`);
}

export async function addJudgements(runner: QueryRunner, judgements: readonly Judgement[]): Promise<void> {
  await copyRows(
    runner,
    `judged (check_id, organization_id, subject_kind, subject_key, subject_name, subject_system, outcome, reason, message, facts,
             due_from, settled)`,
    judgements.map(rowOf),
  );
}

function rowOf({ check, organizationId, subject, ...gated }: Judgement): CopiedRow {
  return [
    check,
    organizationId,
    subject.kind,
    subject.key,
    subject.name,
    subject.system,
    gated.outcome,
    gated.reason,
    gated.message,
    JSON.stringify(gated.facts),
    gated.dueFrom,
    gated.settled ? 't' : 'f',
  ];
}
