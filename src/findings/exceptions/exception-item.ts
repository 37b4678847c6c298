import { ApiProperty } from '@nestjs/swagger';
import { subjectKinds, type Instant, type SubjectKind } from '../../checks/check.js';
import type { ExceptionRow } from './exception-list.query.js';
import { exceptionStates, type ExceptionState } from './exception.entity.js';

export class ExceptionSubject {
  @ApiProperty({ type: String, enum: [...subjectKinds, null], nullable: true, description: 'Null: of whatever kind.' })
  readonly kind: SubjectKind | null;

  @ApiProperty({
    type: String,
    description: 'The id of the subject; of a pattern, a name or id in which `*` stands for any run of characters.',
  })
  readonly id: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'As it was called when somebody asked; null of a pattern.',
  })
  readonly name: string | null;
}

export class ExceptionItem {
  @ApiProperty({ type: String })
  readonly id: string;

  @ApiProperty({
    type: String,
    enum: exceptionStates,
    description:
      '`voided`: what was accepted has changed. `replaced`: by a later one for the same subject. Only `approved` ones except anything.',
  })
  readonly state: ExceptionState;

  @ApiProperty({ type: String })
  readonly check: string;

  @ApiProperty({ type: String, nullable: true, description: 'Null for the roster alone.' })
  readonly organization: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The finding that it was asked for; null: it is for a pattern.',
  })
  readonly finding: string | null;

  @ApiProperty({ type: ExceptionSubject })
  readonly subject: ExceptionSubject;

  @ApiProperty({ type: String })
  readonly reason: string;

  @ApiProperty({ type: String, nullable: true, description: 'What keeps the risk small meanwhile.' })
  readonly compensatingControl: string | null;

  @ApiProperty({ type: Number, description: 'Open findings that it is about now, approved or not.' })
  readonly matches: number;

  @ApiProperty({ type: Number, description: 'Open findings that stand under it.' })
  readonly excepted: number;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly requestedAt: Instant;

  @ApiProperty({ type: String, description: 'The name of the API token.' })
  readonly requestedBy: string;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly expiresAt: Instant;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it was approved or refused.' })
  readonly decidedAt: Instant | null;

  @ApiProperty({ type: String, nullable: true })
  readonly decidedBy: string | null;

  @ApiProperty({ type: String, nullable: true })
  readonly decisionReason: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Null: it stands, or never stood.' })
  readonly endedAt: Instant | null;

  @ApiProperty({ type: String, nullable: true, description: 'Null: it ended by itself.' })
  readonly endedBy: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'A code, such as `ROLE_ROSE`, or what somebody wrote.' })
  readonly endedBecause: string | null;
}

export const exceptionColumns = [
  'id',
  'state',
  'check',
  'organization',
  'finding',
  'subject.kind',
  'subject.id',
  'subject.name',
  'reason',
  'compensatingControl',
  'matches',
  'excepted',
  'requestedAt',
  'requestedBy',
  'expiresAt',
  'decidedAt',
  'decidedBy',
  'decisionReason',
  'endedAt',
  'endedBy',
  'endedBecause',
] as const;

export function exceptionItem(row: ExceptionRow): ExceptionItem {
  return {
    id: row.id,
    state: row.state,
    check: row.check,
    organization: row.organization,
    finding: row.finding,
    subject: { kind: row.subject_kind, id: row.subject, name: row.subject_name },
    reason: row.reason,
    compensatingControl: row.compensating_control,
    matches: row.matches,
    excepted: row.excepted,
    requestedAt: row.requested_at.toISOString(),
    requestedBy: row.requested_by,
    expiresAt: row.expires_at.toISOString(),
    decidedAt: row.decided_at?.toISOString() ?? null,
    decidedBy: row.decided_by,
    decisionReason: row.decision_reason,
    endedAt: row.ended_at?.toISOString() ?? null,
    endedBy: row.ended_by,
    endedBecause: row.ended_because,
  };
}
