import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ShownSuggestion } from './suggest.js';

/** An account or invite of the last matching that is nobody's: several candidates, or at best people who resemble it. */
@Entity('unmatched')
export class UnmatchedEntity {
  @PrimaryColumn('bigint', { name: 'organization_id' })
  organizationId: string;

  @PrimaryColumn('text', { name: 'subject_kind' })
  subjectKind: 'account' | 'invite';

  @PrimaryColumn('text', { name: 'subject_key' })
  subjectKey: string;

  /** Employee ids of those who hold one of its keys; empty, or at least two. */
  @Column('text', { array: true })
  candidates: string[];

  @Column('jsonb')
  suggestions: readonly ShownSuggestion[];

  /** By the machine's clock: since when the row is as it is. */
  @Column('timestamptz', { name: 'recorded_at', default: () => 'clock_timestamp()' })
  recordedAt: Date;
}
