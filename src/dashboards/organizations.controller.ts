import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { AllowReaders } from '../http/allow.js';
import { Cursors } from '../http/cursors.js';
import { contains, OneName } from '../http/filters.js';
import { List, type Page } from '../http/page.js';
import { AsOfQuery } from './as-of.js';
import { findOrganizations } from './organizations.query.js';
import { emptyPage, pageOfWhole } from './pages.js';
import { readingOf } from './view.query.js';
import { WatchedOrganization } from './watched-organization.js';

const columns = [
  'name',
  'members',
  'invites',
  'verdicts.pass',
  'verdicts.fail',
  'verdicts.unknown',
  'verdicts.error',
  'verdicts.not_applicable',
  'findings.open',
  'findings.overdue',
  'snapshot.number',
  'snapshot.at',
  'datasets',
];

class OrganizationFilters extends AsOfQuery {
  @OneName('Text that the name contains.')
  readonly q?: string;
}

@ApiTags('Sources')
@Controller('api/v1/organizations')
export class OrganizationsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @AllowReaders()
  @ApiOperation({
    operationId: 'listOrganizations',
    summary: 'The organizations of an evaluation, and how each stands.',
  })
  @List(WatchedOrganization, columns)
  async list(@Query() filters: OrganizationFilters): Promise<Page<WatchedOrganization>> {
    const { manager } = this.dataSource;
    const reading = await readingOf(manager, this.cursors, 'organizations', filters);
    if (reading === null) return emptyPage;
    const found = await findOrganizations(manager, reading.view);
    return pageOfWhole(
      found.filter(({ name }) => filters.q === undefined || contains([name], filters.q)),
      reading,
    );
  }
}
