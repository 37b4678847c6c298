import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A failing (check, subject) over time. Open while `resolvedAt` is null; severity and due date are frozen at opening. */
@Entity('finding')
export class FindingEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('text', { name: 'check_id' })
  checkId: string;

  /** 0 for the roster, which belongs to no organization. */
  @Column('bigint', { name: 'organization_id' })
  organizationId: string;

  @Column('text', { name: 'subject_kind' })
  subjectKind: string;

  @Column('text', { name: 'subject_key' })
  subjectKey: string;

  @Column('text', { name: 'subject_name' })
  subjectName: string;

  @Column('text', { name: 'subject_system', nullable: true })
  subjectSystem: string | null;

  @Column('text')
  severity: string;

  @Column('text')
  reason: string;

  @Column('text')
  message: string;

  @Column('timestamptz', { name: 'first_seen_at' })
  firstSeenAt: Date;

  /** Since when it is true, as far as it was known when it was opened; null: since it was first seen. */
  @Column('timestamptz', { name: 'began_at', nullable: true })
  beganAt: Date | null;

  @Column('timestamptz', { name: 'due_at' })
  dueAt: Date;

  @Column('timestamptz', { name: 'acknowledged_at', nullable: true })
  acknowledgedAt: Date | null;

  @Column('text', { name: 'acknowledged_by', nullable: true })
  acknowledgedBy: string | null;

  @Column('text', { name: 'acknowledged_reason', nullable: true })
  acknowledgedReason: string | null;

  @Column('timestamptz', { name: 'resolved_at', nullable: true })
  resolvedAt: Date | null;

  @Column('text', { name: 'resolved_because', nullable: true })
  resolvedBecause: string | null;

  @Column('integer', { default: 0 })
  reopened: number;

  @Column('boolean', { name: 'overdue_noted', default: false })
  overdueNoted: boolean;

  @Column('bigint', { name: 'recurrence_of', nullable: true })
  recurrenceOf: string | null;

  /** The exception under which it stands; it stays open. */
  @Column('bigint', { name: 'excepted_by', nullable: true })
  exceptedBy: string | null;

  /** By the machine's clock: since when the row is as it is. */
  @Column('timestamptz', { name: 'recorded_at', default: () => 'clock_timestamp()' })
  recordedAt: Date;
}

/** One change of a finding, written with the verdicts that caused it. These rows are the outbox of the alerts. */
@Entity('finding_transition')
export class FindingTransitionEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('bigint', { name: 'finding_id' })
  findingId: string;

  @Column('bigint', { name: 'evaluation_number', nullable: true })
  evaluationNumber: string | null;

  @Column('timestamptz')
  at: Date;

  @Column('text')
  kind: string;

  @Column('text', { nullable: true })
  because: string | null;
  /** Who did it by hand; null: the engine. */
  @Column('text', { nullable: true })
  by: string | null;

  /** Of a transition that an exception made. */
  @Column('bigint', { name: 'exception_id', nullable: true })
  exceptionId: string | null;

  /** By the machine's clock: since when the row is as it is. */
  @Column('timestamptz', { name: 'recorded_at', default: () => 'clock_timestamp()' })
  recordedAt: Date;
}
