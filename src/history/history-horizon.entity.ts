import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Where history begins since some of it was removed; no row: nothing ever was. */
@Entity('history_horizon')
export class HistoryHorizonEntity {
  @PrimaryColumn('boolean', { default: true })
  single: boolean;

  @Column('bigint', { name: 'evaluation_number' })
  evaluationNumber: string;

  @Column('timestamptz', { name: 'begins_at' })
  beginsAt: Date;

  @Column('timestamptz', { name: 'facts_at' })
  factsAt: Date;

  @Column('timestamptz', { name: 'past_until' })
  pastUntil: Date;

  @Column('text')
  state: 'removing' | 'removed';

  @Column('jsonb', { default: {} })
  removed: Readonly<Record<string, number>>;

  @Column('timestamptz', { name: 'moved_at' })
  movedAt: Date;
}
