import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** One list of people that could be read. */
@Entity('roster')
export class RosterEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('text')
  source: string;

  @Column('text')
  format: string;

  @Column('text')
  content: string;

  @Column('text')
  fingerprint: string;

  @Column('text', { name: 'time_zone' })
  timeZone: string;

  @Column('boolean', { name: 'current_staff_only' })
  currentStaffOnly: boolean;

  @Column('text', { array: true })
  columns: string[];

  @Column('timestamptz', { name: 'as_of' })
  asOf: Date;

  @Column('timestamptz', { name: 'read_at' })
  readAt: Date;

  @Column('text')
  state: string;

  @Column('integer')
  people: number;

  @Column('integer')
  employed: number;

  @Column('integer', { default: 0 })
  lost: number;

  @Column('jsonb', { name: 'refused_rows', default: [] })
  refusedRows: unknown;

  @Column('timestamptz', { name: 'decided_at', nullable: true })
  decidedAt: Date | null;

  @Column('text', { name: 'decided_by', nullable: true })
  decidedBy: string | null;

  @Column('text', { name: 'decision_reason', nullable: true })
  decisionReason: string | null;

  /** By the machine's clock: since when the row is as it is. */
  @Column('timestamptz', { name: 'recorded_at', default: () => 'clock_timestamp()' })
  recordedAt: Date;
}

/** What one attempt to read the roster came to. */
@Entity('roster_reading')
export class RosterReadingEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('bigint', { name: 'roster_id', nullable: true })
  rosterId: string | null;

  @Column('timestamptz', { name: 'read_at' })
  readAt: Date;

  @Column('text')
  outcome: string;

  @Column('text', { nullable: true })
  message: string | null;

  /** By the machine's clock: since when the row is as it is. */
  @Column('timestamptz', { name: 'recorded_at', default: () => 'clock_timestamp()' })
  recordedAt: Date;
}

/** Somebody in a roster that waits for a decision. */
@Entity('roster_candidate')
export class RosterCandidateEntity {
  @PrimaryColumn('bigint', { name: 'roster_id' })
  rosterId: string;

  @PrimaryColumn('text', { name: 'employee_id' })
  employeeId: string;

  @Column('jsonb')
  data: unknown;
}
