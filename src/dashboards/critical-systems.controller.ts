import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { outcomes, type Outcome } from '../findings/report.js';
import { AllowReaders } from '../http/allow.js';
import { Cursors } from '../http/cursors.js';
import { AlternativeNames, Alternatives, contains, OneName, YesOrNo } from '../http/filters.js';
import { List, type Page } from '../http/page.js';
import { AsOfQuery } from './as-of.js';
import { CriticalSystem } from './critical-system.js';
import { findCriticalSystems } from './critical-systems.query.js';
import { emptyPage, pageOfWhole } from './pages.js';
import { readingOf } from './view.query.js';

const columns = [
  'organization',
  'name',
  'declared',
  'repositories',
  'owner.id',
  'owner.name',
  'owner.employment',
  'approvedOn',
  'access',
  'configured.verdict',
  'configured.reason',
  'configured.message',
  'configured.disposition',
  'accounts.pass',
  'accounts.fail',
  'accounts.unknown',
  'accounts.error',
  'accounts.not_applicable',
];

class CriticalSystemFilters extends AsOfQuery {
  @AlternativeNames('Names of organizations.')
  readonly organization?: readonly string[];

  @Alternatives(outcomes, 'What was said of its configuration.')
  readonly verdict?: readonly Outcome[];

  @OneName('The employee id of its owner.')
  readonly owner?: string;

  @YesOrNo('Whether the policy names it.')
  readonly declared?: boolean;

  @OneName('Text that the name of the system, of its organization or of its owner contains.')
  readonly q?: string;
}

@ApiTags('Checks')
@Controller('api/v1/critical-systems')
export class CriticalSystemsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @AllowReaders()
  @ApiOperation({
    operationId: 'listCriticalSystems',
    summary:
      'The critical systems of an evaluation: who owns each, who may reach it, and who does without being allowed.',
  })
  @List(CriticalSystem, columns)
  async list(@Query() filters: CriticalSystemFilters): Promise<Page<CriticalSystem>> {
    const { manager } = this.dataSource;
    const reading = await readingOf(manager, this.cursors, 'critical-systems', filters);
    if (reading === null) return emptyPage;
    const found = await findCriticalSystems(manager, reading.view);
    return pageOfWhole(
      found.filter((system) => fits(system, filters)),
      reading,
    );
  }
}

function fits(system: CriticalSystem, { organization, verdict, owner, declared, q }: CriticalSystemFilters): boolean {
  const said = system.configured?.verdict;
  return (
    (organization?.includes(system.organization) ?? true) &&
    (verdict === undefined || (said !== undefined && verdict.includes(said))) &&
    (owner === undefined || system.owner?.id === owner) &&
    (declared === undefined || system.declared === declared) &&
    (q === undefined || contains([system.name, system.organization, system.owner?.name ?? null], q))
  );
}
