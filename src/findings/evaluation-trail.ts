import type { EntityManager } from 'typeorm';
import { configuration } from '../trail/actor.js';
import { recordChanges, trailHead, type Change } from '../trail/record-change.js';
import { lockDecisions } from './exceptions/lock-decisions.js';
import { policyChange } from './policy-change.js';

/**
 * The first thing in the transaction that records an evaluation, before anything is read: no exception is made or taken back
 * until it ends. Answers the number of the trail's entry up to which the evaluation sees what was decided.
 */
export async function beginDecisions(writer: EntityManager): Promise<string> {
  await lockDecisions(writer);
  return (await trailHead(writer)).number;
}

/**
 * The last thing in it: what the evaluation changed, and what somebody changed in the configuration since the one before, goes
 * into the trail, and the evaluation remembers where the trail ends.
 */
export async function closeOnTrail(writer: EntityManager, number: string, changes: readonly Change[]): Promise<void> {
  const policy = await changedPolicy(writer, number);
  const head = await recordChanges(writer, [...(policy === null ? [] : [policy]), ...changes]);
  await writer.query(
    'update exception set ended_entry = $1 where ended_at is not null and approved_entry is not null and ended_entry is null',
    [head.number],
  );
  await writer.query('update evaluation set trail_number = $2, trail_hash = $3 where number = $1', [
    number,
    head.number,
    head.hash,
  ]);
}

interface JudgedBy {
  readonly number: string;
  readonly policy: object;
  readonly catalogue: string;
}

/** Null: it judged by what the evaluation before it judged by, or there was none. */
async function changedPolicy(writer: EntityManager, number: string): Promise<Change | null> {
  const [now, before]: JudgedBy[] = await writer.query(
    `select number, policy, catalogue_version as catalogue from evaluation
      where number = $1 or number = (select max(number) from evaluation where number < $1 and finished_at is not null)
      order by number desc`,
    [number],
  );
  if (now === undefined || before === undefined) return null;
  const change = policyChange(
    { catalogueVersion: before.catalogue, ...before.policy },
    { catalogueVersion: now.catalogue, ...now.policy },
  );
  return change === null ? null : { actor: configuration, action: 'policy.changed', subject: 'policy', ...change };
}
