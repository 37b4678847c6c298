import { Body, Controller, HttpCode, Logger, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Allow, CalledBy, type Caller } from '../http/allow.js';
import { notFound, Problem, Problems } from '../http/problem.js';
import { requireRowId, rowId } from '../http/row-id.js';
import { IsWords } from '../http/words.js';
import { AcknowledgeFinding } from './acknowledge-finding.js';

const longestReason = 2_000;

class AcknowledgementReason {
  @ApiProperty({
    type: String,
    maxLength: longestReason,
    description: 'What is done about it, or why not, for the record.',
  })
  @IsWords(longestReason)
  readonly reason: string;
}

class AcknowledgedFinding {
  @ApiProperty({ type: String })
  readonly id: string;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly acknowledgedAt: string;

  @ApiProperty({ type: String, description: 'The name of the API token that did it.' })
  readonly acknowledgedBy: string;

  @ApiProperty({ type: String })
  readonly acknowledgedReason: string;
}

@ApiTags('Findings')
@Controller('api/v1/findings')
export class AcknowledgeController {
  private readonly logger = new Logger('Findings');

  constructor(private readonly findings: AcknowledgeFinding) {}

  @Post(':id/acknowledge')
  @HttpCode(200)
  @Allow('admin', 'operator', 'reviewer')
  @ApiOperation({
    operationId: 'acknowledgeFinding',
    summary: 'Take note of an open finding',
    description:
      'The finding stays open and due as before; its reminders become weekly. Who acknowledges it again gets the acknowledgement that stands.',
  })
  @ApiParam(rowId('The id of a finding.'))
  @ApiOkResponse({ type: AcknowledgedFinding, description: 'The acknowledgement that stands.' })
  @Problems(400, 404, 409, 413, 415, 422)
  async acknowledge(
    @Param('id') id: string,
    @Body() { reason }: AcknowledgementReason,
    @CalledBy() caller: Caller,
  ): Promise<AcknowledgedFinding> {
    requireRowId(id, 'finding');
    const done = await this.findings.acknowledge(id, reason, caller);
    if (done.outcome === 'unknown') throw notFound('finding of this id');
    if (done.outcome === 'resolved') {
      throw new Problem(
        409,
        `The finding was resolved at ${done.at.toISOString()}; only an open one can be acknowledged.`,
      );
    }
    const { acknowledgement, first } = done;
    this.logger.log('Finding acknowledged', { finding: id, token: caller.tokenId, first });
    return {
      id,
      acknowledgedAt: acknowledgement.at.toISOString(),
      acknowledgedBy: acknowledgement.by,
      acknowledgedReason: acknowledgement.reason,
    };
  }
}
