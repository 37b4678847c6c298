import type { CheckConfig } from '../config/configuration.js';
import type { CheckRoles } from './planned.query.js';

/** What alerts know of a check of the catalogue. */
export interface AlertCheck {
  readonly id: string;
  readonly title: string;
  /** Its failure says that the data is not to be trusted. */
  readonly dataTrust?: true;
}

export function rolesOf(
  checks: readonly AlertCheck[],
  configured: readonly Pick<CheckConfig, 'id' | 'enabled'>[],
): CheckRoles {
  return {
    dataTrust: checks.filter(({ dataTrust }) => dataTrust === true).map(({ id }) => id),
    disabled: configured.filter(({ enabled }) => !enabled).map(({ id }) => id),
  };
}
