import { Body, Controller, Get, HttpCode, Logger, Param, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsIn, ValidateIf } from 'class-validator';
import { DataSource } from 'typeorm';
import type { Instant } from '../../checks/check.js';
import { Allow, AllowReaders, CalledBy, type Caller } from '../../http/allow.js';
import { Cursors } from '../../http/cursors.js';
import { AlternativeNames } from '../../http/filters.js';
import { IsInstant } from '../../http/instant.js';
import { List, type Page, PageQuery, usualLimit } from '../../http/page.js';
import { Problems } from '../../http/problem.js';
import { requireRowId, rowId } from '../../http/row-id.js';
import { IsWords } from '../../http/words.js';
import { findAttestations, type AttestationRow } from './attestation-list.query.js';
import { Attestations, type AttestationDecision } from './attestations.js';
import { DecisionReason } from './exception-bodies.js';
import { refusal } from './refusal.js';

const answers = ['yes', 'no'] as const;
const longestStatement = 2_000;

class NewAttestation {
  @ApiProperty({ type: String, description: 'The id of a check that takes an attestation.' })
  @IsWords(200)
  readonly check: string;

  @ApiProperty({ type: String, description: 'The Docker Hub organization.' })
  @IsWords(200)
  readonly organization: string;

  @ApiProperty({ type: String, enum: answers, description: 'Whether it is as the title of the check says.' })
  @IsIn(answers, { message: `is not one of ${answers.join(', ')}` })
  readonly answer: 'yes' | 'no';

  @ApiProperty({ type: String, maxLength: longestStatement, description: 'What was looked at, and what it showed.' })
  @IsWords(longestStatement)
  readonly statement: string;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'Within 90 days, and in 90 days where it is left out.',
  })
  @ValidateIf((_, value: unknown) => value !== undefined)
  @IsInstant()
  readonly expiresAt?: Instant;
}

class AttestationFilters extends PageQuery {
  @AlternativeNames('Ids of checks.')
  readonly check?: readonly string[];

  @AlternativeNames('Names of organizations.')
  readonly organization?: readonly string[];
}

class AttestationItem {
  @ApiProperty({ type: String })
  readonly id: string;

  @ApiProperty({ type: String })
  readonly check: string;

  @ApiProperty({ type: String })
  readonly organization: string;

  @ApiProperty({ type: String, enum: answers })
  readonly answer: 'yes' | 'no';

  @ApiProperty({ type: String })
  readonly statement: string;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly attestedAt: Instant;

  @ApiProperty({ type: String, description: 'The name of the API token.' })
  readonly attestedBy: string;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly expiresAt: Instant;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly revokedAt: Instant | null;

  @ApiProperty({ type: String, nullable: true })
  readonly revokedBy: string | null;

  @ApiProperty({ type: String, nullable: true })
  readonly revokedBecause: string | null;
}

const columns = [
  'id',
  'check',
  'organization',
  'answer',
  'statement',
  'attestedAt',
  'attestedBy',
  'expiresAt',
  'revokedAt',
  'revokedBy',
  'revokedBecause',
];

@ApiTags('Attestations')
@Controller('api/v1/attestations')
export class AttestationsController {
  private readonly logger = new Logger('Attestations');

  constructor(
    private readonly dataSource: DataSource,
    private readonly cursors: Cursors,
    private readonly attestations: Attestations,
  ) {}

  @Post()
  @Allow('admin', 'operator')
  @ApiOperation({
    operationId: 'makeAttestation',
    summary: 'Vouch for what no source shows',
    description: 'The newest one for a check and organization counts, from the next evaluation on, until it expires.',
  })
  @ApiCreatedResponse({ type: AttestationItem, description: 'It counts.' })
  @Problems(400, 413, 415, 422)
  async make(@Body() wanted: NewAttestation, @CalledBy() caller: Caller): Promise<AttestationItem> {
    return this.answer(await this.attestations.make(wanted, caller), caller);
  }

  @Get()
  @AllowReaders()
  @ApiOperation({ operationId: 'listAttestations', summary: 'Who vouched for what, until when; newest first' })
  @List(AttestationItem, columns)
  async list(@Query() { limit = usualLimit, cursor, ...filters }: AttestationFilters): Promise<Page<AttestationItem>> {
    const after = cursor === undefined ? null : String(this.cursors.read('attestations', filters, cursor)[0]);
    const rows = await findAttestations(this.dataSource.manager, filters, after, limit + 1);
    const items = rows.slice(0, limit).map(itemOf);
    const last = items.at(-1);
    return {
      items,
      nextCursor: rows.length > limit && last ? this.cursors.issue('attestations', filters, [last.id]) : null,
    };
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @Allow('admin', 'operator')
  @ApiOperation({ operationId: 'revokeAttestation', summary: 'Take an attestation back' })
  @ApiParam(rowId('The id of an attestation.'))
  @ApiOkResponse({ type: AttestationItem, description: 'It counts no more.' })
  @Problems(400, 404, 409, 413, 415, 422)
  async revoke(
    @Param('id') id: string,
    @Body() { reason }: DecisionReason,
    @CalledBy() caller: Caller,
  ): Promise<AttestationItem> {
    requireRowId(id, 'attestation');
    return this.answer(await this.attestations.revoke(id, reason, caller), caller);
  }

  private async answer(decision: AttestationDecision, caller: Caller): Promise<AttestationItem> {
    if (decision.outcome !== 'decided') throw refusal(decision, 'attestation');
    this.logger.log('Attestation decided', { attestation: decision.id, token: caller.tokenId });
    const [row] = await findAttestations(this.dataSource.manager, { id: decision.id }, null, 1);
    if (row === undefined) throw new Error('The attestation that was just decided is not there.');
    return itemOf(row);
  }
}

function itemOf(row: AttestationRow): Pick<AttestationItem, keyof AttestationItem> {
  return {
    id: row.id,
    check: row.check,
    organization: row.organization,
    answer: row.answer,
    statement: row.statement,
    attestedAt: row.attested_at.toISOString(),
    attestedBy: row.attested_by,
    expiresAt: row.expires_at.toISOString(),
    revokedAt: row.revoked_at?.toISOString() ?? null,
    revokedBy: row.revoked_by,
    revokedBecause: row.revoked_because,
  };
}
