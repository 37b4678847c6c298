import { DateTime } from 'luxon';
import type { EntityManager } from 'typeorm';
import type { Instant } from '../checks/check.js';
import type { CriticalSystem, NamedPerson, RoleVocabulary, ServiceAccountPolicy } from '../checks/facts.js';
import type { Configuration } from '../config/configuration.js';
import { foldUsername } from '../config/username.js';
import type { SameAddress } from './holder-facts.query.js';
import { findPeople } from './people.query.js';

/** The policy as checks see it: owners looked up in the roster, days turned into instants. */
export interface JudgedPolicy {
  readonly vocabulary: RoleVocabulary;
  /** By folded username. */
  readonly serviceAccounts: ReadonlyMap<string, ServiceAccountPolicy>;
  readonly sameAddress: SameAddress;
  /** Every organization has at least one: the undeclared one, where no system names it. */
  systemsOf(organization: string): readonly CriticalSystem[];
}

export async function lookUpPolicy(
  manager: EntityManager,
  configuration: Configuration,
  now: Instant,
): Promise<JudgedPolicy> {
  const { identity, criticalSystems, roster } = configuration;
  const ids = [...identity.serviceAccounts, ...criticalSystems].flatMap(({ owner }) => (owner === null ? [] : [owner]));
  const people = await findPeople(manager, [...new Set(ids)], now);
  const named = (id: string | null): NamedPerson | null =>
    id === null ? null : (people.get(id) ?? { id, person: null });

  const systems = criticalSystems.map((system): CriticalSystem => ({
    name: system.name,
    organization: system.organization,
    repositories: system.repositories,
    owner: named(system.owner),
    approvedOn: system.approvedOn,
    access:
      system.access?.map((rule) => ({
        ...rule,
        untilInstant: rule.until === null ? null : firstInstantAfter(rule.until, roster.timeZone),
      })) ?? null,
    declared: true,
  }));
  return {
    vocabulary: configuration.roles,
    serviceAccounts: new Map(
      identity.serviceAccounts.map((account) => [
        foldUsername(account.username),
        { ...account, owner: named(account.owner) },
      ]),
    ),
    sameAddress: { domainAliases: identity.domainAliases, plusAddressing: identity.plusAddressing },
    systemsOf: (organization) => {
      const declared = systems.filter((system) => system.organization === organization);
      return declared.length > 0 ? declared : [undeclaredSystem(organization)];
    },
  };
}

function undeclaredSystem(organization: string): CriticalSystem {
  return {
    name: organization,
    organization,
    repositories: null,
    owner: null,
    approvedOn: null,
    access: null,
    declared: false,
  };
}

function firstInstantAfter(day: string, zone: string): Instant {
  return DateTime.fromISO(day, { zone }).plus({ days: 1 }).startOf('day').toUTC().toISO() ?? day;
}
