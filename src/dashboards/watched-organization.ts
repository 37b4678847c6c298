import { ApiProperty } from '@nestjs/swagger';
import { datasets, type Dataset } from '../checks/check.js';
import { datasetStatuses, type DatasetStatus } from '../checks/facts.js';
import type { Instant } from '../findings/report.js';
import { SubjectCounts } from './checked.js';

export class OrganizationSnapshot {
  @ApiProperty({ type: String, description: 'Its number.' })
  readonly number: string;

  @ApiProperty({ type: String, format: 'date-time', description: 'The clock of the reading.' })
  readonly at: Instant;
}

export class OrganizationDataset {
  @ApiProperty({ type: String, enum: [...datasets] })
  readonly name: Dataset;

  @ApiProperty({ type: String, enum: [...datasetStatuses] })
  readonly status: DatasetStatus;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly fetchedAt: Instant | null;
}

export class OrganizationFindings {
  @ApiProperty({ type: Number })
  readonly open: number;

  @ApiProperty({ type: Number })
  readonly overdue: number;
}

/** A Docker Hub organization in one evaluation. */
export class WatchedOrganization {
  @ApiProperty({ type: String })
  readonly name: string;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Members that the snapshot has. Null: the listing could not be read and nobody is known from before.',
  })
  readonly members: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Pending invites; null as for members.' })
  readonly invites: number | null;

  @ApiProperty({ type: SubjectCounts, description: 'Of all subjects of all checks.' })
  readonly verdicts: SubjectCounts;

  @ApiProperty({ type: OrganizationFindings })
  readonly findings: OrganizationFindings;

  @ApiProperty({ type: OrganizationSnapshot, description: 'What was judged.' })
  readonly snapshot: OrganizationSnapshot;

  @ApiProperty({ type: [OrganizationDataset] })
  readonly datasets: readonly OrganizationDataset[];
}
