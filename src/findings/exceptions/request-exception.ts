import { DataSource, type EntityManager } from 'typeorm';
import type { Instant, SubjectKind } from '../../checks/check.js';
import { databaseClock } from '../../database/database-clock.js';
import { recordChange } from '../../trail/record-change.js';
import { acceptedStates } from './accepted-state.query.js';
import { expiryOf, lifeOfExceptions } from './expiry.js';
import { lockDecisionsBriefly } from './lock-decisions.js';
import { inTheWay, invalid, refused, type Refused, type Requester } from './refused.js';
import { nameOfOrganization, organizationNamed } from './organization.query.js';

export type RequestedException = { readonly outcome: 'requested'; readonly id: string } | Refused;

export interface Wanted {
  readonly reason: string;
  readonly compensatingControl?: string;
  /** Absent: the usual time from now. */
  readonly expiresAt?: Instant;
}

export interface WantedPattern extends Wanted {
  readonly check: string;
  readonly organization: string;
  readonly subjectKind?: SubjectKind;
  /** A name or a key in which `*` stands for any run of characters. */
  readonly subject: string;
}

interface FindingRow {
  readonly id: string;
  readonly check_id: string;
  readonly organization_id: string;
  readonly subject_kind: string;
  readonly subject_key: string;
  readonly subject_name: string;
  readonly resolved_at: Date | null;
}

interface NewException {
  readonly finding: string | null;
  readonly check: string;
  readonly organizationId: string;
  readonly kind: string | null;
  readonly subject: string;
  readonly name: string | null;
  readonly accepted: object | null;
}

/** Where exceptions are asked for. Until somebody else approves one it changes nothing. */
export class ExceptionRequests {
  /** `checks`: the ids of the catalogue. */
  constructor(
    private readonly dataSource: DataSource,
    private readonly checks: readonly string[],
    private readonly clock: (manager: EntityManager) => Promise<Instant> = databaseClock,
  ) {}

  /** For one open finding, as it is now. */
  forFinding(id: string, wanted: Wanted, by: Requester): Promise<RequestedException> {
    return this.dataSource.transaction(async (manager) => {
      await lockDecisionsBriefly(manager);
      const [finding]: FindingRow[] = await manager.query(
        `select id, check_id, organization_id, subject_kind, subject_key, subject_name, resolved_at from finding where id = $1`,
        [id],
      );
      if (finding === undefined) return refused('unknown', 'There is no finding of this id.');
      if (finding.resolved_at !== null) {
        return inTheWay(
          `The finding was resolved at ${finding.resolved_at.toISOString()}; only an open one can be excepted.`,
        );
      }
      const [asked]: { id: string; requested_by: string }[] = await manager.query(
        `select id, requested_by from exception where finding_id = $1 and state = 'requested'`,
        [id],
      );
      if (asked !== undefined) {
        return inTheWay(`Exception ${asked.id}, asked for by ${asked.requested_by}, waits for its approval already.`);
      }
      const now = await this.clock(manager);
      const accepted = (await acceptedStates(manager, [id], now, 'recorded')).get(id) ?? null;
      return add(manager, wanted, by, now, {
        finding: id,
        check: finding.check_id,
        organizationId: finding.organization_id,
        kind: finding.subject_kind,
        subject: finding.subject_key,
        name: finding.subject_name,
        accepted,
      });
    });
  }

  /** For whatever a pattern matches, now and until it expires; also before there is anything to match. */
  forPattern(wanted: WantedPattern, by: Requester): Promise<RequestedException> {
    return this.dataSource.transaction(async (manager) => {
      if (by.role !== 'admin') {
        return refused(
          'forbidden',
          'An exception for a pattern is asked for by an admin; ask for one of a single finding.',
        );
      }
      if (!this.checks.includes(wanted.check)) return invalid('check', 'is no check of the catalogue');
      await lockDecisionsBriefly(manager);
      const organizationId = await organizationNamed(manager, wanted.organization);
      if (organizationId === null) return invalid('organization', 'is none that was ever read');
      return add(manager, wanted, by, await this.clock(manager), {
        finding: null,
        check: wanted.check,
        organizationId,
        kind: wanted.subjectKind ?? null,
        subject: wanted.subject,
        name: null,
        accepted: null,
      });
    });
  }
}

async function add(
  manager: EntityManager,
  {
    reason,
    compensatingControl = null,
    expiresAt,
  }: Omit<Wanted, 'compensatingControl'> & { readonly compensatingControl?: string | null },
  by: Requester,
  now: Instant,
  exception: NewException,
): Promise<RequestedException> {
  const expiry = expiryOf(expiresAt, now, lifeOfExceptions);
  if ('wrong' in expiry) return invalid('expiresAt', expiry.wrong);
  const [row]: { id: string }[] = await manager.query(
    `insert into exception (finding_id, check_id, organization_id, subject_kind, subject, subject_name, reason,
                            compensating_control, accepted, state, requested_at, requested_by, requested_token, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'requested', $10, $11, $12, $13) returning id`,
    [
      exception.finding,
      exception.check,
      exception.organizationId,
      exception.kind,
      exception.subject,
      exception.name,
      reason,
      compensatingControl,
      exception.accepted === null ? null : JSON.stringify(exception.accepted),
      now,
      by.name,
      by.tokenId,
      expiry.at,
    ],
  );
  if (row === undefined) throw new Error('The exception was not recorded.');
  const { finding, check, kind, subject } = exception;
  await recordChange(manager, {
    actor: by,
    action: 'exception.requested',
    subject: `exception/${row.id}`,
    after: {
      finding,
      check,
      organization: await nameOfOrganization(manager, exception.organizationId),
      kind,
      subject,
      expiresAt: expiry.at,
      compensatingControl,
    },
    reason,
  });
  return { outcome: 'requested', id: row.id };
}
