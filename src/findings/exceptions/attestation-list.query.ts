import type { EntityManager } from 'typeorm';

export interface AttestationRow {
  readonly id: string;
  readonly check: string;
  readonly organization: string;
  readonly answer: 'yes' | 'no';
  readonly statement: string;
  readonly attested_at: Date;
  readonly attested_by: string;
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
  readonly revoked_by: string | null;
  readonly revoked_because: string | null;
}

export interface WantedAttestations {
  readonly check?: readonly string[];
  readonly organization?: readonly string[];
}

/** Newest first, those before `after`. */
export async function findAttestations(
  manager: EntityManager,
  wanted: WantedAttestations & { readonly id?: string },
  after: string | null,
  limit: number,
): Promise<AttestationRow[]> {
  return manager.query(
    `select attestation.id, attestation.check_id as "check", organization.name as organization, attestation.answer,
            attestation.statement, attestation.attested_at, attestation.attested_by, attestation.expires_at,
            attestation.revoked_at, attestation.revoked_by, attestation.revoked_because
       from attestation join organization on organization.id = attestation.organization_id
      where ($1::text[] is null or attestation.check_id = any ($1)) and ($2::text[] is null or organization.name = any ($2))
        and ($3::bigint is null or attestation.id = $3) and ($4::bigint is null or attestation.id < $4)
      order by attestation.id desc limit $5`,
    [wanted.check ?? null, wanted.organization ?? null, wanted.id ?? null, after, limit],
  );
}
