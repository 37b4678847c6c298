import { ApiProperty } from '@nestjs/swagger';
import { severities, type Severity } from '../checks/check.js';
import type { Instant } from '../findings/report.js';
import { SubjectCounts, VerdictCounts } from './checked.js';
import { EvaluatedDataset } from './dataset.js';

export class OverviewEvaluation {
  @ApiProperty({ type: String, format: 'uuid' })
  readonly id: string;

  @ApiProperty({ type: String, format: 'date-time', description: 'The clock that everything was judged by.' })
  readonly at: Instant;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly startedAt: Instant;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly finishedAt: Instant;
}

const causes = ['schedule', 'request', 'command'] as const;
const openStates = ['waiting', 'running'] as const;

export class OverviewRun {
  @ApiProperty({ type: String, format: 'uuid', description: 'The id that its evaluation will have.' })
  readonly id: string;

  @ApiProperty({ type: String, enum: [...causes] })
  readonly cause: (typeof causes)[number];

  @ApiProperty({ type: String, enum: [...openStates] })
  readonly state: (typeof openStates)[number];

  @ApiProperty({ type: String, format: 'date-time' })
  readonly requestedAt: Instant;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly startedAt: Instant | null;
}

export class OverviewChecks {
  @ApiProperty({ type: Number })
  readonly failing: number;

  @ApiProperty({ type: Number })
  readonly at_risk: number;

  @ApiProperty({ type: Number })
  readonly error: number;

  @ApiProperty({ type: Number })
  readonly unknown: number;

  @ApiProperty({ type: Number })
  readonly passing_with_exceptions: number;

  @ApiProperty({ type: Number })
  readonly passing: number;

  @ApiProperty({ type: Number })
  readonly not_applicable: number;
}

export class OverviewPosture {
  @ApiProperty({ type: OverviewChecks, description: 'Checks by status.' })
  readonly checks: OverviewChecks;

  @ApiProperty({ type: VerdictCounts, description: 'Subjects of all checks by verdict.' })
  readonly subjects: VerdictCounts;

  @ApiProperty({
    type: Number,
    minimum: 0,
    maximum: 1,
    nullable: true,
    description: 'Which part of the applicable subjects is `unknown` or `error`. Null: there are none.',
  })
  readonly unknownShare: number | null;
}

export class OverviewFindingCounts {
  @ApiProperty({ type: Number })
  readonly open: number;

  @ApiProperty({ type: Number, description: 'Of those, past due by the clock of the evaluation.' })
  readonly overdue: number;

  @ApiProperty({ type: Number, description: 'Of those that are open.' })
  readonly acknowledged: number;

  @ApiProperty({
    type: Number,
    description: 'Of those that are open: accepted for a while, and not counted as overdue.',
  })
  readonly excepted: number;
}

export class OverviewSeverity extends OverviewFindingCounts {
  @ApiProperty({ type: String, enum: [...severities] })
  readonly severity: Severity;
}

export class OverviewChanges {
  @ApiProperty({ type: Number })
  readonly opened: number;

  @ApiProperty({ type: Number, description: 'Resolved before, and back.' })
  readonly reopened: number;

  @ApiProperty({ type: Number, description: 'Past due since.' })
  readonly overdue: number;

  @ApiProperty({ type: Number })
  readonly resolved: number;
}

export class OverviewFindings extends OverviewFindingCounts {
  @ApiProperty({ type: [OverviewSeverity], description: 'Every severity, the most urgent first.' })
  readonly bySeverity: readonly OverviewSeverity[];

  @ApiProperty({ type: OverviewChanges, description: 'What the evaluation changed.' })
  readonly changes: OverviewChanges;
}

export class OverviewNight {
  @ApiProperty({ type: String, format: 'uuid' })
  readonly evaluation: string;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly at: Instant;

  @ApiProperty({ type: SubjectCounts })
  readonly subjects: SubjectCounts;

  @ApiProperty({ type: Number })
  readonly openFindings: number;
}

export class OverviewSchedule {
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly lastEvaluationAt: Instant | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'The newest slot that has come.' })
  readonly lastSlot: Instant | null;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly nextSlot: Instant;

  @ApiProperty({ type: Number, description: 'Slots before the newest that no evaluation has made up for.' })
  readonly missed: number;

  @ApiProperty({ type: Boolean, description: 'False: nights are missing, or the last one is late.' })
  readonly onTime: boolean;
}

export class OverviewChannel {
  @ApiProperty({ type: String, description: 'Its kind and host.' })
  readonly label: string;

  @ApiProperty({ type: Number, description: 'Messages that are not delivered yet.' })
  readonly waiting: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'The oldest of them.' })
  readonly waitingSince: Instant | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Every attempt failed since.' })
  readonly failingSince: Instant | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'The receiver said that the hook no longer exists: nothing is tried until it is replaced.',
  })
  readonly goneAt: Instant | null;
}

export class Overview {
  @ApiProperty({ type: OverviewEvaluation, nullable: true, description: 'Null: nothing was evaluated yet.' })
  readonly evaluation: OverviewEvaluation | null;

  @ApiProperty({
    type: OverviewRun,
    nullable: true,
    description: 'The next evaluation, where one waits or is at work.',
  })
  readonly running: OverviewRun | null;

  @ApiProperty({ type: OverviewPosture, nullable: true })
  readonly posture: OverviewPosture | null;

  @ApiProperty({ type: OverviewFindings, nullable: true })
  readonly findings: OverviewFindings | null;

  @ApiProperty({
    type: [OverviewNight],
    description: 'The last evaluation of each of the last 30 days (UTC) that had one, oldest first.',
  })
  readonly trend: readonly OverviewNight[];

  @ApiProperty({ type: [EvaluatedDataset] })
  readonly datasets: readonly EvaluatedDataset[];

  @ApiProperty({
    type: OverviewSchedule,
    nullable: true,
    description: 'Null with `asOf` or `knownAt`: it is about now.',
  })
  readonly schedule: OverviewSchedule | null;

  @ApiProperty({
    type: [OverviewChannel],
    nullable: true,
    description: 'Null with `asOf` or `knownAt`: it is about now.',
  })
  readonly alerts: readonly OverviewChannel[] | null;
}
