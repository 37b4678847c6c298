import type { EntityManager } from 'typeorm';
import type { SubjectKind } from '../../checks/check.js';
import type { ExceptionState } from './exception.entity.js';
import { isCoveredBy } from './match.js';

export interface ExceptionRow {
  readonly id: string;
  readonly state: ExceptionState;
  readonly check: string;
  /** Null for the roster. */
  readonly organization: string | null;
  readonly finding: string | null;
  readonly subject_kind: SubjectKind | null;
  readonly subject: string;
  readonly subject_name: string | null;
  readonly reason: string;
  readonly compensating_control: string | null;
  readonly requested_at: Date;
  readonly requested_by: string;
  readonly expires_at: Date;
  readonly decided_at: Date | null;
  readonly decided_by: string | null;
  readonly decision_reason: string | null;
  readonly ended_at: Date | null;
  readonly ended_by: string | null;
  readonly ended_because: string | null;
  /** Open findings that it is about, whether or not it is approved. */
  readonly matches: number;
  /** Open findings that stand under it. */
  readonly excepted: number;
}

export interface WantedExceptions {
  readonly state?: readonly string[];
  readonly check?: readonly string[];
  readonly organization?: readonly string[];
  readonly finding?: string;
  readonly expiresBefore?: string;
}

const shown = `
  select exception.id, exception.state, exception.check_id as "check", organization.name as organization,
         exception.finding_id as finding, exception.subject_kind, exception.subject, exception.subject_name, exception.reason,
         exception.compensating_control, exception.requested_at, exception.requested_by, exception.expires_at,
         exception.decided_at, exception.decided_by, exception.decision_reason, exception.ended_at, exception.ended_by,
         exception.ended_because,
         (select count(*)::integer from finding where finding.resolved_at is null and ${isCoveredBy('finding', 'exception')})
           as matches,
         (select count(*)::integer from finding where finding.resolved_at is null and finding.excepted_by = exception.id)
           as excepted
    from exception left join organization on organization.id = exception.organization_id`;

/** Newest first, those before `after`. */
export async function findExceptions(
  manager: EntityManager,
  wanted: WantedExceptions,
  after: string | null,
  limit: number,
): Promise<ExceptionRow[]> {
  return manager.query(
    `${shown}
      where ($1::text[] is null or exception.state = any ($1)) and ($2::text[] is null or exception.check_id = any ($2))
        and ($3::text[] is null or organization.name = any ($3)) and ($4::bigint is null or exception.finding_id = $4)
        and ($5::timestamptz is null or exception.expires_at < $5) and ($6::bigint is null or exception.id < $6)
      order by exception.id desc limit $7`,
    [
      wanted.state ?? null,
      wanted.check ?? null,
      wanted.organization ?? null,
      wanted.finding ?? null,
      wanted.expiresBefore ?? null,
      after,
      limit,
    ],
  );
}

export async function findException(manager: EntityManager, id: string): Promise<ExceptionRow | null> {
  const [row]: ExceptionRow[] = await manager.query(`${shown} where exception.id = $1`, [id]);
  return row ?? null;
}
