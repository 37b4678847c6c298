import type { EntityManager, QueryRunner } from 'typeorm';
import { copyIn, CopyRows, type CopiedRow } from '../database/copy-in.js';
import type { Judgement } from './judged-group.js';

/** Where tonight's judgements gather, with the columns of their rows. */
const places = {
  judged: `judged (check_id, organization_id, subject_kind, subject_key, subject_name, subject_system, outcome, reason, message, facts,
                   due_from, settled)`,
  counted: 'counted (check_id, organization_id, outcome, subjects)',
  former: 'former (organization_id, source, subject_kind, subject_key)',
  judged_anew: 'judged_anew (organization_id, id, source, subject, shape, digest)',
  judged_gone: 'judged_gone (id)',
} as const;

export type Place = keyof typeof places;

/** Differs between releases that would not understand each other's lines. */
export const formatOfPlaces = Object.values(places).join(';');

/** Takes rows, as `CopyRows` makes them, for one of the places. */
export type Stage = (place: Place, rows: Buffer) => Promise<void>;

/**
 * Prepares the places where tonight's judgements gather; they vanish with the transaction. Of those of which it is known that they are
 * as the evaluation before had them, only failures are in `judged`; the others are in `counted`. `former`: whose subjects may have had
 * verdicts that tonight nothing was judged for. `judged_anew` and `judged_gone`: what changes of what is remembered.
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
  await manager.query(`
    create temporary table judged_anew (
      organization_id bigint not null, id bigint, source text not null, subject text not null, shape text not null,
      digest text not null
    ) on commit drop`);
  await manager.query('create temporary table judged_gone (id bigint not null) on commit drop');
}

/** Stages in the places of the runner's transaction. */
export function stageIn(runner: QueryRunner): Stage {
  return (place, rows) => copyIn(runner, places[place], rows);
}

export function placeNamed(name: string): Place {
  const place = Object.keys(places).find((one): one is Place => one === name);
  if (place === undefined) throw new Error(`Nothing gathers in ${name}.`);
  return place;
}

export async function stageRows(stage: Stage, place: Place, rows: readonly CopiedRow[]): Promise<void> {
  if (rows.length === 0) return;
  const lines = new CopyRows();
  for (const row of rows) lines.add(...row);
  await stage(place, lines.take());
}

export async function stageJudgements(stage: Stage, judgements: readonly Judgement[]): Promise<void> {
  await stageRows(stage, 'judged', judgements.map(rowOf));
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
