import type { EntityManager } from 'typeorm';
import { approvalGraceMs } from '../checks/approvals.js';
import type { Approval, Attestation, Instant } from '../checks/check.js';
import type { DecidedException } from '../checks/privilege-facts.js';
import { globMatches } from './exceptions/glob.js';
import type { JudgedSubject } from './subject-source.js';

/** Up to which decision an evaluation sees: its clock, and the trail's entry that its `decided_through` names. */
export interface SeenDecisions {
  readonly now: Instant;
  readonly through: string;
}

interface ApprovalRow {
  readonly id: string;
  readonly check_id: string;
  readonly is_pattern: boolean;
  readonly subject_kind: string | null;
  readonly subject: string;
  readonly reason: string;
  readonly requested_by: string;
  readonly decided_by: string;
  readonly decided_at: Date;
  readonly expires_at: Date;
  /** Of a pattern: `kind/key` of each subject for which it was void once. */
  readonly void_for: readonly string[];
}

interface AttestationRow {
  readonly id: string;
  readonly check_id: string;
  readonly answer: Attestation['answer'];
  readonly statement: string;
  readonly attested_by: string;
  readonly attested_at: Date;
  readonly expires_at: Date;
}

/**
 * The exceptions that stand in one organization at the clock of an evaluation, and its attestations, as that evaluation could
 * see them: later ones, and what became of these later, are left out. Few, so they are held in memory.
 */
export class StandingDecisions {
  private constructor(
    private readonly approvals: ReadonlyMap<string, readonly ApprovalRow[]>,
    private readonly attestations: ReadonlyMap<string, Attestation>,
  ) {}

  /** `organizationId`: 0 for the roster. */
  static async load(
    manager: EntityManager,
    organizationId: string,
    { now, through }: SeenDecisions,
  ): Promise<StandingDecisions> {
    const approvals: ApprovalRow[] = await manager.query(
      `select exception.id, exception.check_id, exception.finding_id is null as is_pattern, exception.subject_kind,
              exception.subject, exception.reason, exception.requested_by, exception.decided_by, exception.decided_at,
              exception.expires_at,
              array(select finding.subject_kind || '/' || finding.subject_key
                      from excepted_finding as past
                      join finding on finding.id = past.finding_id
                     where past.exception_id = exception.id and past.ended_because = 'VOIDED'
                       and past.last_evaluation is not null
                       -- What is no more was recorded before everything that is.
                       and not exists (
                         select from evaluation
                          where evaluation.number = past.last_evaluation
                            and (evaluation.trail_number is null or evaluation.trail_number > $2))) as void_for
         from exception
        where exception.organization_id = $1 and exception.approved_entry <= $2
          and (exception.ended_entry is null or exception.ended_entry > $2) and exception.expires_at > $3
        order by exception.approved_entry desc`,
      [organizationId, through, now],
    );
    const attestations: AttestationRow[] = await manager.query(
      `select distinct on (check_id) id, check_id, answer, statement, attested_by, attested_at, expires_at
         from attestation
        where organization_id = $1 and made_entry <= $2 and (revoked_entry is null or revoked_entry > $2)
        order by check_id, made_entry desc`,
      [organizationId, through],
    );
    return new StandingDecisions(
      byCheck(approvals),
      new Map(attestations.map((row) => [row.check_id, attestationOf(row)])),
    );
  }

  /** All exceptions that stand, whatever they are about. */
  decided(): DecidedException[] {
    return [...this.approvals.values()]
      .flat()
      .map(({ id, requested_by: requestedBy, decided_by: approvedBy }) => ({ id, requestedBy, approvedBy }));
  }

  /**
   * From when on changes have to be known to a check that looks back to `from`: an approval that stands may have been used up
   * by a change that is older than that.
   */
  lookBackOf(check: string, from: Instant): Instant {
    const starts = (this.approvals.get(check) ?? []).map((row) => row.decided_at.getTime() - approvalGraceMs);
    return new Date(Math.min(Date.parse(from), ...starts)).toISOString();
  }

  /** What a check is given besides its facts. */
  about(check: string, subject: JudgedSubject): { approvals?: readonly Approval[]; attestation?: Attestation } {
    const approvals = this.approvals.get(check)?.filter((row) => isAbout(row, subject)) ?? [];
    const attestation = this.attestations.get(check);
    return {
      ...(approvals.length > 0 && { approvals: approvals.map(approvalOf) }),
      ...(attestation !== undefined && { attestation }),
    };
  }
}

function byCheck(rows: readonly ApprovalRow[]): ReadonlyMap<string, readonly ApprovalRow[]> {
  const checks = new Set(rows.map((row) => row.check_id));
  return new Map([...checks].map((check) => [check, rows.filter((row) => row.check_id === check)]));
}

function isAbout(row: ApprovalRow, { kind, key, name }: JudgedSubject): boolean {
  if (row.subject_kind !== null && row.subject_kind !== kind) return false;
  if (!row.is_pattern) return row.subject === key;
  return globMatches(row.subject, name, key) && !row.void_for.includes(`${kind}/${key}`);
}

function approvalOf(row: ApprovalRow): Approval {
  return {
    id: row.id,
    reason: row.reason,
    requestedBy: row.requested_by,
    approvedBy: row.decided_by,
    approvedAt: row.decided_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  };
}

function attestationOf(row: AttestationRow): Attestation {
  return {
    id: row.id,
    answer: row.answer,
    statement: row.statement,
    attestedBy: row.attested_by,
    attestedAt: row.attested_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  };
}
