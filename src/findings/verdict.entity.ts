import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** What was judged of one subject, true in the evaluations [firstEvaluation, lastEvaluation). */
@Entity('verdict')
export class VerdictEntity {
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
  outcome: string;

  @Column('text')
  reason: string;

  @Column('text')
  message: string;

  @Column('jsonb')
  facts: object;

  @Column('timestamptz')
  since: Date;

  @Column('bigint', { name: 'first_evaluation' })
  firstEvaluation: string;

  @Column('bigint', { name: 'last_evaluation', nullable: true })
  lastEvaluation: string | null;
}
