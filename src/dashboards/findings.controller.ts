import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { AllowReaders } from '../http/allow.js';
import { Cursors } from '../http/cursors.js';
import { List, type Page } from '../http/page.js';
import { notFound, Problems } from '../http/problem.js';
import { isNow, MomentQuery } from './as-of.js';
import { Finding, FindingDetail } from './finding.js';
import { FindingFilters } from './finding-filters.js';
import { findFinding, findFindings } from './findings.query.js';
import { emptyPage, pageOfRows } from './pages.js';
import { askedView, readingOf } from './view.query.js';

const columns = [
  'id',
  'check',
  'title',
  'severity',
  'organization',
  'subject.kind',
  'subject.id',
  'subject.name',
  'subject.system',
  'status',
  'disposition',
  'reason',
  'message',
  'verdict',
  'firstSeenAt',
  'beganAt',
  'dueAt',
  'acknowledgedAt',
  'acknowledgedBy',
  'acknowledgedReason',
  'resolvedAt',
  'resolvedBecause',
  'reopened',
  'recurrenceOf',
  'exception',
];

@ApiTags('Findings')
@Controller('api/v1/findings')
export class FindingsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @AllowReaders()
  @ApiOperation({
    operationId: 'listFindings',
    summary: 'What fails: the open findings, those about one person, what is due, …',
    description:
      'Without `asOf` and `knownAt`, the acknowledgements of today are in it. With `asOf` alone, also what had begun by then and was ' +
      'found later; its verdict is what the evaluation of that moment said. The pages of one list are of one moment: what is opened or ' +
      'resolved between two of them does not show.',
  })
  @List(Finding, columns)
  async list(@Query() filters: FindingFilters): Promise<Page<Finding>> {
    const reading = await readingOf(this.dataSource.manager, this.cursors, 'findings', filters);
    if (reading === null) return emptyPage;
    const rows = await findFindings(this.dataSource.manager, reading, filters);
    return pageOfRows(rows, reading, ({ id }) => id);
  }

  @Get(':id')
  @AllowReaders()
  @ApiOperation({
    operationId: 'getFinding',
    summary: 'One finding with its facts, its history and what to do about it.',
  })
  @ApiParam({ name: 'id', schema: { type: 'string', pattern: '^\\d{1,18}$' }, description: 'The id of a finding.' })
  @ApiOkResponse({ type: FindingDetail, description: 'The finding.' })
  @Problems(404, 422)
  async get(@Param('id') id: string, @Query() moment: MomentQuery): Promise<FindingDetail> {
    const { manager } = this.dataSource;
    const view = /^\d{1,18}$/.test(id) ? await askedView(manager, moment) : null;
    const finding = view === null ? null : await findFinding(manager, view, id);
    if (finding === null) throw notFound(isNow(moment) ? 'finding of that id' : 'finding of that id at that time');
    return finding;
  }
}
