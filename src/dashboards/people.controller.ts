import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { AllowReaders } from '../http/allow.js';
import { Cursors } from '../http/cursors.js';
import { List, type Page } from '../http/page.js';
import { notFound, Problems } from '../http/problem.js';
import { isNow, MomentQuery } from './as-of.js';
import { emptyPage, pageOfRows } from './pages.js';
import { PeopleFilters } from './people-filters.js';
import { findPeople, findPerson } from './people.query.js';
import { Person, PersonDetail } from './person.js';
import { askedView, readingOf } from './view.query.js';

const columns = [
  'id',
  'name',
  'workEmail',
  'employment.state',
  'employment.firstDay',
  'employment.lastDay',
  'employment.endedAt',
  'employment.inferred',
  'employment.reason',
  'department',
  'jobTitle',
  'employmentType',
  'accountCount',
  'inviteCount',
  'verdict',
];

@ApiTags('People')
@Controller('api/v1/people')
export class PeopleController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @AllowReaders()
  @ApiOperation({
    operationId: 'listPeople',
    summary:
      'Everybody whom an accepted roster ever had, as the roster of the evaluation has them, and what access they have',
  })
  @List(Person, columns)
  async list(@Query() filters: PeopleFilters): Promise<Page<Person>> {
    const reading = await readingOf(this.dataSource.manager, this.cursors, 'people', filters);
    if (reading === null) return emptyPage;
    const { view, after, limit } = reading;
    const rows = await findPeople(this.dataSource.manager, view, filters, { after, limit: limit + 1 });
    const { items, nextCursor } = pageOfRows(rows, reading, ({ place }) => place);
    return { items: items.map(({ person }) => person), nextCursor };
  }

  @Get(':id')
  @AllowReaders()
  @ApiOperation({
    operationId: 'getPerson',
    summary:
      'One person: employment, accounts with roles, teams and verdicts, links with their evidence, open findings',
    description: 'Under a former employee id, the person as HR has them now.',
  })
  @ApiParam({ name: 'id', type: String, description: 'An employee id, percent-encoded where it has to be.' })
  @ApiOkResponse({ type: PersonDetail, description: 'The person.' })
  @Problems(404, 422)
  async get(@Param('id') id: string, @Query() moment: MomentQuery): Promise<PersonDetail> {
    const { manager } = this.dataSource;
    const view = id.includes('\0') ? null : await askedView(manager, moment);
    const person = view === null ? null : await findPerson(manager, view, id);
    if (person === null) throw notFound(isNow(moment) ? 'person of that id' : 'person of that id at that time');
    return person;
  }
}
