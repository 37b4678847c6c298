import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/**
 * Why a link ended. `DECLARED_OTHERWISE`: the configuration names another person. `DECLARED_SERVICE_ACCOUNT`: it names it
 * a service account. `DECLARATION_REMOVED`: the link was declared, and is not any more. `TAKEN_BACK`: somebody said that it is
 * wrong, so that keys do not tie the two again.
 */
export const endedBecause = [
  'DECLARED_OTHERWISE',
  'DECLARED_SERVICE_ACCOUNT',
  'DECLARATION_REMOVED',
  'TAKEN_BACK',
] as const;
export type EndedBecause = (typeof endedBecause)[number];

/** The source of a link that somebody made by hand. */
export const manual = 'manual';

/** What a link rests on, as it was when the link was made; the account's address may have changed since. */
export interface LinkEvidence {
  readonly username: string | null;
  readonly email: string | null;
  /** The keys that account and person shared; none where the link was declared or made by hand. */
  readonly keys: readonly { readonly matcher: string; readonly key: string }[];
  /** Of a link that was made by hand: who made it, and why. */
  readonly by?: string;
  readonly reason?: string;
}

/** Whose account or invite it is. Written by `LinkAccounts` and `LinkDecisions`; never deleted, only ended. */
@Entity('link')
export class LinkEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('bigint', { name: 'organization_id' })
  organizationId: string;

  @Column('text', { name: 'subject_kind' })
  subjectKind: 'account' | 'invite';

  /** The Hub user id of an account, the id of an invite. */
  @Column('text', { name: 'subject_key' })
  subjectKey: string;

  @Column('text', { name: 'employee_id' })
  employeeId: string;

  /** `declared`, `manual`, or the id of the matcher that made it. */
  @Column('text')
  source: string;

  @Column('jsonb')
  evidence: LinkEvidence;

  @Column('timestamptz', { name: 'linked_at' })
  linkedAt: Date;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt: Date | null;

  @Column('text', { name: 'ended_because', nullable: true })
  endedBecause: EndedBecause | null;

  /** Who took it back by hand, and why. */
  @Column('text', { name: 'ended_by', nullable: true })
  endedBy: string | null;

  @Column('text', { name: 'ended_reason', nullable: true })
  endedReason: string | null;

  /** By the machine's clock: since when the row is as it is. */
  @Column('timestamptz', { name: 'recorded_at', default: () => 'clock_timestamp()' })
  recordedAt: Date;
}
