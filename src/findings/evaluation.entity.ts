import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One run of all checks over one snapshot per organization, one roster, one policy, one clock. */
@Entity('evaluation')
export class EvaluationEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('bigint')
  number: string;

  @Column('timestamptz')
  at: Date;

  @Column('timestamptz', { name: 'started_at' })
  startedAt: Date;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt: Date | null;

  @Column('bigint', { name: 'roster_id', nullable: true })
  rosterId: string | null;

  @Column('jsonb', { name: 'roster_dataset' })
  rosterDataset: object;

  @Column('text', { name: 'catalogue_version' })
  catalogueVersion: string;

  @Column('jsonb')
  policy: object;

  @Column('bigint', { name: 'decided_through', nullable: true })
  decidedThrough: string | null;

  @Column('bigint', { name: 'trail_number', nullable: true })
  trailNumber: string | null;

  @Column('text', { name: 'trail_hash', nullable: true })
  trailHash: string | null;

  @Column('timestamptz', { name: 'read_at', nullable: true })
  readAt: Date | null;

  @Column('timestamptz', { name: 'judged_at', nullable: true })
  judgedAt: Date | null;

  @Column('jsonb', { nullable: true })
  operation: object | null;

  @Column('text', { name: 'report_hash', nullable: true })
  reportHash: string | null;

  @Column('integer', { name: 'more_open', default: 0 })
  moreOpen: number;
}

@Entity('evaluated_snapshot')
export class EvaluatedSnapshotEntity {
  @PrimaryColumn('bigint', { name: 'evaluation_number' })
  evaluationNumber: string;

  @PrimaryColumn('bigint', { name: 'organization_id' })
  organizationId: string;

  @Column('bigint', { name: 'run_id' })
  runId: string;
}

@Entity('evaluated_check')
export class EvaluatedCheckEntity {
  @PrimaryColumn('bigint', { name: 'evaluation_number' })
  evaluationNumber: string;

  @PrimaryColumn('text', { name: 'check_id' })
  checkId: string;

  @Column('text')
  title: string;

  @Column('text')
  severity: string;

  @Column('text')
  status: string;

  @Column('integer')
  pass: number;

  @Column('integer')
  fail: number;

  @Column('integer')
  unknown: number;

  @Column('integer')
  error: number;

  @Column('integer', { name: 'not_applicable' })
  notApplicable: number;

  @Column('integer')
  excepted: number;
}
