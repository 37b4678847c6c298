import { outcomes, type Outcome } from '../findings/report.js';
import { AlternativeNames, Alternatives, OneName, OneOf } from '../http/filters.js';
import { holderKinds, presences, type HolderKind, type Presence } from './account.js';
import { AsOfQuery } from './as-of.js';

const accountOrders = ['name', 'verdict'] as const;
const linkStates = ['true', 'false', 'service_account'] as const;

/** What has to hold of an account to be listed; all of it. */
export class AccountFilters extends AsOfQuery {
  @AlternativeNames('Names of organizations.')
  readonly organization?: readonly string[];

  @Alternatives(holderKinds, 'Accounts, pending invites; both where absent.')
  readonly kind?: readonly HolderKind[];

  @Alternatives(presences, '`present,unverified` where absent.')
  readonly presence?: readonly Presence[];

  @AlternativeNames('Roles as Docker Hub spells them, in any case: the account’s own, or the effective one.')
  readonly role?: readonly string[];

  @AlternativeNames('Names of teams, in any case.')
  readonly team?: readonly string[];

  @Alternatives(linkStates, 'Whether it is linked to a person; `service_account`: it is declared to be none’s.')
  readonly linked?: readonly (typeof linkStates)[number][];

  @OneName('An employee id: whose it is.')
  readonly person?: string;

  @AlternativeNames('Ids of checks: it was judged by one of them (with `verdict`: like that).')
  readonly check?: readonly string[];

  @Alternatives(outcomes, 'It has such a verdict.')
  readonly verdict?: readonly Outcome[];

  @OneName('Text that its username, name, address, id or its person’s name or id contains.')
  readonly q?: string;

  @OneOf(accountOrders, 'name', '`verdict`: the worst first, and by name.')
  readonly sort?: (typeof accountOrders)[number];
}
