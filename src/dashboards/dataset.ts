import { ApiProperty } from '@nestjs/swagger';
import { datasets, type Dataset } from '../checks/check.js';
import { datasetStatuses, type DatasetStatus } from '../checks/facts.js';
import type { Instant } from '../findings/report.js';

/** One kind of thing from one source, as the evaluation had it. */
export class EvaluatedDataset {
  @ApiProperty({ type: String, nullable: true, description: 'Null for the roster.' })
  readonly organization: string | null;

  @ApiProperty({ type: String, enum: [...datasets] })
  readonly name: Dataset;

  @ApiProperty({ type: String, enum: [...datasetStatuses] })
  readonly status: DatasetStatus;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Null: it was not read.' })
  readonly fetchedAt: Instant | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description:
      'How old it is now, or was at the moment that is asked about, in whole minutes. Null: it was not read.',
  })
  readonly ageSeconds: number | null;

  @ApiProperty({ type: Number, description: 'Rows that came.' })
  readonly received: number;

  @ApiProperty({ type: Number, nullable: true, description: 'Rows that the source said it has; null: it did not say.' })
  readonly reported: number | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why it is not complete: a code.' })
  readonly reason: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The same for people, and what to do about it.' })
  readonly message: string | null;
}
