import type { Approval, Evidence, Instant } from './check.js';

/** How long after a change its approval still counts as one, and not as an excuse. */
export const approvalGraceMs = 72 * 3_600_000;

/**
 * The approval of a change that was first seen at `changedAt`: one that was made before, or at most 72 hours after. What was
 * approved for an earlier change of the same subject is used up, so that leave to become an editor is none to become an owner.
 */
export function approvalOfChange(
  approvals: readonly Approval[] | undefined,
  changedAt: Instant,
  earlierChangeAt: Instant | null = null,
): Approval | null {
  const changed = Date.parse(changedAt);
  const usedUp = earlierChangeAt === null ? Number.NEGATIVE_INFINITY : Date.parse(earlierChangeAt) + approvalGraceMs;
  return (
    approvals?.find(({ approvedAt }) => {
      const approved = Date.parse(approvedAt);
      return approved <= changed + approvalGraceMs && (approved >= changed || approved > usedUp);
    }) ?? null
  );
}

/** A hand-over says `handover`, alone or before a colon. */
export function handoverAmong(approvals: readonly Approval[] | undefined): Approval | null {
  return approvals?.find(({ reason }) => /^\s*hand-?over\s*(:|$)/i.test(reason)) ?? null;
}

/** What stands in `facts` of whatever an approval made pass. */
export function approvalFacts({ id, requestedBy, approvedBy, approvedAt, expiresAt }: Approval): Evidence {
  return { approval: id, requestedBy, approvedBy, approvedAt, approvedUntil: expiresAt };
}
