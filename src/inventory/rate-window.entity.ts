import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What all processes together may still send with one credential until its rate window ends. See share-rates.ts. */
@Entity('rate_window')
export class RateWindowEntity {
  /** Its fingerprint. */
  @PrimaryColumn('text')
  credential: string;

  @Column('timestamptz', { name: 'ends_at' })
  endsAt: Date;

  /** Requests that no process has leased. */
  @Column('integer')
  unleased: number;

  /** Until then one process is left alone to find out about the next window. */
  @Column('timestamptz', { name: 'found_out_by', nullable: true })
  foundOutBy: Date | null;
}
