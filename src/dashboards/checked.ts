import { ApiProperty } from '@nestjs/swagger';
import { datasets, severities, type Dataset, type Severity } from '../checks/check.js';
import { checkStatuses, type CheckStatus, type Instant } from '../findings/report.js';

/** Subjects by what was said of them; the five add up to all of them. */
export class SubjectCounts {
  @ApiProperty({ type: Number })
  readonly pass: number;

  @ApiProperty({ type: Number })
  readonly fail: number;

  @ApiProperty({ type: Number })
  readonly unknown: number;

  @ApiProperty({ type: Number })
  readonly error: number;

  @ApiProperty({ type: Number })
  readonly not_applicable: number;
}

export class VerdictCounts extends SubjectCounts {
  @ApiProperty({ type: Number, description: 'Failing subjects under an exception; they are in `fail` too.' })
  readonly excepted: number;
}

export class NeededDataset {
  @ApiProperty({ type: String, enum: [...datasets] })
  readonly dataset: Dataset;

  @ApiProperty({
    type: String,
    enum: ['always', 'configured', 'narrowed'],
    description:
      '`configured`: only where the organization has it at all; `narrowed`: only where a critical system of the ' +
      'organization is narrowed to repositories.',
  })
  readonly when: 'always' | 'configured' | 'narrowed';
}

export class CheckControl {
  @ApiProperty({ type: String, description: 'Such as `SOC 2`.' })
  readonly framework: string;

  @ApiProperty({ type: String, description: 'Such as `CC6.2`.' })
  readonly id: string;
}

export class EvaluatedCheck {
  @ApiProperty({ type: String })
  readonly id: string;

  @ApiProperty({ type: String, description: 'The good case.' })
  readonly title: string;

  @ApiProperty({ type: String, enum: [...severities] })
  readonly severity: Severity;

  @ApiProperty({
    type: String,
    enum: [...checkStatuses],
    description:
      'The first that applies: `failing` (something that fails is past due), `at_risk` (something fails, all in grace), …',
  })
  readonly status: CheckStatus;

  @ApiProperty({ type: VerdictCounts })
  readonly counts: VerdictCounts;

  @ApiProperty({ type: Boolean, description: 'A disabled check judges nobody, and resolves nothing.' })
  readonly enabled: boolean;

  @ApiProperty({ type: String, nullable: true, description: 'Why it is disabled, in the words of the policy.' })
  readonly disabledBecause: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Until a new finding is due, as the policy writes it: `24h`, `3d`, or `5bd` for business days.',
  })
  readonly sla: string | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'The same in seconds; null where it counts business days.',
  })
  readonly slaSeconds: number | null;

  @ApiProperty({ type: Boolean, description: 'It judges the data, and not anybody’s access.' })
  readonly dataTrust: boolean;

  @ApiProperty({ type: [NeededDataset], description: 'What has to be complete and fresh before anything passes.' })
  readonly needs: readonly NeededDataset[];

  @ApiProperty({ type: [CheckControl], description: 'The requirements that it gives evidence for.' })
  readonly controls: readonly CheckControl[];
}

export class CheckTrendPoint {
  @ApiProperty({ type: String, format: 'uuid' })
  readonly evaluation: string;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly at: Instant;

  @ApiProperty({ type: String, enum: [...checkStatuses] })
  readonly status: CheckStatus;

  @ApiProperty({ type: VerdictCounts })
  readonly counts: VerdictCounts;
}

export class CheckFindings {
  @ApiProperty({ type: Number })
  readonly open: number;

  @ApiProperty({ type: Number })
  readonly in_grace: number;

  @ApiProperty({ type: Number })
  readonly overdue: number;

  @ApiProperty({ type: Number })
  readonly excepted: number;

  @ApiProperty({ type: Number })
  readonly acknowledged: number;
}

export class CheckDetail extends EvaluatedCheck {
  @ApiProperty({ type: String, description: 'The risk.' })
  readonly why: string;

  @ApiProperty({ type: String, description: 'What the owner does about a finding.' })
  readonly remedy: string;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'Its thresholds in this evaluation.' })
  readonly policy: Readonly<Record<string, unknown>>;

  @ApiProperty({ type: CheckFindings })
  readonly findings: CheckFindings;

  @ApiProperty({ type: [CheckTrendPoint], description: 'Up to 30 evaluations that had the check, oldest first.' })
  readonly trend: readonly CheckTrendPoint[];
}
