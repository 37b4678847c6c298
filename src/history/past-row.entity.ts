import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** What a row of another table was, by the machine's clock, from `recordedAt` until `replacedAt`. Written by its trigger. */
@Entity('past_row')
export class PastRowEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('text', { name: 'table_name' })
  tableName: string;

  @Column('jsonb')
  row: object;

  @Column('timestamptz', { name: 'recorded_at' })
  recordedAt: Date;

  @Column('timestamptz', { name: 'replaced_at' })
  replacedAt: Date;
}
