import { Controller, Get, Header, HttpStatus, Res } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiServiceUnavailableResponse,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { AllowAnyone } from '../http/allow.js';
import { Health } from './health.js';

class Liveness {
  @ApiProperty({ type: String, enum: ['up'] })
  readonly status: 'up';
}

class PartHealth {
  @ApiProperty({ type: Boolean })
  readonly ready: boolean;

  @ApiProperty({ type: String, nullable: true, description: 'What is wrong; null: nothing.' })
  readonly because: string | null;
}

class ScheduleHealth {
  @ApiProperty({ type: Boolean, description: 'False where scheduled evaluations are missing.' })
  readonly onTime: boolean;

  @ApiProperty({
    type: Number,
    description: 'Scheduled evaluations that never took place and that nothing made up for.',
  })
  readonly missed: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly lastEvaluationAt: string | null;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly nextEvaluationAt: string;
}

class AlertHealth {
  @ApiProperty({ type: Number, description: 'Channels that are configured.' })
  readonly channels: number;

  @ApiProperty({ type: Number, description: 'Channels whose last attempt failed; it will be tried again.' })
  readonly failing: number;

  @ApiProperty({ type: Number, description: 'Channels whose hook is no more; nothing is sent there.' })
  readonly gone: number;

  @ApiProperty({ type: Number, description: 'Messages that were not delivered yet.' })
  readonly waiting: number;
}

class QueueHealth {
  @ApiProperty({ type: Boolean, description: 'False where this process has to work without it.' })
  readonly reachable: boolean;

  @ApiProperty({ type: String, nullable: true, description: 'What is wrong; null: nothing.' })
  readonly because: string | null;
}

@ApiExtraModels(PartHealth)
class ReadinessAnswer {
  @ApiProperty({ type: String, enum: ['ready', 'not ready'] })
  readonly status: 'ready' | 'not ready';

  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(PartHealth) },
    description:
      'database and migrations; scheduler and delivery, unless the process only serves; and process while it stops.',
  })
  readonly parts: Readonly<Record<string, PartHealth>>;

  @ApiProperty({ type: ScheduleHealth, nullable: true, description: 'Does not change the status. Null: not known.' })
  readonly schedule: ScheduleHealth | null;

  @ApiProperty({ type: AlertHealth, nullable: true, description: 'Does not change the status. Null: not known.' })
  readonly alerts: AlertHealth | null;

  @ApiProperty({
    type: QueueHealth,
    nullable: true,
    description:
      'Over which processes share the work. Does not change the status. Null: this process has no use for one.',
  })
  readonly queue: QueueHealth | null;
}

/** As little of the HTTP library as it takes to set a status. */
interface Reply {
  status(code: number): unknown;
}

@ApiTags('Operation')
@Controller('health')
export class HealthController {
  constructor(private readonly health: Health) {}

  @Get('live')
  @AllowAnyone()
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'readLiveness', summary: 'Whether the process is up' })
  @ApiOkResponse({ type: Liveness, description: 'It answers.' })
  live(): Liveness {
    return { status: 'up' };
  }

  @Get('ready')
  @AllowAnyone()
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'readReadiness', summary: 'Whether the process can do its work, and what is missing' })
  @ApiOkResponse({ type: ReadinessAnswer, description: 'It can work.' })
  @ApiServiceUnavailableResponse({ type: ReadinessAnswer, description: 'It cannot; `parts` says why.' })
  // Not a problem document: probes and people want to see every part, the good ones too.
  async ready(@Res({ passthrough: true }) reply: Reply): Promise<ReadinessAnswer> {
    const { ready, parts, schedule, alerts, queue } = await this.health.readiness();
    reply.status(ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
    return {
      status: ready ? 'ready' : 'not ready',
      parts: Object.fromEntries(parts.map(({ name, ...state }) => [name, state])),
      schedule:
        schedule === null
          ? null
          : {
              onTime: schedule.onTime,
              missed: schedule.missed,
              lastEvaluationAt: schedule.lastEvaluationAt?.toISOString() ?? null,
              nextEvaluationAt: schedule.nextSlot.toISOString(),
            },
      alerts:
        alerts === null
          ? null
          : { channels: alerts.configured, failing: alerts.failing, gone: alerts.gone, waiting: alerts.waiting },
      queue,
    };
  }
}
