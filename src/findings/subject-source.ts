import type { QueryRunner } from 'typeorm';
import type { Instant, SubjectKind } from '../checks/check.js';
import type { DecidedException } from '../checks/privilege-facts.js';
import type { JudgedPolicy } from './policy.js';

export interface JudgedSubject {
  readonly kind: SubjectKind;
  readonly key: string;
  readonly name: string;
  readonly system: string | null;
}

/** One snapshot of one organization at the run's clock. */
export interface SourceInput {
  readonly organizationId: string;
  readonly organization: string;
  readonly snapshot: string;
  readonly now: Instant;
  readonly policy: JudgedPolicy;
  /** Exceptions that stand, whatever they are about. */
  readonly exceptions: readonly DecidedException[];
}

/**
 * Subjects of one kind with their facts, as one snapshot shows them. Rows that an incomplete listing left unverified are left
 * out: record.ts knows from the verdicts of the night before that they were there.
 */
export interface SubjectSource {
  /** What a check's `source` names. */
  readonly name: string;
  /** Streams; the connection serves nothing else meanwhile. */
  subjects(
    runner: QueryRunner,
    about: SourceInput,
  ): AsyncIterable<{ readonly subject: JudgedSubject; readonly facts: unknown }>;
}
