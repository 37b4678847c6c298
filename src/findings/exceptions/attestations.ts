import { DataSource, type EntityManager } from 'typeorm';
import type { Instant } from '../../checks/check.js';
import { databaseClock } from '../../database/database-clock.js';
import { recordChange } from '../../trail/record-change.js';
import { expiryOf, lifeOfAttestations } from './expiry.js';
import { lockDecisionsBriefly } from './lock-decisions.js';
import { organizationNamed } from './organization.query.js';
import { inTheWay, invalid, refused, type Refused, type Requester } from './refused.js';

export interface WantedAttestation {
  readonly check: string;
  readonly organization: string;
  readonly answer: 'yes' | 'no';
  readonly statement: string;
  /** Absent: the usual time from now. */
  readonly expiresAt?: Instant;
}

/** What somebody said about attestations. */
export type AttestationDecision = { readonly outcome: 'decided'; readonly id: string } | Refused;

/** Where people vouch for what no source shows. The newest one for a check and organization counts. */
export class Attestations {
  /** `checks`: those of the catalogue that take an attestation. */
  constructor(
    private readonly dataSource: DataSource,
    private readonly checks: readonly string[],
    private readonly clock: (manager: EntityManager) => Promise<Instant> = databaseClock,
  ) {}

  make(wanted: WantedAttestation, by: Requester): Promise<AttestationDecision> {
    return this.dataSource.transaction(async (manager) => {
      const { check, organization, answer, statement } = wanted;
      if (!this.checks.includes(check)) {
        const those =
          this.checks.length === 0 ? 'none of this version does' : `expected one of ${this.checks.join(', ')}`;
        return invalid('check', `is no check that takes an attestation; ${those}`);
      }
      await lockDecisionsBriefly(manager);
      const organizationId = await organizationNamed(manager, organization);
      if (organizationId === null) return invalid('organization', 'is none that was ever read');
      const now = await this.clock(manager);
      const expiry = expiryOf(wanted.expiresAt, now, lifeOfAttestations);
      if ('wrong' in expiry) return invalid('expiresAt', expiry.wrong);
      const [row]: { id: string }[] = await manager.query(
        `insert into attestation (check_id, organization_id, answer, statement, attested_at, attested_by, attested_token, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
        [check, organizationId, answer, statement, now, by.name, by.tokenId, expiry.at],
      );
      if (row === undefined) throw new Error('The attestation was not recorded.');
      const { number } = await recordChange(manager, {
        actor: by,
        action: 'attestation.made',
        subject: `attestation/${row.id}`,
        after: { check, organization, answer, expiresAt: expiry.at },
        reason: statement,
      });
      await manager.query('update attestation set made_entry = $2 where id = $1', [row.id, number]);
      return { outcome: 'decided', id: row.id };
    });
  }

  /** It counts no more, as if it had expired; one that was made before it does again, if it has not expired. */
  revoke(id: string, reason: string, by: Requester): Promise<AttestationDecision> {
    return this.dataSource.transaction(async (manager) => {
      await lockDecisionsBriefly(manager);
      const [row]: { check_id: string; answer: string; revoked_at: Date | null }[] = await manager.query(
        'select check_id, answer, revoked_at from attestation where id = $1',
        [id],
      );
      if (row === undefined) return refused('unknown', 'There is no attestation of this id.');
      if (row.revoked_at !== null) return inTheWay(`Attestation ${id} is revoked already.`);
      const now = await this.clock(manager);
      const { number } = await recordChange(manager, {
        actor: by,
        action: 'attestation.revoked',
        subject: `attestation/${id}`,
        before: { check: row.check_id, answer: row.answer },
        reason,
      });
      await manager.query(
        'update attestation set revoked_at = $2, revoked_by = $3, revoked_because = $4, revoked_entry = $5 where id = $1',
        [id, now, by.name, reason, number],
      );
      return { outcome: 'decided', id };
    });
  }
}
