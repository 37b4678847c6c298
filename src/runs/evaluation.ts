import { ApiProperty } from '@nestjs/swagger';
import { type EvaluationRow, type RunCause, runCauses, type RunState, runStates } from './evaluations.query.js';
import type { StageProgress } from './run-progress.js';

export class Evaluation {
  @ApiProperty({ type: String, format: 'uuid' })
  readonly id: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'The instant that it judges. Of a run that waits, when it was asked for.',
  })
  readonly at: string;

  @ApiProperty({ type: String, format: 'date-time', description: 'Of a run that waits, when it was asked for.' })
  readonly startedAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Null while it waits or runs.' })
  readonly finishedAt: string | null;

  @ApiProperty({
    type: String,
    enum: runStates,
    description:
      '`finished`: recorded, with a report. `failed`: given up; `message` says why, and nothing was recorded.',
  })
  readonly state: RunState;

  @ApiProperty({
    type: String,
    enum: runCauses,
    nullable: true,
    description: 'The schedule, a request to this API, or `hubwarden check`. Null: from before this was kept.',
  })
  readonly cause: RunCause | null;

  @ApiProperty({ type: String, nullable: true, description: 'The name of the token that asked for it.' })
  readonly requestedBy: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why it failed, or why it waits to be tried again.' })
  readonly message: string | null;
}

export class EvaluationStage {
  @ApiProperty({ type: String, description: 'Such as `roster`, `read acme`, `evaluate`.' })
  readonly stage: string;

  @ApiProperty({ type: Number, description: 'Pages, organizations or subjects so far, by stage.' })
  readonly done: number;

  @ApiProperty({ type: Number, nullable: true, description: 'Null: nobody knows yet how many there are.' })
  readonly total: number | null;

  @ApiProperty({ type: String, nullable: true, description: 'What the stage came to.' })
  readonly note: string | null;

  @ApiProperty({ type: Boolean })
  readonly finished: boolean;
}

export class EvaluationDetail extends Evaluation {
  @ApiProperty({ type: [EvaluationStage], description: 'The stages so far, in order; empty while it waits.' })
  readonly progress: readonly StageProgress[];
}

export function evaluationOf(row: EvaluationRow): Evaluation {
  return fieldsOf(row);
}

export function evaluationDetailOf(row: EvaluationRow): EvaluationDetail {
  return { ...fieldsOf(row), progress: row.progress };
}

function fieldsOf(row: EvaluationRow): Pick<Evaluation, keyof Evaluation> {
  return {
    id: row.id,
    at: row.at.toISOString(),
    startedAt: row.started_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    state: row.state,
    cause: row.cause,
    requestedBy: row.requested_by,
    message: row.message,
  };
}
