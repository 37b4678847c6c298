import { DataSource, type EntityManager } from 'typeorm';
import type { Instant } from '../../checks/check.js';
import { databaseClock } from '../../database/database-clock.js';
import { hubwarden, isSomebodyElse } from '../../trail/actor.js';
import { recordChange } from '../../trail/record-change.js';
import { acceptedStates } from './accepted-state.query.js';
import { causeSentence, whyVoid, type AcceptedState } from './accepted-state.js';
import { coverFindings, uncoverFindings } from './cover.js';
import type { ExceptionState } from './exception.entity.js';
import { lockDecisionsBriefly } from './lock-decisions.js';
import { isCoveredBy } from './match.js';
import { dueReminder } from './remind-of-expiry.js';
import { inTheWay, refused, type Refused, type Requester } from './refused.js';

export type ExceptionDecision = { readonly outcome: 'decided'; readonly id: string } | Refused;

interface ExceptionRow {
  readonly id: string;
  readonly finding_id: string | null;
  readonly check_id: string;
  readonly organization_id: string;
  readonly reason: string;
  readonly accepted: AcceptedState | null;
  readonly state: ExceptionState;
  readonly requested_by: string;
  readonly requested_token: string | null;
  readonly expires_at: Date;
}

/** What becomes of exceptions by hand. Each decision is one transaction under the lock that evaluations hold. */
export class Exceptions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: (manager: EntityManager) => Promise<Instant> = databaseClock,
  ) {}

  /** By somebody else than whoever asked. What it covers is excepted at once. */
  approve(id: string, reason: string, by: Requester): Promise<ExceptionDecision> {
    return this.decide(id, async (manager, exception, now) => {
      const isPattern = exception.finding_id === null;
      const asker = { name: exception.requested_by, tokenId: exception.requested_token };
      if (exception.state !== 'requested') return inTheWay(undecidable(exception, 'approved'));
      if (!isSomebodyElse(by, asker)) {
        return refused(
          'forbidden',
          `${exception.requested_by} asked for this exception; somebody else has to approve it.`,
        );
      }
      if (isPattern && by.role !== 'admin')
        return refused('forbidden', 'An exception for a pattern is approved by an admin.');
      if (exception.expires_at.toISOString() <= now) {
        return inTheWay(
          `It would have expired at ${exception.expires_at.toISOString()} already; ask for another one with a later expiry.`,
        );
      }
      const changed = await this.voidWhatChanged(manager, exception, now);
      if (changed !== null) return changed;

      const replaced = await replaceFormer(manager, exception, now, by.name);
      await this.coverAtOnce(manager, exception, now, by.name);
      const { number } = await recordChange(manager, {
        actor: by,
        action: 'exception.approved',
        subject: `exception/${id}`,
        before: { state: 'requested' },
        after: {
          state: 'approved',
          check: exception.check_id,
          requestedBy: exception.requested_by,
          expiresAt: exception.expires_at.toISOString(),
          ...(replaced.length > 0 && { replaces: replaced }),
        },
        reason,
      });
      await manager.query(
        `update exception
            set state = 'approved', decided_at = $2, decided_by = $3, decided_token = $4, decision_reason = $5,
                approved_entry = $6, reminded = $7
          where id = $1`,
        [id, now, by.name, by.tokenId, reason, number, dueReminder(exception.expires_at, now)],
      );
      await manager.query('update exception set ended_entry = $2 where id = any ($1)', [replaced, number]);
      return { outcome: 'decided', id };
    });
  }

  /** Turns a request away. */
  refuse(id: string, reason: string, by: Requester): Promise<ExceptionDecision> {
    return this.decide(id, async (manager, exception, now) => {
      if (exception.state !== 'requested') return inTheWay(undecidable(exception, 'refused'));
      await manager.query(
        `update exception
            set state = 'refused', decided_at = $2, decided_by = $3, decided_token = $4, decision_reason = $5
          where id = $1`,
        [id, now, by.name, by.tokenId, reason],
      );
      await recordChange(manager, {
        actor: by,
        action: 'exception.refused',
        subject: `exception/${id}`,
        before: { state: 'requested' },
        after: { state: 'refused' },
        reason,
      });
      return { outcome: 'decided', id };
    });
  }

  /** Takes an exception back, or a request that nobody has decided. What it covered is open again at once. */
  revoke(id: string, reason: string, by: Requester): Promise<ExceptionDecision> {
    return this.decide(id, async (manager, exception, now) => {
      if (exception.state !== 'requested' && exception.state !== 'approved') {
        return inTheWay(undecidable(exception, 'revoked'));
      }
      const standing: { id: string }[] = await manager.query(
        'select id from excepted_finding where exception_id = $1 and ended_at is null',
        [id],
      );
      const uncovers = standing.map((row) => ({ id: row.id, because: reason }));
      await uncoverFindings(manager, uncovers, 'revoked', { at: now, evaluation: null, by: by.name });
      const { number } = await recordChange(manager, {
        actor: by,
        action: 'exception.revoked',
        subject: `exception/${id}`,
        before: { state: exception.state },
        after: { state: 'revoked' },
        reason,
      });
      await manager.query(
        `update exception
            set state = 'revoked', ended_at = $2, ended_by = $3, ended_because = $4, ended_entry = $5 where id = $1`,
        [id, now, by.name, reason, number],
      );
      return { outcome: 'decided', id };
    });
  }

  private decide(
    id: string,
    act: (manager: EntityManager, exception: ExceptionRow, now: Instant) => Promise<ExceptionDecision>,
  ): Promise<ExceptionDecision> {
    return this.dataSource.transaction(async (manager) => {
      await lockDecisionsBriefly(manager);
      const [exception]: ExceptionRow[] = await manager.query(
        `select id, finding_id, check_id, organization_id, reason, accepted, state, requested_by, requested_token, expires_at
           from exception where id = $1`,
        [id],
      );
      if (exception === undefined) return refused('unknown', 'There is no exception of this id.');
      return act(manager, exception, await this.clock(manager));
    });
  }

  /** Between the request and now, too, facts may have changed: then nobody has asked for what there is. */
  private async voidWhatChanged(
    manager: EntityManager,
    exception: ExceptionRow,
    now: Instant,
  ): Promise<ExceptionDecision | null> {
    const { id, finding_id: finding, accepted } = exception;
    if (finding === null) return null;
    const [row]: { resolved_at: Date | null }[] = await manager.query('select resolved_at from finding where id = $1', [
      finding,
    ]);
    if (row === undefined || row.resolved_at !== null) {
      return inTheWay(
        `Its finding ${finding} was resolved at ${row?.resolved_at?.toISOString()}; there is nothing to accept.`,
      );
    }
    const state = (await acceptedStates(manager, [finding], now, 'recorded')).get(finding);
    const cause = accepted === null || state === undefined ? null : whyVoid(accepted, state);
    if (cause === null) return null;
    await manager.query(`update exception set state = 'voided', ended_at = $2, ended_because = $3 where id = $1`, [
      id,
      now,
      cause,
    ]);
    await recordChange(manager, {
      actor: hubwarden,
      action: 'exception.voided',
      subject: `exception/${id}`,
      before: { state: 'requested' },
      after: { state: 'voided', finding, cause },
    });
    return inTheWay(
      `It is void, because ${causeSentence(cause)}: nobody has asked to accept that. Look at the finding and ask again.`,
    );
  }

  private async coverAtOnce(manager: EntityManager, exception: ExceptionRow, now: Instant, by: string): Promise<void> {
    const open: { id: string }[] = await manager.query(
      `select finding.id from finding join exception on ${isCoveredBy('finding', 'exception')}
        where exception.id = $1 and finding.resolved_at is null and finding.excepted_by is null order by finding.id for update of finding`,
      [exception.id],
    );
    const findings = open.map(({ id }) => id);
    const states = await acceptedStates(manager, findings, now, 'recorded');
    const covers = findings.flatMap((finding) => {
      const accepted = exception.accepted ?? states.get(finding);
      return accepted === undefined ? [] : [{ exception: exception.id, finding, accepted, because: exception.reason }];
    });
    await coverFindings(manager, covers, { at: now, evaluation: null, by });
  }
}

