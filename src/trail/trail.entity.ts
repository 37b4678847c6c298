import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One change that was made in the product. The database refuses to change or remove a row. */
@Entity('trail_entry')
export class TrailEntryEntity {
  @PrimaryColumn('bigint')
  number: string;

  @Column({ type: 'timestamptz', precision: 3 })
  at: Date;

  @Column('text')
  actor: string;

  @Column('uuid', { name: 'actor_token', nullable: true })
  actorToken: string | null;

  @Column('text')
  action: string;

  @Column('text')
  subject: string;

  @Column('jsonb', { nullable: true })
  before: unknown;

  @Column('jsonb', { nullable: true })
  after: unknown;

  @Column('text', { nullable: true })
  reason: string | null;

  @Column('text', { name: 'previous_hash' })
  previousHash: string;

  @Column('text')
  hash: string;
}

/** The entry that was written last. One row. */
@Entity('trail_head')
export class TrailHeadEntity {
  @PrimaryColumn('boolean', { default: true })
  single: boolean;

  @Column('bigint')
  number: string;

  @Column('text')
  hash: string;
}

/** What one of two people has said about something that only two can decide. */
@Entity('voice')
export class VoiceEntity {
  @PrimaryColumn('text')
  subject: string;

  @Column('text')
  decision: string;

  @Column('text')
  reason: string;

  @Column('text')
  actor: string;

  @Column('uuid', { name: 'actor_token', nullable: true })
  actorToken: string | null;

  @Column('timestamptz')
  at: Date;
}
