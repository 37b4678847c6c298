import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An evaluation at work that has others judge slices of it; see the migration for what says that one is being judged. */
@Entity('evaluation_at_work')
export class EvaluationAtWorkEntity {
  @PrimaryColumn('uuid')
  attempt: string;

  @Column('json')
  task: object;
}

@Entity('evaluation_slice')
export class EvaluationSliceEntity {
  @PrimaryColumn('uuid')
  attempt: string;

  @PrimaryColumn('integer')
  number: number;

  @Column('json')
  slice: object;

  @Column('bigint', { nullable: true })
  subjects: string | null;

  @Column('integer', { nullable: true })
  parts: number | null;
}

@Entity('evaluation_part')
export class EvaluationPartEntity {
  @PrimaryColumn('uuid')
  attempt: string;

  @PrimaryColumn('integer')
  number: number;

  @PrimaryColumn('integer')
  position: number;

  @Column('text')
  place: string;

  @Column('bytea')
  lines: Buffer;
}
