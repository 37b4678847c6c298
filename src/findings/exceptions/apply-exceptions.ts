import type { EntityManager } from 'typeorm';
import type { Instant } from '../../checks/check.js';
import { hubwarden } from '../../trail/actor.js';
import type { Change } from '../../trail/record-change.js';
import { sameSubject } from '../same-subject.js';
import { acceptedStates } from './accepted-state.query.js';
import { whyVoid, type AcceptedState, type VoidCause } from './accepted-state.js';
import { coverFindings, uncoverFindings, type Moment } from './cover.js';
import { isCoveredBy } from './match.js';
import { remindOfExpiry } from './remind-of-expiry.js';

interface Evaluated {
  readonly number: string;
  readonly at: Instant;
}

interface Standing {
  readonly id: string;
  readonly exception: string;
  readonly finding: string;
  readonly accepted: AcceptedState;
  readonly is_pattern: boolean;
}

/**
 * What an evaluation does to exceptions, once findings are opened and resolved and before anything is noted as overdue: ends
 * those that are over, voids those whose findings are not what was accepted, and puts under them what they cover. Answers
 * what belongs into the trail. The caller holds the lock of the decisions.
 */
export async function applyExceptions(manager: EntityManager, { number, at }: Evaluated): Promise<Change[]> {
  const when: Moment = { at, evaluation: number, by: null };
  await writeOffResolved(manager, when);
  const expired = await expire(manager, when);
  const voided = await voidChanged(manager, when);
  const unmet = await coverWhatMatches(manager, when);
  await remindOfExpiry(manager, { number, at });
  await manager.query(
    'update excepted_finding set first_evaluation = $1 where ended_at is null and first_evaluation is null',
    [number],
  );
  // Somebody ended it since the last evaluation: this is the first one that no longer judges by it.
  await manager.query(
    'update excepted_finding set last_evaluation = $1 where ended_at is not null and last_evaluation is null',
    [number],
  );
  return [...expired, ...voided, ...unmet];
}

async function writeOffResolved(manager: EntityManager, when: Moment): Promise<void> {
  await manager.query(
    `with over as (
       update excepted_finding set ended_at = $1, ended_because = 'RESOLVED', last_evaluation = $2
         from finding
        where finding.id = excepted_finding.finding_id and excepted_finding.ended_at is null
          and finding.resolved_at is not null
       returning excepted_finding.finding_id)
     update finding set excepted_by = null from over where finding.id = over.finding_id`,
    [when.at, when.evaluation],
  );
}

async function expire(manager: EntityManager, when: Moment): Promise<Change[]> {
  const [over]: [{ id: string; before: string }[]] = await manager.query(
    `update exception set state = 'expired', ended_at = $1, ended_because = 'EXPIRED'
       from (select id, state from exception where state in ('requested', 'approved') and expires_at <= $1) as due
      where exception.id = due.id
     returning exception.id, due.state as before`,
    [when.at],
  );
  const ids = over.map(({ id }) => id);
  const standing: { id: string }[] = await manager.query(
    'select id from excepted_finding where ended_at is null and exception_id = any ($1)',
    [ids],
  );
  const uncovers = standing.map(({ id }) => ({ id, because: 'EXPIRED' }));
  await uncoverFindings(manager, uncovers, 'expired', when);
  return over.map(({ id, before }) => ({
    actor: hubwarden,
    action: 'exception.expired',
    subject: `exception/${id}`,
    before: { state: before },
    after: { state: 'expired' },
  }));
}

async function voidChanged(manager: EntityManager, when: Moment): Promise<Change[]> {
  const standing: Standing[] = await manager.query(
    `select excepted_finding.id, excepted_finding.exception_id as exception, excepted_finding.finding_id as finding,
            excepted_finding.accepted, exception.finding_id is null as is_pattern
       from excepted_finding join exception on exception.id = excepted_finding.exception_id
      where excepted_finding.ended_at is null order by excepted_finding.id`,
  );
  const findings = standing.map(({ finding }) => finding);
  const states = await acceptedStates(manager, findings, when.at, 'judged');
  const voided = standing.flatMap((one) => {
    const state = states.get(one.finding);
    const cause = state === undefined ? null : whyVoid(one.accepted, state);
    return cause === null ? [] : [{ ...one, cause }];
  });
  await uncoverFindings(
    manager,
    voided.map(({ id, cause }) => ({ id, because: cause })),
    'voided',
    when,
  );
  await markVoided(
    manager,
    voided.flatMap(({ exception, cause, is_pattern }) => (is_pattern ? [] : [{ exception, cause }])),
    when,
  );
  return voided.map(voiding);
}

interface Candidate {
  readonly finding: string;
  readonly exception: string;
  readonly reason: string;
  readonly accepted: AcceptedState | null;
}

/**
 * Puts what failed tonight and matches under the newest exception for it, one for the very subject before any pattern. What an
 * exception was void for once does not come back under it.
 */
async function coverWhatMatches(manager: EntityManager, when: Moment): Promise<Change[]> {
  const candidates: Candidate[] = await manager.query(
    `select distinct on (finding.id) finding.id as finding, exception.id as exception, exception.reason, exception.accepted
       from exception
       join finding on ${isCoveredBy('finding', 'exception')}
      where exception.state = 'approved' and finding.resolved_at is null and finding.excepted_by is null
        and exists (select from judged where ${sameSubject('judged', 'finding')} and judged.outcome = 'fail')
        and not exists (
              select from excepted_finding as past join finding as earlier on earlier.id = past.finding_id
               where past.exception_id = exception.id and past.ended_because = 'VOIDED'
                 and ${sameSubject('earlier', 'finding')})
      order by finding.id, exception.finding_id is null, exception.id desc`,
  );
  const states = await acceptedStates(
    manager,
    candidates.map(({ finding }) => finding),
    when.at,
    'judged',
  );
  const judged = candidates.flatMap((candidate) => {
    const state = states.get(candidate.finding);
    if (state === undefined) return [];
    const { accepted } = candidate;
    return [{ ...candidate, state, cause: accepted === null ? null : whyVoid(accepted, state) }];
  });
  await coverFindings(
    manager,
    judged
      .filter(({ cause }) => cause === null)
      .map(({ exception, finding, reason, state, accepted }) => ({
        exception,
        finding,
        accepted: accepted ?? state,
        because: reason,
      })),
    when,
  );
  const voided = judged.flatMap(({ exception, finding, cause }) =>
    cause === null ? [] : [{ exception, finding, cause, is_pattern: false }],
  );
  await markVoided(manager, voided, when);
  return voided.map(voiding);
}

async function markVoided(
  manager: EntityManager,
  voided: readonly { readonly exception: string; readonly cause: VoidCause }[],
  { at }: Moment,
): Promise<void> {
  if (voided.length === 0) return;
  await manager.query(
    `update exception set state = 'voided', ended_at = $2, ended_because = row.cause
       from jsonb_to_recordset($1) as row (exception bigint, cause text)
      where exception.id = row.exception and exception.state = 'approved'`,
    [JSON.stringify(voided), at],
  );
}

function voiding({
  exception,
  finding,
  cause,
  is_pattern,
}: {
  readonly exception: string;
  readonly finding: string;
  readonly cause: VoidCause;
  readonly is_pattern: boolean;
}): Change {
  return {
    actor: hubwarden,
    action: 'exception.voided',
    subject: `exception/${exception}`,
    before: { state: 'approved' },
    // A pattern goes on without the subject that changed.
    after: { state: is_pattern ? 'approved' : 'voided', finding, cause },
  };
}
