import { Column, CreateDateColumn, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** One event of Docker Hub's audit log as a run first saw it. The database refuses to change or remove one. */
@Entity('audit_event')
export class AuditEventEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('bigint', { name: 'organization_id' })
  organizationId: string;

  /** The event's own id, or a hash of it where it has none. */
  @Column('text')
  key: string;

  /** Of what is kept. A second row of the same key is an event that says something else than before. */
  @Column('text')
  digest: string;

  @Column('timestamptz')
  at: Date;

  @Column('text')
  action: string;

  @Column('text', { nullable: true })
  actor: string | null;

  /** The label of the access token that it was done with. */
  @Column('text', { nullable: true })
  token: string | null;

  @Column('text', { nullable: true })
  name: string | null;

  @Column('jsonb')
  data: object;

  @Column('bigint', { name: 'run_id' })
  runId: string;

  @CreateDateColumn({ type: 'timestamptz', name: 'recorded_at', default: () => 'clock_timestamp()' })
  recordedAt: Date;
}

/** A stretch of time that a run set out to read. */
@Entity('audit_window')
export class AuditWindowEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('bigint', { name: 'organization_id' })
  organizationId: string;

  @Column('bigint', { name: 'run_id' })
  runId: string;

  @Column('timestamptz', { name: 'from_at' })
  fromAt: Date;

  @Column('timestamptz', { name: 'to_at' })
  toAt: Date;

  /** Since when, up to its end, every event was seen; null: of no part of it. */
  @Column('timestamptz', { name: 'covered_from', nullable: true })
  coveredFrom: Date | null;

  @Column('integer')
  events: number;

  @CreateDateColumn({ type: 'timestamptz', name: 'recorded_at', default: () => 'clock_timestamp()' })
  recordedAt: Date;
}

/** What a whole reading of an archived event's time newly said of it. */
@Entity('audit_absence')
export class AuditAbsenceEntity {
  @PrimaryColumn('bigint', { name: 'run_id' })
  runId: string;

  @PrimaryColumn('bigint', { name: 'event_id' })
  eventId: string;

  @Column('boolean')
  absent: boolean;

  @CreateDateColumn({ type: 'timestamptz', name: 'recorded_at', default: () => 'clock_timestamp()' })
  recordedAt: Date;
}
