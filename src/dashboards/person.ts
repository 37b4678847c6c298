import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Instant } from '../findings/report.js';
import { outcomes, type Outcome } from '../findings/report.js';
import { Account } from './account.js';
import { Link } from './link.js';

export const employmentStates = ['employed', 'not_started', 'ended', 'unknown'] as const;
export type EmploymentState = (typeof employmentStates)[number];

export class PersonEmployment {
  @ApiProperty({ type: String, enum: [...employmentStates] })
  readonly state: EmploymentState;

  @ApiProperty({ type: String, format: 'date', nullable: true, description: 'Of somebody who has not started.' })
  readonly firstDay: string | null;

  @ApiProperty({ type: String, format: 'date', nullable: true, description: 'The last working day, inclusive.' })
  readonly lastDay: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'The first instant after it.' })
  readonly endedAt: Instant | null;

  @ApiProperty({
    type: Boolean,
    description: 'HR gave no date: it ended when a roster first said so, or lacked the person.',
  })
  readonly inferred: boolean;

  @ApiProperty({ type: String, nullable: true, description: 'Why it is unknown: a code.' })
  readonly reason: string | null;
}

export class Person {
  @ApiProperty({ type: String, description: 'The employee id.' })
  readonly id: string;

  @ApiProperty({ type: String, nullable: true })
  readonly name: string | null;

  @ApiProperty({ type: String, nullable: true })
  readonly workEmail: string | null;

  @ApiProperty({ type: PersonEmployment, description: 'At `asOf`, else by the clock of the evaluation.' })
  readonly employment: PersonEmployment;

  @ApiProperty({ type: String, nullable: true, description: 'Null: HR left it blank, or does not say.' })
  readonly department: string | null;

  @ApiProperty({ type: String, nullable: true })
  readonly jobTitle: string | null;

  @ApiProperty({ type: String, nullable: true })
  readonly employmentType: string | null;

  @ApiProperty({ type: Number, description: 'Accounts that are linked to the person and not gone.' })
  readonly accountCount: number;

  @ApiProperty({ type: Number, description: 'Pending invites that are linked to the person.' })
  readonly inviteCount: number;

  @ApiProperty({
    type: String,
    enum: [...outcomes, null],
    nullable: true,
    description: 'The worst verdict of those accounts and invites: fail, error, unknown, pass, not_applicable.',
  })
  readonly verdict: Outcome | null;
}

export class PersonSpell {
  @ApiProperty({ type: String, format: 'date', nullable: true })
  readonly startDate: string | null;

  @ApiProperty({ type: String, format: 'date', nullable: true, description: 'The last working day, inclusive.' })
  readonly endDate: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly startsAt: Instant | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'The first instant after it.' })
  readonly endsAt: Instant | null;

  @ApiProperty({ type: String, nullable: true, description: 'active, on_leave, pending or terminated.' })
  readonly status: string | null;

  @ApiPropertyOptional({ type: Boolean, description: 'HR said that it is over, not when.' })
  readonly inferred?: boolean;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'Absent: the roster has no such column; null: blank.',
  })
  readonly department?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true })
  readonly jobTitle?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true })
  readonly employmentType?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true })
  readonly managerEmail?: string | null;
}

export class PersonDetail extends Person {
  @ApiProperty({ type: [String], description: 'Other employee ids that the person has had.' })
  readonly formerIds: readonly string[];

  @ApiProperty({ type: [String] })
  readonly otherEmails: readonly string[];

  @ApiProperty({ type: [String], description: 'Docker IDs that HR recorded.' })
  readonly dockerUsernames: readonly string[];

  @ApiProperty({ type: [PersonSpell], description: 'Every stretch of employment.' })
  readonly spells: readonly PersonSpell[];

  @ApiProperty({
    type: [Account],
    description: 'Accounts and invites that are linked to the person, also what is gone.',
  })
  readonly accounts: readonly Account[];

  @ApiProperty({ type: [Link], description: 'Every link to the person, the newest first, also those that have ended.' })
  readonly links: readonly Link[];

  @ApiProperty({ type: [String], description: 'Ids of the open findings about those accounts and invites.' })
  readonly findings: readonly string[];
}
