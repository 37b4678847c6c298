import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { datasets, severities, subjectKinds } from '../checks/check.js';
import { datasetStatuses } from '../checks/facts.js';
import { checkStatuses, dispositions, outcomes } from '../findings/report.js';

class ReportedEvaluation {
  @ApiProperty({ type: String, format: 'uuid' })
  readonly id: string;

  @ApiProperty({ type: String, format: 'date-time', description: 'The instant that it judges.' })
  readonly at: string;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly startedAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly finishedAt: string | null;
}

class ReportedDataset {
  @ApiProperty({ type: String, nullable: true, description: 'Null for the roster.' })
  readonly organization: string | null;

  @ApiProperty({ type: String, enum: [...datasets] })
  readonly name: string;

  @ApiProperty({ type: String, enum: [...datasetStatuses] })
  readonly status: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'The age of its oldest page.' })
  readonly fetchedAt: string | null;

  @ApiProperty({ type: Number })
  readonly received: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'How many there are, by the source; null: it did not say.',
  })
  readonly reported: number | null;

  @ApiProperty({ type: String, nullable: true, description: 'A code.' })
  readonly reason: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The same for people.' })
  readonly message: string | null;
}

class ReportedCounts {
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

  @ApiProperty({ type: Number, description: 'Of those that fail, the ones under an exception.' })
  readonly excepted: number;
}

class ReportedCheck {
  @ApiProperty({ type: String })
  readonly id: string;

  @ApiProperty({ type: String, description: 'The good case.' })
  readonly title: string;

  @ApiProperty({ type: String, enum: [...severities] })
  readonly severity: string;

  @ApiProperty({ type: String, enum: [...checkStatuses], description: 'The first that applies.' })
  readonly status: string;

  @ApiProperty({ type: ReportedCounts, description: 'The five verdicts add up to the subjects of the check.' })
  readonly counts: ReportedCounts;
}

class ReportedSubject {
  @ApiProperty({ type: String, enum: [...subjectKinds] })
  readonly kind: string;

  @ApiProperty({ type: String })
  readonly id: string;

  @ApiProperty({ type: String })
  readonly name: string;

  @ApiPropertyOptional({ type: String, description: 'The critical system that the account is judged for.' })
  readonly system?: string;
}

class ReportedResult {
  @ApiProperty({ type: String })
  readonly check: string;

  @ApiProperty({ type: String, nullable: true, description: 'Null for the roster.' })
  readonly organization: string | null;

  @ApiProperty({ type: ReportedSubject })
  readonly subject: ReportedSubject;

  @ApiProperty({ type: String, enum: [...outcomes] })
  readonly verdict: string;

  @ApiProperty({ type: String, description: 'A code.' })
  readonly reason: string;

  @ApiProperty({ type: String, description: 'The same for people.' })
  readonly message: string;

  @ApiProperty({ type: String, format: 'date-time', description: 'Since when it is so.' })
  readonly since: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly dueAt: string | null;

  @ApiProperty({ type: String, enum: [...dispositions] })
  readonly disposition: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly acknowledgedAt: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'What the verdict rests on.' })
  readonly facts: Readonly<Record<string, unknown>>;
}

/** The report, described for the API; the same that `hubwarden check --format json` prints. */
export class EvaluationReport {
  @ApiProperty({ type: String, enum: ['hubwarden.report/1'] })
  readonly schema: 'hubwarden.report/1';

  @ApiProperty({ type: ReportedEvaluation })
  readonly evaluation: ReportedEvaluation;

  @ApiProperty({ type: [ReportedDataset] })
  readonly datasets: readonly ReportedDataset[];

  @ApiProperty({ type: [ReportedCheck] })
  readonly checks: readonly ReportedCheck[];

  @ApiProperty({ type: [ReportedResult] })
  readonly results: readonly ReportedResult[];
}
