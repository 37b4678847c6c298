import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource, type EntityManager } from 'typeorm';
import { ConfigurationInForce } from '../config/configuration-in-force.js';
import { AllowReaders } from '../http/allow.js';
import { Problems } from '../http/problem.js';
import { readAlertChannels } from './alert-channels.query.js';
import { isNow, MomentQuery } from './as-of.js';
import { findDatasets } from './datasets.query.js';
import { Overview } from './overview.js';
import { readEvaluation, readFindings, readOpenRun, readPosture, readTrend } from './overview.query.js';
import { RecentSchedule } from './recent-schedule.js';
import { askedView, type View } from './view.query.js';

type Judged = Pick<Overview, 'evaluation' | 'posture' | 'findings' | 'trend' | 'datasets'>;

const nothingJudged: Judged = { evaluation: null, posture: null, findings: null, trend: [], datasets: [] };

@ApiTags('Overview')
@Controller('api/v1/overview')
export class OverviewController {
  private readonly recentSchedule = new RecentSchedule();

  constructor(
    private readonly dataSource: DataSource,
    private readonly configuration: ConfigurationInForce,
  ) {}

  @Get()
  @AllowReaders()
  @ApiOperation({
    operationId: 'getOverview',
    summary: 'Everything that a dashboard shows first, in one request.',
    description:
      'The posture, its trend over nights, the findings by severity, the age of every dataset, and whether the nightly ' +
      'evaluation and the alerts work.',
  })
  @ApiOkResponse({ type: Overview, description: 'The picture of the last evaluation.' })
  @Problems(422)
  async get(@Query() moment: MomentQuery): Promise<Overview> {
    const { manager } = this.dataSource;
    const now = new Date();
    const view = await askedView(manager, moment);
    const judged = view === null ? nothingJudged : await this.judged(manager, view, now);
    if (!isNow(moment)) return { ...judged, running: null, schedule: null, alerts: null };
    const configuration = this.configuration.current;
    return {
      ...judged,
      running: await readOpenRun(manager),
      schedule: await this.recentSchedule.state(manager, configuration, view?.number ?? null, now),
      alerts: configuration.alerts.length === 0 ? [] : await readAlertChannels(manager),
    };
  }

  /** Side by side, each on a connection of its own: the view holds still what they see. */
  private async judged(manager: EntityManager, view: View, now: Date): Promise<Judged> {
    const [evaluation, posture, findings, trend, datasets] = await Promise.all([
      readEvaluation(manager, view),
      readPosture(manager, view),
      readFindings(manager, view),
      readTrend(manager, view),
      findDatasets(manager, view, now),
    ]);
    return { evaluation, posture, findings, trend, datasets };
  }
}
