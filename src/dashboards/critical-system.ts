import { ApiProperty } from '@nestjs/swagger';
import { dispositions, outcomes, type Disposition, type Outcome } from '../findings/report.js';
import { SubjectCounts } from './checked.js';
import { employmentStates, type EmploymentState } from './person.js';

export class SystemOwner {
  @ApiProperty({ type: String, description: 'The employee id, as the policy has it.' })
  readonly id: string;

  @ApiProperty({ type: String, nullable: true })
  readonly name: string | null;

  @ApiProperty({
    type: String,
    enum: [...employmentStates, null],
    nullable: true,
    description: 'By the clock of the evaluation. Null: no accepted roster has this person.',
  })
  readonly employment: EmploymentState | null;
}

export class SystemConfigured {
  @ApiProperty({ type: String, enum: [...outcomes] })
  readonly verdict: Outcome;

  @ApiProperty({ type: String })
  readonly reason: string;

  @ApiProperty({ type: String })
  readonly message: string;

  @ApiProperty({ type: String, enum: [...dispositions] })
  readonly disposition: Disposition;
}

export class SystemAccessRule {
  @ApiProperty({ type: [String] })
  readonly roles: readonly string[];

  @ApiProperty({ type: Boolean, description: 'It admits every employed person.' })
  readonly everyone: boolean;

  @ApiProperty({ type: [String], nullable: true, description: 'Null, here and below: it does not ask for it.' })
  readonly departments: readonly string[] | null;

  @ApiProperty({ type: [String], nullable: true })
  readonly jobTitles: readonly string[] | null;

  @ApiProperty({ type: [String], nullable: true })
  readonly employmentTypes: readonly string[] | null;

  @ApiProperty({ type: [String], nullable: true, description: 'Employee ids.' })
  readonly people: readonly string[] | null;

  @ApiProperty({ type: String, format: 'date', nullable: true, description: 'The last day on which it admits.' })
  readonly until: string | null;
}

export class CriticalSystem {
  @ApiProperty({ type: String })
  readonly organization: string;

  @ApiProperty({ type: String })
  readonly name: string;

  @ApiProperty({ type: Boolean, description: 'False: an organization that no system of the policy names.' })
  readonly declared: boolean;

  @ApiProperty({
    type: [String],
    nullable: true,
    description: 'Repositories of the organization, with `*` for any characters. Null: all of it.',
  })
  readonly repositories: readonly string[] | null;

  @ApiProperty({ type: SystemOwner, nullable: true })
  readonly owner: SystemOwner | null;

  @ApiProperty({
    type: String,
    format: 'date',
    nullable: true,
    description: 'When its rules were approved; null: never.',
  })
  readonly approvedOn: string | null;

  @ApiProperty({ type: [SystemAccessRule], nullable: true, description: 'Null: the policy says nothing about access.' })
  readonly access: readonly SystemAccessRule[] | null;

  @ApiProperty({
    type: SystemConfigured,
    nullable: true,
    description: 'What `critical-system-access-configured` said. Null: nothing, as it is disabled.',
  })
  readonly configured: SystemConfigured | null;

  @ApiProperty({
    type: SubjectCounts,
    description: 'Its accounts by what `critical-system-access-valid` said of them.',
  })
  readonly accounts: SubjectCounts;
}
