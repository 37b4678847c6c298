import { domainToASCII, domainToUnicode } from 'node:url';
import { DateTime } from 'luxon';
import type { EntityManager } from 'typeorm';
import { externalSponsored, ExternalPolicy } from '../checks/catalog/external-sponsored.check.js';
import type { Day, Instant } from '../checks/check.js';
import type { PersonFacts } from '../checks/facts.js';
import type { Configuration } from '../config/configuration.js';
import { foldUsername } from '../config/username.js';
import { findManagers } from './managers.query.js';

/** What the policy says of people who come, stay for a time, and go. */
export interface LifecyclePolicy {
  /**
   * By address, whoever manages somebody who may be from outside; null where nobody has the address, or several do. Whom the
   * map lacks nobody has looked for.
   */
  readonly managers: ReadonlyMap<string, PersonFacts | null>;
  /** Employee ids by folded username, as hubwarden.yaml declares them. */
  readonly declaredLinks: ReadonlyMap<string, string>;
  /** Undefined: the policy names no domain. */
  isCorporate(domain: string): boolean | undefined;
  /** When a day begins where the roster is at home. */
  startOf(day: Day): Instant | undefined;
}

export async function lookUpLifecyclePolicy(
  manager: EntityManager,
  { identity, roster, checks }: Configuration,
  now: Instant,
): Promise<LifecyclePolicy> {
  const domains = new Set(identity.corporateDomains);
  const judged = checks.find(({ id, enabled }) => id === externalSponsored.id && enabled)?.policy;
  return {
    managers: judged instanceof ExternalPolicy ? await findManagers(manager, judged.internalTypes, now) : new Map(),
    declaredLinks: new Map(identity.links.map(({ username, person }) => [foldUsername(username), person])),
    isCorporate: (written) => {
      if (domains.size === 0) return undefined;
      const domain = comparable(written);
      return domains.has(domain) || domains.has(identity.domainAliases[domain] ?? '');
    },
    startOf: (day) => DateTime.fromISO(day, { zone: roster.timeZone }).startOf('day').toUTC().toISO() ?? undefined,
  };
}

/**
 * As the configuration keeps domains. What only looks like one, because a letter stands for another, stays as it is written
 * and equals nothing.
 */
function comparable(domain: string): string {
  const lower = foldUsername(domain);
  if (/^[a-z0-9.-]*$/.test(lower)) return lower;
  const ascii = domainToASCII(lower);
  return domainToUnicode(ascii) === lower.normalize('NFC').toLowerCase() ? ascii : lower;
}
