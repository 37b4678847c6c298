import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

export const exceptionStates = [
  'requested',
  'approved',
  'refused',
  'revoked',
  'voided',
  'expired',
  'replaced',
] as const;
export type ExceptionState = (typeof exceptionStates)[number];

/** A decision to accept what fails: one finding, or whatever a pattern matches. */
@Entity('exception')
export class ExceptionEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  /** Null: it is for a pattern. */
  @Column('bigint', { name: 'finding_id', nullable: true })
  findingId: string | null;

  @Column('text', { name: 'check_id' })
  checkId: string;

  @Column('bigint', { name: 'organization_id' })
  organizationId: string;

  @Column('text', { name: 'subject_kind', nullable: true })
  subjectKind: string | null;

  @Column('text')
  subject: string;

  @Column('text', { name: 'subject_name', nullable: true })
  subjectName: string | null;

  @Column('text')
  reason: string;

  @Column('text', { name: 'compensating_control', nullable: true })
  compensatingControl: string | null;

  @Column('jsonb', { nullable: true })
  accepted: unknown;

  @Column('text')
  state: ExceptionState;

  @Column('timestamptz', { name: 'requested_at' })
  requestedAt: Date;

  @Column('text', { name: 'requested_by' })
  requestedBy: string;

  @Column('uuid', { name: 'requested_token', nullable: true })
  requestedToken: string | null;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  @Column('timestamptz', { name: 'decided_at', nullable: true })
  decidedAt: Date | null;

  @Column('text', { name: 'decided_by', nullable: true })
  decidedBy: string | null;

  @Column('uuid', { name: 'decided_token', nullable: true })
  decidedToken: string | null;

  @Column('text', { name: 'decision_reason', nullable: true })
  decisionReason: string | null;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt: Date | null;

  @Column('text', { name: 'ended_by', nullable: true })
  endedBy: string | null;

  @Column('text', { name: 'ended_because', nullable: true })
  endedBecause: string | null;

  @Column('bigint', { name: 'approved_entry', nullable: true })
  approvedEntry: string | null;

  @Column('bigint', { name: 'ended_entry', nullable: true })
  endedEntry: string | null;

  @Column('smallint', { nullable: true })
  reminded: number | null;

  /** By the machine's clock: since when the row is as it is. */
  @Column('timestamptz', { name: 'recorded_at', default: () => 'clock_timestamp()' })
  recordedAt: Date;
}

/** A finding under an exception, and what was accepted of it. */
@Entity('excepted_finding')
export class ExceptedFindingEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('bigint', { name: 'exception_id' })
  exceptionId: string;

  @Column('bigint', { name: 'finding_id' })
  findingId: string;

  @Column('jsonb')
  accepted: unknown;

  @Column('timestamptz', { name: 'started_at' })
  startedAt: Date;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt: Date | null;

  @Column('text', { name: 'ended_because', nullable: true })
  endedBecause: string | null;

  @Column('text', { name: 'ended_cause', nullable: true })
  endedCause: string | null;

  @Column('bigint', { name: 'first_evaluation', nullable: true })
  firstEvaluation: string | null;

  @Column('bigint', { name: 'last_evaluation', nullable: true })
  lastEvaluation: string | null;

  /** By the machine's clock: since when the row is as it is. */
  @Column('timestamptz', { name: 'recorded_at', default: () => 'clock_timestamp()' })
  recordedAt: Date;
}

/** Somebody vouches for what no source shows. */
@Entity('attestation')
export class AttestationEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('text', { name: 'check_id' })
  checkId: string;

  @Column('bigint', { name: 'organization_id' })
  organizationId: string;

  @Column('text')
  answer: 'yes' | 'no';

  @Column('text')
  statement: string;

  @Column('timestamptz', { name: 'attested_at' })
  attestedAt: Date;

  @Column('text', { name: 'attested_by' })
  attestedBy: string;

  @Column('uuid', { name: 'attested_token', nullable: true })
  attestedToken: string | null;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;

  @Column('text', { name: 'revoked_by', nullable: true })
  revokedBy: string | null;

  @Column('text', { name: 'revoked_because', nullable: true })
  revokedBecause: string | null;

  @Column('bigint', { name: 'made_entry', nullable: true })
  madeEntry: string | null;

  @Column('bigint', { name: 'revoked_entry', nullable: true })
  revokedEntry: string | null;

  /** By the machine's clock: since when the row is as it is. */
  @Column('timestamptz', { name: 'recorded_at', default: () => 'clock_timestamp()' })
  recordedAt: Date;
}
