import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Registry } from 'prom-client';
import { AllowAnyone } from '../http/allow.js';
import { Metrics } from './metrics.js';
import { StoredMetrics } from './stored-metrics.js';

@ApiTags('Operation')
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    private readonly stored: StoredMetrics,
  ) {}

  @Get()
  @AllowAnyone()
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'readMetrics', summary: 'Metrics for Prometheus' })
  @ApiProduces('text/plain')
  @ApiOkResponse({
    description: 'The text format of Prometheus. While the database is away, what it knows is missing from it.',
    content: { 'text/plain': { schema: { type: 'string' } } },
  })
  async read(): Promise<string> {
    const stored = await this.stored.read();
    return `${await this.metrics.registry.metrics()}${await stored.metrics()}`;
  }
}
