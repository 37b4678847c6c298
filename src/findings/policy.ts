import { DateTime } from 'luxon';
import type { EntityManager } from 'typeorm';
import { oatAccountable, type OatAccountablePolicy } from '../checks/catalog/oat-accountable.check.js';
import { KnownActorPolicy, pushByKnownActor } from '../checks/catalog/push-by-known-actor.check.js';
import { segregationOfDuties, type SegregationPolicy } from '../checks/catalog/segregation-of-duties.check.js';
import type { Instant } from '../checks/check.js';
import { folded } from '../checks/compare.js';
import type { CriticalSystem, NamedPerson, RoleVocabulary, ServiceAccountPolicy } from '../checks/facts.js';
import { millisecondsOf } from '../checks/threshold.js';
import type { Configuration } from '../config/configuration.js';
import { foldUsername } from '../config/username.js';
import type { SameAddress } from './holder-facts.query.js';
import { lookUpLifecyclePolicy, type LifecyclePolicy } from './lifecycle-policy.js';
import { findPeople } from './people.query.js';

/** The policy as checks see it: owners looked up in the roster, days turned into instants. */
export interface JudgedPolicy {
  readonly vocabulary: RoleVocabulary;
  /** By folded username. */
  readonly serviceAccounts: ReadonlyMap<string, ServiceAccountPolicy>;
  readonly sameAddress: SameAddress;
  readonly lifecycle: LifecyclePolicy;
  /** Who answers for an organization access token, by its label or its id. */
  readonly tokenOwners: ReadonlyMap<string, NamedPerson>;
  /** Who is behind each name under which Hubwarden knows a caller; null: a machine. Folded; whom it lacks, nobody named. */
  readonly callers: ReadonlyMap<string, NamedPerson | null>;
  /** How far back `push-by-known-actor` looks. */
  readonly pushWindowMs: number;
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
  const owners = tokenOwners(configuration);
  const callers = callerIds(configuration);
  const behind = [...callers.values()].flatMap((id) => (id === null ? [] : [id]));
  const people = await findPeople(manager, [...new Set([...ids, ...owners.values(), ...behind])], now);
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
    lifecycle: await lookUpLifecyclePolicy(manager, configuration, now),
    sameAddress: { domainAliases: identity.domainAliases, plusAddressing: identity.plusAddressing },
    tokenOwners: new Map(
      [...owners].map(([token, id]): [string, NamedPerson] => [token, people.get(id) ?? { id, person: null }]),
    ),
    callers: new Map([...callers].map(([name, id]): [string, NamedPerson | null] => [name, named(id)])),
    pushWindowMs: pushWindowMs(configuration),
    systemsOf: (organization) => {
      const declared = systems.filter((system) => system.organization === organization);
      return declared.length > 0 ? declared : [undeclaredSystem(organization)];
    },
  };
}

/** Employee ids by label or id of a token, as the policy of `oat-accountable` has them. */
function tokenOwners({ checks }: Configuration): ReadonlyMap<string, string> {
  const policy = checks.find(({ id }) => id === oatAccountable.id)?.policy;
  const { owners = {} }: Partial<OatAccountablePolicy> = policy ?? {};
  return new Map(Object.entries(owners).map(([token, id]) => [token.trim(), id.trim()]));
}

/** Employee ids by the name of an API token, as the policy of `segregation-of-duties` has them. */
function callerIds({ checks }: Configuration): ReadonlyMap<string, string | null> {
  const policy = checks.find(({ id }) => id === segregationOfDuties.id)?.policy;
  const { people = {} }: Partial<SegregationPolicy> = policy ?? {};
  return new Map(Object.entries(people).map(([name, id]) => [folded(name), id?.trim() ?? null]));
}

function pushWindowMs({ checks }: Configuration): number {
  const policy = checks.find(({ id }) => id === pushByKnownActor.id)?.policy;
  return millisecondsOf((policy instanceof KnownActorPolicy ? policy : new KnownActorPolicy()).window);
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
