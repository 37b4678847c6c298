import { Body, Controller, Get, HttpCode, Logger, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiProperty, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Allow, AllowReaders, CalledBy, type Caller } from '../http/allow.js';
import { Cursors } from '../http/cursors.js';
import { AlternativeNames, Alternatives } from '../http/filters.js';
import { List, type Page, PageQuery, usualLimit } from '../http/page.js';
import { notFound, Problem, Problems } from '../http/problem.js';
import { requireRowId, rowId } from '../http/row-id.js';
import { WaitingIsAccepted } from '../http/waiting-is-accepted.js';
import { firstOfTwo, twoPeople, waitsForAnother, WaitsForAnother } from '../http/waits-for-another.js';
import { IsWords } from '../http/words.js';
import { LossDecisions } from './decide-loss.js';
import { lossStates, type LossState } from './held-loss.entity.js';
import { findLosses, type HeldLossRow } from './held-losses.query.js';

const longestReason = 2_000;
const lossId = rowId('The id of a loss, as the list has it.');

class LossReason {
  @ApiProperty({ type: String, maxLength: longestReason, description: 'Why, for the record.' })
  @IsWords(longestReason)
  readonly reason: string;
}

class LossFilters extends PageQuery {
  @Alternatives(lossStates, 'Without it, those that stand: `held`, `released`, `refused`.')
  readonly state?: readonly LossState[];

  @AlternativeNames('Names of organizations.')
  readonly organization?: readonly string[];
}

class LossItem {
  @ApiProperty({ type: String })
  readonly id: string;

  @ApiProperty({ type: String })
  readonly organization: string;

  @ApiProperty({ type: String, description: 'The dataset of Docker Hub, such as `members`.' })
  readonly dataset: string;

  @ApiProperty({
    type: String,
    enum: lossStates,
    description:
      '`held`: nobody believes it. `released`: believed the next time that it is read. `refused`: not believed however often ' +
      'it is read. `believed`: it was released and read. `settled`: a later reading was another one.',
  })
  readonly state: LossState;

  @ApiProperty({ type: Number, description: 'Rows of the last complete reading.' })
  readonly had: number;

  @ApiProperty({ type: Number, description: 'How many of them were gone.' })
  readonly lost: number;

  @ApiProperty({ type: [String], description: 'Names of the first few that were gone.' })
  readonly sample: readonly string[];

  @ApiProperty({ type: String, format: 'date-time' })
  readonly heldAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly decidedAt: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The names of both API tokens.' })
  readonly decidedBy: string | null;

  @ApiProperty({ type: String, nullable: true })
  readonly decisionReason: string | null;
}

const columns = [
  'id',
  'organization',
  'dataset',
  'state',
  'had',
  'lost',
  'sample',
  'heldAt',
  'decidedAt',
  'decidedBy',
  'decisionReason',
];

/** Listings that lost too much to be believed, and what two people say about them. */
@ApiTags('Datasets')
@Controller('api/v1/losses')
export class LossesController {
  private readonly logger = new Logger('Inventory');

  constructor(
    private readonly dataSource: DataSource,
    private readonly cursors: Cursors,
    private readonly decisions: LossDecisions,
  ) {}

  @Get()
  @AllowReaders()
  @ApiOperation({
    operationId: 'listLosses',
    summary: 'Listings of Docker Hub that lost too much at once, newest first',
    description: 'While one is held its dataset is `partial`: nothing passes or closes by it.',
  })
  @List(LossItem, columns)
  async list(@Query() { limit = usualLimit, cursor, ...asked }: LossFilters): Promise<Page<LossItem>> {
    const filters = { ...asked, state: asked.state ?? (['held', 'released', 'refused'] as const) };
    const after = cursor === undefined ? null : String(this.cursors.read('losses', filters, cursor)[0]);
    const rows = await findLosses(this.dataSource.manager, filters, after, limit + 1);
    const items = rows.slice(0, limit).map(itemOf);
    const last = items.at(-1);
    return {
      items,
      nextCursor: rows.length > limit && last ? this.cursors.issue('losses', filters, [last.id]) : null,
    };
  }

  @Post(':id/release')
  @HttpCode(200)
  @Allow('admin', 'operator')
  @UseInterceptors(WaitingIsAccepted)
  @ApiOperation({
    operationId: 'releaseLoss',
    summary: 'Believe a loss, by two people',
    description: `The next reading that lacks exactly the same rows is complete. Once. ${twoPeople}`,
  })
  @ApiParam(lossId)
  @ApiOkResponse({ type: LossItem, description: 'Two people have said so: it is released.' })
  @ApiAcceptedResponse({ type: WaitsForAnother, description: firstOfTwo })
  @Problems(400, 404, 409, 413, 415, 422)
  release(
    @Param('id') id: string,
    @Body() body: LossReason,
    @CalledBy() caller: Caller,
  ): Promise<LossItem | WaitsForAnother> {
    return this.decide('release', id, body, caller);
  }

  @Post(':id/refuse')
  @HttpCode(200)
  @Allow('admin', 'operator')
  @UseInterceptors(WaitingIsAccepted)
  @ApiOperation({
    operationId: 'refuseLoss',
    summary: 'Do not believe a loss however often it is read, by two people',
    description: `It can be released later. ${twoPeople}`,
  })
  @ApiParam(lossId)
  @ApiOkResponse({ type: LossItem, description: 'Two people have said so: it is refused.' })
  @ApiAcceptedResponse({ type: WaitsForAnother, description: firstOfTwo })
  @Problems(400, 404, 409, 413, 415, 422)
  refuse(
    @Param('id') id: string,
    @Body() body: LossReason,
    @CalledBy() caller: Caller,
  ): Promise<LossItem | WaitsForAnother> {
    return this.decide('refuse', id, body, caller);
  }

  private async decide(
    decision: 'release' | 'refuse',
    id: string,
    { reason }: LossReason,
    caller: Caller,
  ): Promise<LossItem | WaitsForAnother> {
    requireRowId(id, 'loss');
    const decided = await this.decisions.side(decision, id, reason, caller);
    switch (decided.outcome) {
      case 'unknown':
        throw notFound('loss of this id');
      case 'in the way':
        throw new Problem(409, decided.message);
      case 'waits':
        return waitsForAnother(decided, decision);
      case 'released':
      case 'refused': {
        this.logger.log('Loss decided', { outcome: decided.outcome, loss: id, token: caller.tokenId });
        const [row] = await findLosses(this.dataSource.manager, { state: lossStates, id }, null, 1);
        if (row === undefined) throw new Error('The loss that was just decided is not there.');
        return itemOf(row);
      }
    }
  }
}

function itemOf({ held_at, decided_at, decided_by, decision_reason, ...row }: HeldLossRow): LossItem {
  return {
    ...row,
    heldAt: held_at.toISOString(),
    decidedAt: decided_at?.toISOString() ?? null,
    decidedBy: decided_by,
    decisionReason: decision_reason,
  };
}
