import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { AllowReaders } from '../http/allow.js';
import { Cursors } from '../http/cursors.js';
import { List, type Page } from '../http/page.js';
import { notFound, Problems } from '../http/problem.js';
import { Account, AccountDetail } from './account.js';
import { findAccount } from './account-detail.query.js';
import { AccountFilters } from './account-filters.js';
import { readAccountId } from './account-id.js';
import { findAccounts } from './accounts.query.js';
import { isNow, MomentQuery } from './as-of.js';
import { emptyPage, pageOfRows } from './pages.js';
import { askedView, readingOf } from './view.query.js';

const columns = [
  'id',
  'organization',
  'kind',
  'key',
  'presence',
  'username',
  'fullName',
  'email',
  'role',
  'hidden',
  'effectiveRoles',
  'teams',
  'teamsKnown',
  'identity',
  'link.person',
  'link.name',
  'link.source',
  'link.since',
  'candidates',
  'verdict',
  'counts.pass',
  'counts.fail',
  'counts.unknown',
  'counts.error',
  'counts.not_applicable',
];

@ApiTags('Accounts')
@Controller('api/v1/accounts')
export class AccountsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @AllowReaders()
  @ApiOperation({
    operationId: 'listAccounts',
    summary: 'Who has access, or access in waiting: whose it is, its role, and the worst that is said of it',
  })
  @List(Account, columns)
  async list(@Query() filters: AccountFilters): Promise<Page<Account>> {
    const reading = await readingOf(this.dataSource.manager, this.cursors, 'accounts', filters);
    if (reading === null) return emptyPage;
    const { view, after, limit } = reading;
    const rows = await findAccounts(this.dataSource.manager, view, filters, { after, limit: limit + 1 });
    const { items, nextCursor } = pageOfRows(rows, reading, ({ place }) => place);
    return { items: items.map(({ account }) => account), nextCursor };
  }

  @Get(':id')
  @AllowReaders()
  @ApiOperation({
    operationId: 'getAccount',
    summary:
      'One account or invite: every verdict and what it rests on, its links, teams, SCIM state and open findings',
    description: 'Also of what is gone, if it was ever seen by the moment that is asked about.',
  })
  @ApiParam({ name: 'id', type: String, description: 'As lists have it, such as `acme:0ab7…` or `acme:invite:…`.' })
  @ApiOkResponse({ type: AccountDetail, description: 'The account or invite.' })
  @Problems(404, 422)
  async get(@Param('id') id: string, @Query() moment: MomentQuery): Promise<AccountDetail> {
    const { manager } = this.dataSource;
    const name = readAccountId(id);
    const view = name === null ? null : await askedView(manager, moment);
    const account = name === null || view === null ? null : await findAccount(manager, view, name);
    if (account === null) throw notFound(isNow(moment) ? 'account of that id' : 'account of that id at that time');
    return account;
  }
}
