import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { AllowReaders } from '../http/allow.js';
import { Cursors } from '../http/cursors.js';
import { AlternativeNames, Alternatives, OneName, OneOf } from '../http/filters.js';
import { List, type Page } from '../http/page.js';
import { AsOfQuery } from './as-of.js';
import { holderKinds, type HolderKind } from './account.js';
import { Link } from './link.js';
import { findLinks } from './links.query.js';
import { emptyPage, pageOfRows } from './pages.js';
import { readingOf } from './view.query.js';

const standings = ['true', 'false', 'any'] as const;

/** What has to hold of a link to be listed; all of it. */
class LinkFilters extends AsOfQuery {
  @AlternativeNames('Names of organizations.')
  readonly organization?: readonly string[];

  @Alternatives(holderKinds, 'Whether it is about accounts or invites.')
  readonly kind?: readonly HolderKind[];

  @OneName('An employee id.')
  readonly person?: string;

  @AlternativeNames('`declared`, `manual`, or ids of matchers, such as `work-email`.')
  readonly source?: readonly string[];

  @OneOf(standings, 'true', '`true`: those that stand; `false`: those that have ended.')
  readonly standing?: (typeof standings)[number];
}

@ApiTags('Links')
@Controller('api/v1/links')
export class LinksController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @AllowReaders()
  @ApiOperation({ operationId: 'listLinks', summary: 'Whose the accounts and invites are, and what that rests on' })
  @List(Link, [
    'id',
    'organization',
    'kind',
    'key',
    'account',
    'username',
    'person',
    'personName',
    'source',
    'evidence.username',
    'evidence.email',
    'evidence.keys',
    'evidence.by',
    'evidence.reason',
    'since',
    'endedAt',
    'endedBecause',
    'endedBy',
    'endedReason',
  ])
  async list(@Query() filters: LinkFilters): Promise<Page<Link>> {
    const reading = await readingOf(this.dataSource.manager, this.cursors, 'links', filters);
    if (reading === null) return emptyPage;
    const { view, after, limit } = reading;
    const links = await findLinks(this.dataSource.manager, view, filters, { after, limit: limit + 1 });
    return pageOfRows(links, reading, ({ id }) => id);
  }
}
