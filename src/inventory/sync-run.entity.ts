import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** One reading of one organization; its id is the snapshot's number once `state` is `sealed`. Nobody may read it before. */
@Entity('sync_run')
export class SyncRunEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('bigint', { name: 'organization_id' })
  organizationId: string;

  /** `running`, `paused`, `verifying`, `sealed` or `rejected`. */
  @Column('text')
  state: string;

  @Column('integer', { default: 1 })
  fence: number;

  /** Fingerprints of the credentials that were configured when it was last taken up. */
  @Column('text', { array: true })
  credentials: string[];

  @Column('integer', { default: 0 })
  pages: number;

  @Column('timestamptz', { name: 'started_at' })
  startedAt: Date;

  @Column('timestamptz', { name: 'believed_at' })
  believedAt: Date;

  @Column('timestamptz', { name: 'sealed_at', nullable: true })
  sealedAt: Date | null;
}

/** How one dataset of a sealed run ended: one line of the report's `datasets`. */
@Entity('dataset_reading')
export class DatasetReadingEntity {
  @PrimaryColumn('bigint', { name: 'run_id' })
  runId: string;

  @PrimaryColumn('text')
  dataset: string;

  @Column('text')
  status: string;

  @Column('text', { nullable: true })
  reason: string | null;

  @Column('text', { nullable: true })
  message: string | null;

  @Column('integer')
  received: number;

  @Column('integer', { nullable: true })
  reported: number | null;

  @Column('timestamptz', { name: 'fetched_at', nullable: true })
  fetchedAt: Date | null;

  /** Every credential that read a part of it, as a `CredentialIdentity` of the Docker Hub client. */
  @Column('jsonb', { name: 'read_as', nullable: true })
  readAs: object[] | null;
}
