import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { severities, subjectKinds, type Severity, type SubjectKind } from '../checks/check.js';
import { dispositions, type Disposition } from '../findings/report.js';
import { AlternativeNames, Alternatives, OneName, OneOf, YesOrNo } from '../http/filters.js';
import { IsInstant } from '../http/instant.js';
import { AsOfQuery } from './as-of.js';
import { findingStatuses, type FindingStatus } from './finding.js';

export const findingOrders = ['severity', '-severity', 'dueAt', '-dueAt', 'firstSeenAt', '-firstSeenAt'] as const;
export type FindingOrder = (typeof findingOrders)[number];

/** What has to hold of a finding to be listed; all of it. */
export class FindingFilters extends AsOfQuery {
  @AlternativeNames('Ids of checks.')
  readonly check?: readonly string[];

  @AlternativeNames('Names of organizations.')
  readonly organization?: readonly string[];

  @Alternatives(findingStatuses, '`open` where absent.')
  readonly status?: readonly FindingStatus[];

  @Alternatives(severities, 'As it was when the finding opened.')
  readonly severity?: readonly Severity[];

  @Alternatives(dispositions, '`none` is that of what is resolved.')
  readonly disposition?: readonly Disposition[];

  @AlternativeNames('Codes, such as `IDENTITY_UNLINKED`.')
  readonly reason?: readonly string[];

  @Alternatives(subjectKinds, 'What the finding is about.')
  readonly kind?: readonly SubjectKind[];

  @OneName('The name of a critical system: findings about it and about its accounts.')
  readonly system?: string;

  @OneName('An employee id: findings about the accounts and invites that are linked to the person.')
  readonly person?: string;

  @OneName('The Hub user id or the username of an account, in any organization; or its id, such as `acme:0ab7…`.')
  readonly account?: string;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'ISO 8601 with a zone.' })
  @IsOptional()
  @IsInstant()
  readonly dueBefore?: string;

  @YesOrNo('Whether somebody has acknowledged it.')
  readonly acknowledged?: boolean;

  @OneName('Text that the name of the subject, the message, the reason, the check or the system contains.')
  readonly q?: string;

  @OneOf(
    findingOrders,
    'severity',
    '`severity`: the most severe first, and of those what is due first. A minus sign turns the order around.',
  )
  readonly sort?: FindingOrder;
}
