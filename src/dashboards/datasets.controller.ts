import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { datasets, type Dataset } from '../checks/check.js';
import { datasetStatuses, type DatasetStatus } from '../checks/facts.js';
import { AllowReaders } from '../http/allow.js';
import { Cursors } from '../http/cursors.js';
import { AlternativeNames, Alternatives } from '../http/filters.js';
import { List, type Page } from '../http/page.js';
import { AsOfQuery } from './as-of.js';
import { EvaluatedDataset } from './dataset.js';
import { findDatasets } from './datasets.query.js';
import { emptyPage, pageOfWhole } from './pages.js';
import { readingOf } from './view.query.js';

const columns = [
  'organization',
  'name',
  'status',
  'fetchedAt',
  'ageSeconds',
  'received',
  'reported',
  'reason',
  'message',
];

class DatasetFilters extends AsOfQuery {
  @AlternativeNames('Names of organizations; the roster belongs to none.')
  readonly organization?: readonly string[];

  @Alternatives(datasets, 'What kind of thing it holds.')
  readonly name?: readonly Dataset[];

  @Alternatives(datasetStatuses, 'How the reading ended.')
  readonly status?: readonly DatasetStatus[];
}

@ApiTags('Sources')
@Controller('api/v1/datasets')
export class DatasetsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @AllowReaders()
  @ApiOperation({
    operationId: 'listDatasets',
    summary: 'What an evaluation rests on: each dataset, its state and age.',
  })
  @List(EvaluatedDataset, columns)
  async list(@Query() filters: DatasetFilters): Promise<Page<EvaluatedDataset>> {
    const { manager } = this.dataSource;
    const reading = await readingOf(manager, this.cursors, 'datasets', filters);
    if (reading === null) return emptyPage;
    const found = await findDatasets(manager, reading.view, new Date());
    return pageOfWhole(
      found.filter(
        ({ organization, name, status }) =>
          (filters.organization === undefined ||
            (organization !== null && filters.organization.includes(organization))) &&
          (filters.name?.includes(name) ?? true) &&
          (filters.status?.includes(status) ?? true),
      ),
      reading,
    );
  }
}
