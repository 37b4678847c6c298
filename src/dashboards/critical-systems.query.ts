import type { EntityManager } from 'typeorm';
import type { Employment } from '../checks/facts.js';
import type { CriticalSystemConfig } from '../config/configuration.js';
import type { SubjectCounts } from './checked.js';
import type { CriticalSystem, SystemAccessRule, SystemConfigured, SystemOwner } from './critical-system.js';
import { standing, standingParameters } from './standing.query.js';
import { verdictsThen } from './verdicts-then.query.js';
import type { View } from './view.query.js';

const none: SubjectCounts = { pass: 0, fail: 0, unknown: 0, error: 0, not_applicable: 0 };

/** The systems that an evaluation judged, by organization and name: those of its policy, and organizations without any. */
export async function findCriticalSystems(manager: EntityManager, view: View): Promise<CriticalSystem[]> {
  const [evaluation]: { roster_id: string | null; systems: CriticalSystemConfig[]; organizations: string[] }[] =
    await manager.query(
      `select (select roster_id from evaluation as known where known.number = $2) as roster_id,
              policy->'criticalSystems' as systems,
              array(select organization.name from evaluated_snapshot
                      join organization on organization.id = evaluated_snapshot.organization_id
                     where evaluated_snapshot.evaluation_number = evaluation.number) as organizations
         from evaluation where number = $1`,
      [view.number, view.known],
    );
  if (evaluation === undefined) return [];
  const declared = evaluation.systems.filter(({ organization }) => evaluation.organizations.includes(organization));
  const owners = await readOwners(manager, view, evaluation.roster_id, declared);
  const configured = await readConfigured(manager, view);
  const accounts = await countAccounts(manager, view);
  const judged = (organization: string, name: string): Pick<CriticalSystem, 'configured' | 'accounts'> => ({
    configured: configured.get(keyOf(organization, name)) ?? null,
    accounts: accounts.get(keyOf(organization, name)) ?? none,
  });
  const undeclared = evaluation.organizations.filter((name) =>
    declared.every(({ organization }) => organization !== name),
  );
  return [
    ...declared.map(({ organization, name, repositories, owner, approvedOn, access }) => ({
      organization,
      name,
      declared: true,
      repositories,
      owner: owner === null ? null : (owners.get(owner) ?? { id: owner, name: null, employment: null }),
      approvedOn,
      access: access?.map(readRule) ?? null,
      ...judged(organization, name),
    })),
    ...undeclared.map((name) => ({
      organization: name,
      name,
      declared: false,
      repositories: null,
      owner: null,
      approvedOn: null,
      access: null,
      ...judged(name, name),
    })),
  ].toSorted((one, other) => compare(one.organization, other.organization) || compare(one.name, other.name));
}

function readRule({ roles, who, until }: NonNullable<CriticalSystemConfig['access']>[number]): SystemAccessRule {
  const group = who === 'everyone' ? {} : who;
  return {
    roles,
    everyone: who === 'everyone',
    departments: group.departments ?? null,
    jobTitles: group.jobTitles ?? null,
    employmentTypes: group.employmentTypes ?? null,
    people: group.people ?? null,
    until,
  };
}

/** As the roster that is known has them, at the clock of the view. */
async function readOwners(
  manager: EntityManager,
  view: View,
  rosterId: string | null,
  systems: readonly CriticalSystemConfig[],
): Promise<ReadonlyMap<string, SystemOwner>> {
  const ids = new Set(systems.flatMap(({ owner }) => (owner === null ? [] : [owner])));
  const rows: { id: string; name: string | null; employment: Employment['state'] }[] = await manager.query(
    `select employee_id as id, data->>'fullName' as name, employment_at(data, $3)->>'state' as employment
       from person
      where employee_id = any ($1::text[]) and first_roster <= $2::bigint
        and (last_roster is null or last_roster > $2::bigint)`,
    [[...ids], rosterId, view.clock],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

async function readConfigured(manager: EntityManager, view: View): Promise<ReadonlyMap<string, SystemConfigured>> {
  const rows: (SystemConfigured & { organization: string; name: string })[] = await manager.query(
    `with ${standing(view, 'open')}
     select organization.name as organization, said.subject_key as name, said.outcome as verdict, said.reason, said.message,
            case when standing.due_at is null then 'none' when standing.excepted_by is not null then 'excepted'
                 when standing.due_at < $7 then 'overdue' else 'in_grace' end as disposition
       from ${verdictsThen(`check_id = 'critical-system-access-configured'`)} as said
       join organization on organization.id = said.organization_id
       left join standing on standing.check_id = said.check_id and standing.organization_id = said.organization_id
        and standing.subject_kind = said.subject_kind and standing.subject_key = said.subject_key
        and standing.resolved_at is null
      where said.subject_kind = 'critical_system'`,
    [...standingParameters(view), view.at],
  );
  return new Map(rows.map(({ organization, name, ...said }) => [keyOf(organization, name), said]));
}

async function countAccounts(manager: EntityManager, view: View): Promise<ReadonlyMap<string, SubjectCounts>> {
  const rows: (SubjectCounts & { organization: string; system: string })[] = await manager.query(
    `select organization.name as organization, said.subject_system as system,
            (count(*) filter (where said.outcome = 'pass'))::integer as pass,
            (count(*) filter (where said.outcome = 'fail'))::integer as fail,
            (count(*) filter (where said.outcome = 'unknown'))::integer as unknown,
            (count(*) filter (where said.outcome = 'error'))::integer as error,
            (count(*) filter (where said.outcome = 'not_applicable'))::integer as not_applicable
       from ${verdictsThen(`check_id = 'critical-system-access-valid'`)} as said
       join organization on organization.id = said.organization_id
      where said.subject_kind = 'critical_system_account'
      group by organization.name, said.subject_system`,
    [view.number],
  );
  return new Map(rows.map(({ organization, system, ...counts }) => [keyOf(organization, system), counts]));
}

const keyOf = (organization: string, system: string): string => JSON.stringify([organization, system]);
const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
