import type { EntityManager } from 'typeorm';
import type { Instant, Severity, SubjectKind } from '../checks/check.js';

export interface StandingFailure {
  readonly check: string;
  readonly organizationId: string;
  readonly subject: { readonly kind: SubjectKind; readonly key: string; readonly name: string };
  readonly severity: Severity;
  readonly dueAt: Instant;
  readonly reason: string;
  readonly message: string;
  readonly at: Instant;
}

/**
 * Opens a finding that cannot wait for the next evaluation, because it says that evaluations or alerts do not work. The next
 * evaluation judges the same check and closes it or keeps it. Nothing happens where it is open already.
 */
export async function openFinding(manager: EntityManager, failure: StandingFailure): Promise<void> {
  const { subject } = failure;
  await manager.query(
    `with opened as (
       insert into finding (check_id, organization_id, subject_kind, subject_key, subject_name, severity, reason, message,
                            first_seen_at, due_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9::timestamptz, $10::timestamptz)
           on conflict (check_id, organization_id, subject_kind, subject_key) where resolved_at is null do nothing
       returning finding.id, finding.reason)
     insert into finding_transition (finding_id, at, kind, because)
     select opened.id, $9::timestamptz, 'opened', opened.reason from opened`,
    [
      failure.check,
      failure.organizationId,
      subject.kind,
      subject.key,
      subject.name,
      failure.severity,
      failure.reason,
      failure.message,
      failure.at,
      failure.dueAt,
    ],
  );
}
