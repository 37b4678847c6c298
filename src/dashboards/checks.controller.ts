import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { severities, type Severity } from '../checks/check.js';
import { checkStatuses, type CheckStatus } from '../findings/report.js';
import { AllowReaders } from '../http/allow.js';
import { Cursors } from '../http/cursors.js';
import { Alternatives, contains, OneName, YesOrNo } from '../http/filters.js';
import { List, type Page } from '../http/page.js';
import { notFound, Problems } from '../http/problem.js';
import { AsOfQuery, MomentQuery } from './as-of.js';
import { CheckDetail, EvaluatedCheck } from './checked.js';
import { findCheck, findChecks } from './checks.query.js';
import { emptyPage, pageOfWhole } from './pages.js';
import { askedView, readingOf } from './view.query.js';

const columns = [
  'id',
  'title',
  'severity',
  'status',
  'counts.pass',
  'counts.fail',
  'counts.unknown',
  'counts.error',
  'counts.not_applicable',
  'counts.excepted',
  'enabled',
  'disabledBecause',
  'sla',
  'slaSeconds',
  'dataTrust',
  'needs',
  'controls',
];

class CheckFilters extends AsOfQuery {
  @Alternatives(checkStatuses, 'What the evaluation came to.')
  readonly status?: readonly CheckStatus[];

  @Alternatives(severities, 'As the policy of the evaluation has it.')
  readonly severity?: readonly Severity[];

  @YesOrNo('Whether the policy of the evaluation asks for it.')
  readonly enabled?: boolean;

  @OneName('Text that the id or the title contains.')
  readonly q?: string;
}

@ApiTags('Checks')
@Controller('api/v1/checks')
export class ChecksController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @AllowReaders()
  @ApiOperation({ operationId: 'listChecks', summary: 'Every check of an evaluation with its status and counts.' })
  @List(EvaluatedCheck, columns)
  async list(@Query() filters: CheckFilters): Promise<Page<EvaluatedCheck>> {
    const reading = await readingOf(this.dataSource.manager, this.cursors, 'checks', filters);
    if (reading === null) return emptyPage;
    const checks = await findChecks(this.dataSource.manager, reading.view);
    return pageOfWhole(
      checks.filter((check) => fits(check, filters)),
      reading,
    );
  }

  @Get(':id')
  @AllowReaders()
  @ApiOperation({ operationId: 'getCheck', summary: 'One check with its trend, its open findings and its remedy.' })
  @ApiParam({ name: 'id', type: String, description: 'The id of a check, such as `user-identified`.' })
  @ApiOkResponse({ type: CheckDetail, description: 'The check.' })
  @Problems(404, 422)
  async get(@Param('id') id: string, @Query() moment: MomentQuery): Promise<CheckDetail> {
    const { manager } = this.dataSource;
    const view = /^[a-z0-9-]{1,100}$/.test(id) ? await askedView(manager, moment) : null;
    const check = view === null ? null : await findCheck(manager, view, id);
    if (check === null) throw notFound('check of that id in the evaluation');
    return check;
  }
}

function fits(check: EvaluatedCheck, { status, severity, enabled, q }: CheckFilters): boolean {
  return (
    (status?.includes(check.status) ?? true) &&
    (severity?.includes(check.severity) ?? true) &&
    (enabled === undefined || check.enabled === enabled) &&
    (q === undefined || contains([check.id, check.title], q))
  );
}