/** Those for the very same subject that stand until now: the new one goes on from here, without a gap. */
async function replaceFormer(
  manager: EntityManager,
  { id, finding_id: finding }: ExceptionRow,
  now: Instant,
  by: string,
): Promise<string[]> {
  if (finding === null) return [];
  await manager.query('select from finding where id = $1 for update', [finding]);
  const [former]: [{ id: string }[]] = await manager.query(
    `update exception set state = 'replaced', ended_at = $1, ended_by = $2, ended_because = $3
       from finding
      where finding.id = $4 and exception.state = 'approved' and exception.finding_id is not null
        and ${isCoveredBy('finding', 'exception')}
     returning exception.id`,
    [now, by, `exception ${id}`, finding],
  );
  const ids = former.map((row) => row.id);
  await manager.query(
    `with over as (
       update excepted_finding set ended_at = $2, ended_because = 'REPLACED'
        where ended_at is null and (exception_id = any ($1) or finding_id = $3)
       returning finding_id)
     update finding set excepted_by = null from over where finding.id = over.finding_id`,
    [ids, now, finding],
  );
  return ids;
}

function undecidable({ id, state }: ExceptionRow, wish: string): string {
  const was: Partial<Record<ExceptionState, string>> = {
    expired: 'has expired',
    voided: 'is void',
    replaced: 'was replaced by a later one',
  };
  const now = was[state] ?? `is ${state} already`;
  return `Exception ${id} ${now}, and can no longer be ${wish}.`;
}
