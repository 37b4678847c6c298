import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One attempt at an evaluation, from the moment that somebody asked for it; its id is the evaluation's. */
@Entity('run')
export class RunEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('bigint')
  number: string;

  @Column('text')
  cause: 'schedule' | 'request' | 'command';

  @Column('text', { name: 'requested_by', nullable: true })
  requestedBy: string | null;

  @Column('text')
  state: 'waiting' | 'running' | 'finished' | 'failed';

  @Column('timestamptz', { name: 'requested_at' })
  requestedAt: Date;

  @Column('timestamptz', { nullable: true })
  at: Date | null;

  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt: Date | null;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt: Date | null;

  @Column('integer', { default: 0 })
  attempts: number;

  @Column('integer', { default: 0 })
  failures: number;

  @Column('timestamptz', { name: 'not_before', nullable: true })
  notBefore: Date | null;

  @Column('jsonb', { default: [] })
  progress: object;

  @Column('text', { nullable: true })
  message: string | null;
}

/** A night that was due: the first process that adds the row has it. */
@Entity('schedule_slot')
export class ScheduleSlotEntity {
  @PrimaryColumn('timestamptz')
  slot: Date;

  @Column('uuid', { name: 'run_id' })
  runId: string;

  @Column('timestamptz', { name: 'claimed_at' })
  claimedAt: Date;
}

/** An organization that a run at work has to have read; see the migration for what says that it is. */
@Entity('run_reading')
export class RunReadingEntity {
  @PrimaryColumn('uuid', { name: 'run_id' })
  runId: string;

  @PrimaryColumn('text')
  organization: string;

  @Column('bigint', { name: 'newer_than' })
  newerThan: string;

  @Column('text', { array: true })
  credentials: string[];

  @Column('timestamptz')
  deadline: Date;

  @Column('timestamptz', { name: 'not_before', nullable: true })
  notBefore: Date | null;

  @Column('text', { nullable: true })
  failure: string | null;
}
