import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/**
 * What Docker Hub showed, true in the snapshots [firstSnapshot, lastSnapshot) of its organization; still true where
 * `lastSnapshot` is null. A range ends only where a complete listing no longer had the row, or had it otherwise.
 */
@Entity('observation')
export class ObservationEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('bigint', { name: 'organization_id' })
  organizationId: string;

  @Column('text')
  dataset: string;

  @Column('text')
  key: string;

  @Column('jsonb')
  data: object;

  @Column('bigint', { name: 'first_snapshot' })
  firstSnapshot: string;

  @Column('bigint', { name: 'last_snapshot', nullable: true })
  lastSnapshot: string | null;
}

/** A row in whose range the snapshot lies, although its listing was incomplete there and did not show it. */
@Entity('unverified')
export class UnverifiedEntity {
  @PrimaryColumn('bigint')
  snapshot: string;

  @PrimaryColumn('bigint', { name: 'observation_id' })
  observationId: string;
}

/** Up to which snapshot fold-observations.query.ts has been through an organization's rows. */
@Entity('folded_snapshot')
export class FoldedSnapshotEntity {
  @PrimaryColumn('bigint', { name: 'organization_id' })
  organizationId: string;

  @Column('bigint')
  snapshot: string;
}
