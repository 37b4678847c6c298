import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

export const lossStates = ['held', 'released', 'refused', 'believed', 'settled'] as const;
export type LossState = (typeof lossStates)[number];

/** A dataset that lost too much, which nothing confirmed. */
@Entity('held_loss')
export class HeldLossEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('bigint', { name: 'organization_id' })
  organizationId: string;

  @Column('bigint', { name: 'run_id' })
  runId: string;

  @Column('text')
  dataset: string;

  @Column('text')
  shape: string;

  @Column('integer')
  had: number;

  @Column('integer')
  lost: number;

  @Column('text', { array: true })
  sample: string[];

  @Column('text')
  state: LossState;

  @Column('timestamptz', { name: 'held_at' })
  heldAt: Date;

  @Column('timestamptz', { name: 'decided_at', nullable: true })
  decidedAt: Date | null;

  @Column('text', { name: 'decided_by', nullable: true })
  decidedBy: string | null;

  @Column('text', { name: 'decision_reason', nullable: true })
  decisionReason: string | null;

  @Column('bigint', { name: 'ended_run', nullable: true })
  endedRun: string | null;

  /** By the machine's clock: since when the row is as it is. */
  @Column('timestamptz', { name: 'recorded_at', default: () => 'clock_timestamp()' })
  recordedAt: Date;
}
