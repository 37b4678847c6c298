import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, ValidateIf } from 'class-validator';
import { subjectKinds, type Instant, type SubjectKind } from '../../checks/check.js';
import { AlternativeNames, Alternatives, OneName } from '../../http/filters.js';
import { IsInstant } from '../../http/instant.js';
import { PageQuery } from '../../http/page.js';
import { IsWords } from '../../http/words.js';
import { exceptionStates, type ExceptionState } from './exception.entity.js';

const longestReason = 2_000;

/** Left out is one thing; null would be a decision without an end. */
const isGiven = (_: object, value: unknown): boolean => value !== undefined;

export class DecisionReason {
  @ApiProperty({ type: String, maxLength: longestReason, description: 'Why, for the record.' })
  @IsWords(longestReason)
  readonly reason: string;
}

export class NewException {
  @ApiProperty({
    type: String,
    maxLength: longestReason,
    description: 'Why it can be accepted; a hand-over says `handover`.',
  })
  @IsWords(longestReason)
  readonly reason: string;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'Within 365 days; 90 days from now where it is left out. None is without an end.',
  })
  @ValidateIf(isGiven)
  @IsInstant()
  readonly expiresAt?: Instant;

  @ApiPropertyOptional({ type: String, maxLength: longestReason, description: 'What keeps the risk small meanwhile.' })
  @ValidateIf(isGiven)
  @IsWords(longestReason)
  readonly compensatingControl?: string;
}

export class NewPatternException extends NewException {
  @ApiProperty({ type: String, description: 'The id of a check.' })
  @IsWords(200)
  readonly check: string;

  @ApiProperty({ type: String, description: 'The Docker Hub organization.' })
  @IsWords(200)
  readonly organization: string;

  @ApiPropertyOptional({ type: String, enum: [...subjectKinds], description: 'Without it, subjects of every kind.' })
  @ValidateIf(isGiven)
  @IsIn(subjectKinds, { message: `is not one of ${subjectKinds.join(', ')}` })
  readonly subjectKind?: SubjectKind;

  @ApiProperty({
    type: String,
    description: 'The name or the id of the subjects; `*` stands for any run of characters, capitals do not count.',
  })
  @IsWords(500)
  readonly subject: string;
}

export class ExceptionFilters extends PageQuery {
  @Alternatives(exceptionStates, 'Without it, those of every state.')
  readonly state?: readonly ExceptionState[];

  @AlternativeNames('Ids of checks.')
  readonly check?: readonly string[];

  @AlternativeNames('Names of organizations.')
  readonly organization?: readonly string[];

  @OneName('The id of the finding that it was asked for.')
  readonly finding?: string;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'ISO 8601 with a zone.' })
  @ValidateIf(isGiven)
  @IsInstant()
  readonly expiresBefore?: Instant;
}
