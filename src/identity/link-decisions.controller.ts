import { Body, Controller, Delete, HttpCode, Logger, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { ConfigurationInForce } from '../config/configuration-in-force.js';
import { Allow, CalledBy, type Caller } from '../http/allow.js';
import { notFound, Problem, Problems, unprocessable } from '../http/problem.js';
import { requireRowId, rowId } from '../http/row-id.js';
import { IsWords } from '../http/words.js';
import { LinkDecisions, type LinkDecision } from './link-decisions.js';
import { endedBecause, type EndedBecause } from './link.entity.js';

const kinds = ['account', 'invite'] as const;
const longestReason = 2_000;

class NewLink {
  @ApiProperty({ type: String, description: 'The Docker Hub organization.' })
  @IsWords(200)
  readonly organization: string;

  @ApiPropertyOptional({ type: String, enum: kinds, default: 'account' })
  @IsOptional()
  @IsIn(kinds, { message: `is not one of ${kinds.join(', ')}` })
  readonly kind?: (typeof kinds)[number];

  @ApiProperty({
    type: String,
    description: 'The Hub user id or the username of an account; the id, the address or the Docker ID of an invite.',
  })
  @IsWords(500)
  readonly account: string;

  @ApiProperty({ type: String, description: 'The employee id of the person whose it is, as the HR roster has it.' })
  @IsWords(200)
  readonly person: string;

  @ApiProperty({ type: String, maxLength: longestReason, description: 'Why, for the record.' })
  @IsWords(longestReason)
  readonly reason: string;
}

class TakenBackQuery {
  @ApiProperty({ type: String, maxLength: longestReason, description: 'Why, for the record.' })
  @IsWords(longestReason)
  readonly reason: string;
}

class DecidedLink {
  @ApiProperty({ type: String })
  readonly id: string;

  @ApiProperty({ type: String })
  readonly organization: string;

  @ApiProperty({ type: String, enum: kinds })
  readonly kind: string;

  @ApiProperty({ type: String, description: 'The Hub user id of the account, or the id of the invite.' })
  readonly key: string;

  @ApiProperty({ type: String, description: 'The employee id of the person.' })
  readonly person: string;

  @ApiProperty({ type: String, description: '`manual`, `declared`, or the matcher that made it.' })
  readonly source: string;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly since: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Null: it stands.' })
  readonly endedAt: string | null;

  @ApiProperty({ type: String, enum: [...endedBecause, null], nullable: true })
  readonly endedBecause: EndedBecause | null;
}

/** Whose an account is, where somebody knows better than its keys. */
@ApiTags('Links')
@Controller('api/v1/links')
export class LinkDecisionsController {
  private readonly logger = new Logger('Identity');

  constructor(
    private readonly decisions: LinkDecisions,
    private readonly configuration: ConfigurationInForce,
  ) {}

  @Post()
  @HttpCode(200)
  @Allow('admin', 'operator')
  @ApiOperation({
    operationId: 'createLink',
    summary: 'Say whose an account or invite is',
    description:
      'Ends the link to anybody else, which matching then does not make again. Where the account is linked to this person already, ' +
      'the link that stands is the answer. The next evaluation judges by it.',
  })
  @ApiOkResponse({ type: DecidedLink, description: 'The link that stands now.' })
  @Problems(400, 409, 413, 415, 422)
  async create(@Body() { kind = 'account', ...wanted }: NewLink, @CalledBy() caller: Caller): Promise<DecidedLink> {
    const { identity } = this.configuration.current;
    return this.answer(await this.decisions.tie({ ...wanted, kind }, caller, identity), caller);
  }

  @Delete(':id')
  @Allow('admin', 'operator')
  @ApiOperation({
    operationId: 'takeLinkBack',
    summary: 'Say that an account or invite is not this person’s',
    description:
      'Ends the link. Matching does not tie the two again, by whatever key; somebody else who holds a key may be linked. The link ' +
      'stays on record, with the reason.',
  })
  @ApiParam(rowId('The id of a link.'))
  @ApiOkResponse({ type: DecidedLink, description: 'The link, ended.' })
  @Problems(400, 404, 409, 422)
  async takeBack(
    @Param('id') id: string,
    @Query() { reason }: TakenBackQuery,
    @CalledBy() caller: Caller,
  ): Promise<DecidedLink> {
    requireRowId(id, 'link');
    return this.answer(await this.decisions.takeBack(id, reason, caller, this.configuration.current.identity), caller);
  }

  private answer(decision: LinkDecision, caller: Caller): DecidedLink {
    switch (decision.outcome) {
      case 'unknown':
        throw notFound('link of this id');
      case 'impossible':
        throw unprocessable([{ field: decision.field, message: decision.message }]);
      case 'in the way':
        throw new Problem(409, decision.message);
      case 'linked':
      case 'stands already':
      case 'ended': {
        const { link } = decision;
        this.logger.log('Link decided', { outcome: decision.outcome, link: link.id, token: caller.tokenId });
        return {
          id: link.id,
          organization: link.organization,
          kind: link.subject_kind,
          key: link.subject_key,
          person: link.employee_id,
          source: link.source,
          since: link.linked_at.toISOString(),
          endedAt: link.ended_at?.toISOString() ?? null,
          endedBecause: link.ended_because,
        };
      }
    }
  }
}
