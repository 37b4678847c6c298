import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** One hook of the configuration, and how it fares. */
@Entity('alert_channel')
export class AlertChannelEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('text')
  kind: string;

  @Column('text')
  fingerprint: string;

  @Column('text')
  label: string;

  @Column('bigint', { name: 'planned_through' })
  plannedThrough: string;

  @Column('timestamptz', { name: 'first_seen_at' })
  firstSeenAt: Date;

  @Column('timestamptz', { name: 'last_seen_at' })
  lastSeenAt: Date;

  @Column('timestamptz', { name: 'not_before', nullable: true })
  notBefore: Date | null;

  @Column('timestamptz', { name: 'failing_since', nullable: true })
  failingSince: Date | null;

  @Column('text', { name: 'last_error', nullable: true })
  lastError: string | null;

  @Column('timestamptz', { name: 'gone_at', nullable: true })
  goneAt: Date | null;

  @Column('text', { name: 'gone_because', nullable: true })
  goneBecause: string | null;
}

/** One message; its id is the delivery id that the receiver sees. */
@Entity('alert_message')
export class AlertMessageEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('bigint')
  number: string;

  @Column('bigint', { name: 'channel_id' })
  channelId: string;

  @Column('bigint', { name: 'evaluation_number', nullable: true })
  evaluationNumber: string | null;

  @Column('text')
  severity: string;

  @Column('text')
  state: 'waiting' | 'sending' | 'sent' | 'condensed' | 'refused';

  @Column('jsonb')
  digest: object;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('integer', { default: 0 })
  attempts: number;

  @Column('boolean', { default: false })
  ambiguous: boolean;

  @Column('boolean', { name: 'asked_again', default: false })
  askedAgain: boolean;

  @Column('timestamptz', { name: 'sent_at', nullable: true })
  sentAt: Date | null;

  @Column('uuid', { name: 'told_in', nullable: true })
  toldIn: string | null;

  @Column('text', { name: 'last_error', nullable: true })
  lastError: string | null;
}

/** Which finding a message tells of, and by which transition; without one it is a reminder. */
@Entity('alert_item')
export class AlertItemEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('uuid', { name: 'message_id' })
  messageId: string;

  @Column('bigint', { name: 'channel_id' })
  channelId: string;

  @Column('bigint', { name: 'finding_id' })
  findingId: string;

  @Column('bigint', { name: 'transition_id', nullable: true })
  transitionId: string | null;

  @Column('timestamptz')
  at: Date;
}
