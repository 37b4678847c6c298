import { Body, Controller, HttpCode, Logger, Param, Post, UseInterceptors } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { withAdvisoryLock } from '../database/advisory-lock.js';
import { databaseClock } from '../database/database-clock.js';
import { runLock } from '../database/run-lock.js';
import { Allow, CalledBy, type Caller } from '../http/allow.js';
import { notFound, Problem, Problems, unprocessable } from '../http/problem.js';
import { requireRowId, rowId } from '../http/row-id.js';
import { IsWords } from '../http/words.js';
import { WaitingIsAccepted } from '../http/waiting-is-accepted.js';
import { firstOfTwo, twoPeople, waitsForAnother, WaitsForAnother } from '../http/waits-for-another.js';
import { RosterDecisions } from './roster-decisions.js';

const longestReason = 2_000;
const quarantineId = rowId('`quarantine` of the answer to the upload; the finding names it, too.');

class DecisionReason {
  @ApiProperty({ type: String, maxLength: longestReason, description: 'Why, for the record.' })
  @IsWords(longestReason)
  readonly reason: string;
}

class DecidedRoster {
  @ApiProperty({ type: String })
  readonly id: string;

  @ApiProperty({ type: String, enum: ['accepted', 'rejected'] })
  readonly outcome: 'accepted' | 'rejected';

  @ApiPropertyOptional({ type: Number, description: 'Of a roster that is in force now.' })
  readonly people?: number;

  @ApiPropertyOptional({ type: Number, description: 'How many of them are employed.' })
  readonly employed?: number;
}

/** What the guard held back, decided by two people who looked at it. */
@ApiTags('Roster')
@Controller('api/v1/roster/quarantines')
export class RosterQuarantinesController {
  private readonly logger = new Logger('Roster');

  constructor(
    private readonly dataSource: DataSource,
    private readonly decisions: RosterDecisions,
  ) {}

  @Post(':id/accept')
  @HttpCode(200)
  @Allow('admin', 'operator')
  @UseInterceptors(WaitingIsAccepted)
  @ApiOperation({
    operationId: 'acceptRoster',
    summary: 'Put a quarantined roster in force, by two people',
    description: twoPeople,
  })
  @ApiParam(quarantineId)
  @ApiOkResponse({ type: DecidedRoster, description: 'Two people have said so: it is in force.' })
  @ApiAcceptedResponse({ type: WaitsForAnother, description: firstOfTwo })
  @Problems(400, 404, 409, 413, 415, 422)
  accept(
    @Param('id') id: string,
    @Body() { reason }: DecisionReason,
    @CalledBy() caller: Caller,
  ): Promise<DecidedRoster | WaitsForAnother> {
    return this.decide('accept', id, reason, caller);
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Allow('admin', 'operator')
  @UseInterceptors(WaitingIsAccepted)
  @ApiOperation({
    operationId: 'rejectRoster',
    summary: 'Turn a quarantined roster away, by two people',
    description: `The roster in force stays, and the same file is refused from now on. ${twoPeople}`,
  })
  @ApiParam(quarantineId)
  @ApiOkResponse({ type: DecidedRoster, description: 'Two people have said so: it is turned away.' })
  @ApiAcceptedResponse({ type: WaitsForAnother, description: firstOfTwo })
  @Problems(400, 404, 409, 413, 415, 422)
  reject(
    @Param('id') id: string,
    @Body() { reason }: DecisionReason,
    @CalledBy() caller: Caller,
  ): Promise<DecidedRoster | WaitsForAnother> {
    return this.decide('reject', id, reason, caller);
  }

  private async decide(
    decision: 'accept' | 'reject',
    id: string,
    reason: string,
    caller: Caller,
  ): Promise<DecidedRoster | WaitsForAnother> {
    requireRowId(id, 'roster');
    // A run that has matched accounts to one roster must not find another in force when it judges them.
    const decided = await withAdvisoryLock(this.dataSource, runLock, async () =>
      this.decisions.side(decision, id, reason, caller, await databaseClock(this.dataSource.manager)),
    );
    if (decided === 'held elsewhere') {
      throw new Problem(
        409,
        'A check run or another decision is at work, and the roster stays as it is until it has ended; decide it then.',
      );
    }
    if (decided.outcome === 'refused') {
      if (decided.why === 'unknown') throw notFound('roster of this id');
      if (decided.why === 'decided' || decided.why === 'contradicted') throw new Problem(409, decided.message);
      throw unprocessable([{ field: 'reason', message: decided.message }]);
    }
    this.logger.log('Roster decided', { outcome: decided.outcome, roster: decided.id, token: caller.tokenId });
    return decided.outcome === 'waits' ? waitsForAnother(decided, decision) : decided;
  }
}
