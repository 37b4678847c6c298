import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { severities, subjectKinds, type Instant, type Severity, type SubjectKind } from '../checks/check.js';
import { dispositions, outcomes, type Disposition, type Outcome } from '../findings/report.js';

export const findingStatuses = ['open', 'resolved'] as const;
export type FindingStatus = (typeof findingStatuses)[number];
const transitionKinds = [
  'opened',
  'reopened',
  'overdue',
  'acknowledged',
  'resolved',
  'excepted',
  'exception_expiring',
  'exception_expired',
  'exception_voided',
  'exception_revoked',
] as const;

export class FindingSubject {
  @ApiProperty({ type: String, enum: [...subjectKinds] })
  readonly kind: SubjectKind;

  @ApiProperty({
    type: String,
    description: 'Of an account, its Hub user id; of an account of a critical system, both by `/`.',
  })
  readonly id: string;

  @ApiProperty({ type: String, description: 'Of an account, its username; of an invite, whom it invites.' })
  readonly name: string;

  @ApiPropertyOptional({ type: String, description: 'The critical system that the account is judged for.' })
  readonly system?: string;
}

export class Finding {
  @ApiProperty({ type: String })
  readonly id: string;

  @ApiProperty({ type: String })
  readonly check: string;

  @ApiProperty({ type: String, description: 'The good case, that the subject is not in.' })
  readonly title: string;

  @ApiProperty({ type: String, enum: [...severities], description: 'As it was when the finding opened.' })
  readonly severity: Severity;

  @ApiProperty({ type: String, nullable: true, description: 'Null for the roster alone.' })
  readonly organization: string | null;

  @ApiProperty({ type: FindingSubject })
  readonly subject: FindingSubject;

  @ApiProperty({ type: String, enum: [...findingStatuses] })
  readonly status: FindingStatus;

  @ApiProperty({
    type: String,
    enum: [...dispositions],
    description: 'By the clock of the evaluation; `none` once it is resolved.',
  })
  readonly disposition: Disposition;

  @ApiProperty({ type: String, description: 'Why the subject failed, the last time that it did: a code.' })
  readonly reason: string;

  @ApiProperty({ type: String, description: 'The same for people.' })
  readonly message: string;

  @ApiProperty({
    type: String,
    enum: [...outcomes, null],
    nullable: true,
    description:
      'What the evaluation said of the subject: `unknown` or `error` while the data is incomplete. Null: nothing, as the ' +
      'subject or the check is gone, or the finding is newer than the evaluation.',
  })
  readonly verdict: Outcome | null;

  @ApiProperty({ type: String, format: 'date-time', description: 'The evaluation that found it.' })
  readonly firstSeenAt: Instant;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description:
      'Since when it is true, as far as was known when it was found: of somebody who has left, the end of the last working ' +
      'day. Without any other instant, `firstSeenAt`.',
  })
  readonly beganAt: Instant;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly dueAt: Instant;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly acknowledgedAt: Instant | null;

  @ApiProperty({ type: String, nullable: true, description: 'The name of the API token.' })
  readonly acknowledgedBy: string | null;

  @ApiProperty({ type: String, nullable: true })
  readonly acknowledgedReason: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly resolvedAt: Instant | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The reason of the passing verdict, `REMOVED_IN_SOURCE` or `POLICY_CHANGED`.',
  })
  readonly resolvedBecause: string | null;

  @ApiProperty({ type: Number, description: 'How often it came back after it had been resolved or excepted.' })
  readonly reopened: number;

  @ApiProperty({ type: String, nullable: true, description: 'The finding about the same subject before this one.' })
  readonly recurrenceOf: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The id of the exception under which it stands.' })
  readonly exception: string | null;
}

export class FindingTransition {
  @ApiProperty({ type: String, format: 'date-time' })
  readonly at: Instant;

  @ApiProperty({ type: String, enum: [...transitionKinds] })
  readonly kind: (typeof transitionKinds)[number];

  @ApiProperty({ type: String, nullable: true, description: 'A code, or what somebody wrote.' })
  readonly because: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Who did it by hand; null: an evaluation or the service.' })
  readonly by: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Null: it happened between two evaluations.',
  })
  readonly evaluation: string | null;
}

export class FindingDetail extends Finding {
  @ApiProperty({ type: String, description: 'The risk.' })
  readonly why: string;

  @ApiProperty({ type: String, description: 'What the owner does about it.' })
  readonly remedy: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What the last verdict about the subject rests on.',
  })
  readonly facts: Readonly<Record<string, unknown>>;

  @ApiProperty({ type: [FindingTransition], description: 'Oldest first.' })
  readonly history: readonly FindingTransition[];
}
