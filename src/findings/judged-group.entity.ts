import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** Which evaluation the groups of one organization are of. */
@Entity('judged_state')
export class JudgedStateEntity {
  @PrimaryColumn('bigint', { name: 'organization_id' })
  organizationId: string;

  @Column('bigint', { name: 'evaluation_number' })
  evaluationNumber: string;

  @Column('text')
  policy: string;
}

/** What the last evaluation said of one thing that a source showed, as hashes. */
@Entity('judged_group')
export class JudgedGroupEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('bigint', { name: 'organization_id' })
  organizationId: string;

  @Column('text')
  source: string;

  @Column('text')
  subject: string;

  @Column('text')
  shape: string;

  @Column('text')
  digest: string;
}

/** A subject with a verdict that stands although nothing was judged for it. */
@Entity('judged_apart')
export class JudgedApartEntity {
  @PrimaryColumn('text', { name: 'check_id' })
  checkId: string;

  @PrimaryColumn('bigint', { name: 'organization_id' })
  organizationId: string;

  @PrimaryColumn('text', { name: 'subject_kind' })
  subjectKind: string;

  @PrimaryColumn('text', { name: 'subject_key' })
  subjectKey: string;
}
