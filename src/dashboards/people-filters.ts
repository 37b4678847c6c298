import { AlternativeNames, Alternatives, OneName, OneOf, YesOrNo } from '../http/filters.js';
import { AsOfQuery } from './as-of.js';
import { employmentStates, type EmploymentState } from './person.js';

const peopleOrders = ['name', 'id'] as const;

/** What has to hold of a person to be listed; all of it. */
export class PeopleFilters extends AsOfQuery {
  @Alternatives(employmentStates, 'At `asOf`, else by the clock of the evaluation.')
  readonly employment?: readonly EmploymentState[];

  @AlternativeNames('Departments, in any case.')
  readonly department?: readonly string[];

  @YesOrNo('Whether an account, not only an invite, is linked to the person and not gone.')
  readonly hasAccess?: boolean;

  @OneName('Text that the name, an address, a Docker ID or an employee id of the person contains.')
  readonly q?: string;

  @OneOf(peopleOrders, 'name', '`id`: by employee id.')
  readonly sort?: (typeof peopleOrders)[number];
}
