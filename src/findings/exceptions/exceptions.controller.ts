import { Body, Controller, Get, HttpCode, Logger, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Allow, AllowReaders, CalledBy, type Caller } from '../../http/allow.js';
import { Cursors } from '../../http/cursors.js';
import { List, type Page, usualLimit } from '../../http/page.js';
import { notFound, Problems } from '../../http/problem.js';
import { isRowId, requireRowId, rowId } from '../../http/row-id.js';
import { DecisionReason, ExceptionFilters, NewException, NewPatternException } from './exception-bodies.js';
import { exceptionColumns, ExceptionItem, exceptionItem } from './exception-item.js';
import { findException, findExceptions } from './exception-list.query.js';
import { Exceptions, type ExceptionDecision } from './exceptions.js';
import { refusal } from './refusal.js';
import { ExceptionRequests, type RequestedException } from './request-exception.js';

const exceptionId = rowId('The id of an exception.');
const twoPeople = 'Whoever approves it must be somebody else than whoever asked: another token, of another name.';

@ApiTags('Exceptions')
@Controller('api/v1')
export class ExceptionsController {
  private readonly logger = new Logger('Exceptions');

  constructor(
    private readonly dataSource: DataSource,
    private readonly cursors: Cursors,
    private readonly requests: ExceptionRequests,
    private readonly exceptions: Exceptions,
  ) {}

  @Post('findings/:id/exceptions')
  @Allow('admin', 'operator')
  @ApiOperation({
    operationId: 'requestException',
    summary: 'Ask to accept an open finding for a while',
    description:
      `Changes nothing until it is approved. ${twoPeople} What is accepted is the finding as it is now: it is void at once when the ` +
      'role rises, the owner or the person leaves, the e-mail address changes or the reason is another one.',
  })
  @ApiParam(rowId('The id of a finding.'))
  @ApiCreatedResponse({ type: ExceptionItem, description: 'It waits for its approval.' })
  @Problems(400, 404, 409, 413, 415, 422)
  async request(
    @Param('id') id: string,
    @Body() wanted: NewException,
    @CalledBy() caller: Caller,
  ): Promise<ExceptionItem> {
    requireRowId(id, 'finding');
    return this.requested(await this.requests.forFinding(id, wanted, caller), caller);
  }

  @Post('exceptions')
  @Allow('admin')
  @ApiOperation({
    operationId: 'requestPatternException',
    summary: 'Ask to accept whatever matches a pattern for a while',
    description:
      `\`matches\` says how many open findings that is now. Another admin has to approve it. ${twoPeople} A subject whose facts ` +
      'change afterwards is no longer covered, the others are.',
  })
  @ApiCreatedResponse({ type: ExceptionItem, description: 'It waits for its approval.' })
  @Problems(400, 413, 415, 422)
  async requestPattern(@Body() wanted: NewPatternException, @CalledBy() caller: Caller): Promise<ExceptionItem> {
    return this.requested(await this.requests.forPattern(wanted, caller), caller);
  }

  @Get('exceptions')
  @AllowReaders()
  @ApiOperation({
    operationId: 'listExceptions',
    summary: 'What was asked to be accepted, by whom, until when; newest first',
  })
  @List(ExceptionItem, exceptionColumns)
  async list(@Query() { limit = usualLimit, cursor, ...filters }: ExceptionFilters): Promise<Page<ExceptionItem>> {
    if (filters.finding !== undefined && !isRowId(filters.finding)) return { items: [], nextCursor: null };
    const after = cursor === undefined ? null : String(this.cursors.read('exceptions', filters, cursor)[0]);
    const rows = await findExceptions(this.dataSource.manager, filters, after, limit + 1);
    const items = rows.slice(0, limit).map(exceptionItem);
    const last = items.at(-1);
    return {
      items,
      nextCursor: rows.length > limit && last ? this.cursors.issue('exceptions', filters, [last.id]) : null,
    };
  }

  @Get('exceptions/:id')
  @AllowReaders()
  @ApiOperation({ operationId: 'getException', summary: 'One exception' })
  @ApiParam(exceptionId)
  @ApiOkResponse({ type: ExceptionItem, description: 'The exception.' })
  @Problems(404)
  async get(@Param('id') id: string): Promise<ExceptionItem> {
    const row = isRowId(id) ? await findException(this.dataSource.manager, id) : null;
    if (row === null) throw notFound('exception of this id');
    return exceptionItem(row);
  }

  @Post('exceptions/:id/approve')
  @HttpCode(200)
  @Allow('admin', 'operator')
  @ApiOperation({
    operationId: 'approveException',
    summary: 'Accept what somebody else asked to be accepted',
    description: `${twoPeople} What it covers is excepted at once. Of a pattern, it takes an admin.`,
  })
  @ApiParam(exceptionId)
  @ApiOkResponse({ type: ExceptionItem, description: 'It stands.' })
  @Problems(400, 404, 409, 413, 415, 422)
  approve(@Param('id') id: string, @Body() body: DecisionReason, @CalledBy() caller: Caller): Promise<ExceptionItem> {
    return this.decide('approve', id, body, caller);
  }

  @Post('exceptions/:id/refuse')
  @HttpCode(200)
  @Allow('admin', 'operator')
  @ApiOperation({ operationId: 'refuseException', summary: 'Turn a request down' })
  @ApiParam(exceptionId)
  @ApiOkResponse({ type: ExceptionItem, description: 'It is refused.' })
  @Problems(400, 404, 409, 413, 415, 422)
  refuse(@Param('id') id: string, @Body() body: DecisionReason, @CalledBy() caller: Caller): Promise<ExceptionItem> {
    return this.decide('refuse', id, body, caller);
  }

  @Post('exceptions/:id/revoke')
  @HttpCode(200)
  @Allow('admin', 'operator')
  @ApiOperation({
    operationId: 'revokeException',
    summary: 'Take an exception or a request back',
    description: 'What it covered is open again at once, and due when it was due at first.',
  })
  @ApiParam(exceptionId)
  @ApiOkResponse({ type: ExceptionItem, description: 'It is taken back.' })
  @Problems(400, 404, 409, 413, 415, 422)
  revoke(@Param('id') id: string, @Body() body: DecisionReason, @CalledBy() caller: Caller): Promise<ExceptionItem> {
    return this.decide('revoke', id, body, caller);
  }

  private async requested(outcome: RequestedException, caller: Caller): Promise<ExceptionItem> {
    if (outcome.outcome !== 'requested') throw refusal(outcome, 'finding');
    this.logger.log('Exception asked for', { exception: outcome.id, token: caller.tokenId });
    return this.get(outcome.id);
  }

  private async decide(
    decision: 'approve' | 'refuse' | 'revoke',
    id: string,
    { reason }: DecisionReason,
    caller: Caller,
  ): Promise<ExceptionItem> {
    requireRowId(id, 'exception');
    const decided: ExceptionDecision = await this.exceptions[decision](id, reason, caller);
    if (decided.outcome !== 'decided') throw refusal(decided, 'exception');
    this.logger.log('Exception decided', { decision, exception: id, token: caller.tokenId });
    return this.get(id);
  }
}
