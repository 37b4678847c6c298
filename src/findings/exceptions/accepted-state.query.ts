import type { EntityManager } from 'typeorm';
import { folded } from '../../checks/compare.js';
import type { Instant } from '../../checks/check.js';
import { rankOf } from '../../checks/roles.js';
import type { Configuration } from '../../config/configuration.js';
import { foldUsername } from '../../config/username.js';
import { sameSubject } from '../same-subject.js';
import { steadyFacts, type AcceptedHolder, type AcceptedPerson, type AcceptedState } from './accepted-state.js';

interface StateRow {
  readonly id: string;
  readonly organization: string | null;
  readonly subject_kind: string;
  readonly subject_key: string;
  readonly subject_system: string | null;
  readonly reason: string;
  readonly facts: object | null;
  readonly holder: { readonly role?: string | null; readonly username?: string } | null;
  /** Absent in the holder's row: nobody said. */
  readonly email_said: boolean;
  readonly email_hash: string | null;
  readonly teams: readonly string[] | null;
  readonly team_roles: readonly string[] | null;
  readonly person: string | null;
  readonly employment: string | null;
}

type Policy = Pick<Configuration, 'identity' | 'criticalSystems' | 'roles'>;

/**
 * The state of each finding that is open: what its last failing verdict said, or, while an evaluation records itself, what
 * that one says (`judged`); and what the last snapshot that was judged shows of the account or invite. A finding that tonight
 * does not fail has no reason that could have changed: it keeps the one that it has, without facts.
 */
export async function acceptedStates(
  manager: EntityManager,
  findings: readonly string[],
  now: Instant,
  said: 'judged' | 'recorded',
): Promise<ReadonlyMap<string, AcceptedState>> {
  if (findings.length === 0) return new Map();
  const policy = await lastPolicy(manager);
  const rows: StateRow[] = await manager.query(sql(said === 'judged' ? saidNow : saidLast), [findings, now]);
  const owners = new Map(rows.map((row) => [row.id, policy === null ? null : ownerOf(row, policy.policy)]));
  const ids = [...new Set([...owners.values()].flatMap((owner) => owner ?? []))];
  const employment = await employmentOf(manager, ids, now);
  return new Map(
    rows.map((row) => {
      const owner = owners.get(row.id) ?? null;
      return [
        row.id,
        {
          reason: row.reason,
          facts: row.facts === null ? null : steadyFacts(row.facts),
          catalogue: policy?.catalogue ?? '',
          holder: holderOf(row, policy?.policy.roles ?? {}),
          owner: owner === null ? null : { id: owner, employment: employment.get(owner) ?? null },
        },
      ];
    }),
  );
}

async function lastPolicy(manager: EntityManager): Promise<{ policy: Policy; catalogue: string } | null> {
  const [row]: { policy: Policy; catalogue: string }[] = await manager.query(
    'select policy, catalogue_version as catalogue from evaluation order by number desc limit 1',
  );
  return row ?? null;
}

async function employmentOf(
  manager: EntityManager,
  people: readonly string[],
  now: Instant,
): Promise<ReadonlyMap<string, string>> {
  if (people.length === 0) return new Map();
  const rows: { id: string; state: string }[] = await manager.query(
    `select employee_id as id, employment_at(data, $2)->>'state' as state
       from person where last_roster is null and employee_id = any ($1)`,
    [people, now],
  );
  return new Map(rows.map(({ id, state }) => [id, state]));
}

function holderOf(row: StateRow, vocabulary: Policy['roles']): AcceptedHolder | null {
  if (row.holder === null) return null;
  const roles = new Set(
    [row.holder.role ?? '', ...(row.team_roles ?? []), ...(row.teams?.includes('owners') === true ? ['owner'] : [])]
      .map(folded)
      .filter((role) => role !== ''),
  );
  const ranks = [...roles].map((role) => rankOf(role, vocabulary));
  return {
    roles: [...roles].toSorted(),
    rank: Math.max(0, ...ranks.map((rank) => rank ?? 0)),
    unranked: ranks.includes(null),
    ...(row.email_said && { email: row.email_hash }),
    person: personOf(row),
  };
}

function personOf({ person, employment }: StateRow): AcceptedPerson | null {
  return person === null ? null : { id: person, employment };
}

/** The employee id of whoever answers for a service account or a critical system, as the policy has it. */
function ownerOf(row: StateRow, { identity, criticalSystems }: Policy): string | null {
  const { subject_kind: kind, holder, subject_key: key, organization } = row;
  if (kind === 'critical_system') {
    return criticalSystems.find((system) => system.name === key && system.organization === organization)?.owner ?? null;
  }
  const username = holder?.username;
  if (username === undefined || kind === 'invite') return null;
  return (
    identity.serviceAccounts.find((account) => foldUsername(account.username) === foldUsername(username))?.owner ?? null
  );
}

/** Tonight’s verdict counts where it is a failure; whatever else it is, the finding stays as it was. */
const saidNow = `left join judged as said on ${sameSubject('said', 'finding')} and said.outcome = 'fail'`;
const saidLast = `left join lateral (
    select verdict.reason, verdict.facts from verdict
     where ${sameSubject('verdict', 'finding')} and verdict.outcome = 'fail'
     order by verdict.first_evaluation desc limit 1) as said on true`;

/** $1 the findings, $2 the clock. The address is hashed: it has to be known whether it changed, and no more. */
const sql = (said: string): string => `
with chosen as materialized (
  select finding.id, finding.organization_id, finding.subject_kind, finding.subject_key, finding.subject_system,
         coalesce(said.reason, finding.reason) as reason, said.facts,
         case when finding.subject_kind in ('account', 'service_account', 'critical_system_account') then 'members'
              when finding.subject_kind = 'invite' then 'invites' end as dataset,
         case when finding.subject_kind = 'critical_system_account'
              then substr(finding.subject_key, length(finding.subject_system) + 2) else finding.subject_key end as holder,
         (select max(run_id) from evaluated_snapshot
           where evaluated_snapshot.organization_id = finding.organization_id) as snapshot
    from finding ${said}
   where finding.id = any ($1)
), shown as (
  select chosen.id, held.data
    from chosen
    join observation as held
      on held.organization_id = chosen.organization_id and held.dataset = chosen.dataset and held.key = chosen.holder
     and held.first_snapshot <= chosen.snapshot and (held.last_snapshot is null or held.last_snapshot > chosen.snapshot)
   where not exists (
     select from unverified where unverified.snapshot = chosen.snapshot and unverified.observation_id = held.id)
), membership as (
  select chosen.id, array_agg(distinct lower(member.data->>'team')) as teams,
         array_agg(distinct team.data->>'role') filter (where team.data->>'role' is not null) as roles
    from chosen
    join observation as member
      on member.organization_id = chosen.organization_id and member.dataset = 'team_members'
     and member.data->>'member' = chosen.holder and member.first_snapshot <= chosen.snapshot
     and (member.last_snapshot is null or member.last_snapshot > chosen.snapshot)
    left join observation as team
      on team.organization_id = chosen.organization_id and team.dataset = 'teams'
     and lower(team.data->>'name') = lower(member.data->>'team') and team.first_snapshot <= chosen.snapshot
     and (team.last_snapshot is null or team.last_snapshot > chosen.snapshot)
   where chosen.dataset = 'members' group by chosen.id
)
select chosen.id, organization.name as organization, chosen.subject_kind, chosen.subject_key, chosen.subject_system,
       chosen.reason, chosen.facts, shown.data as holder,
       coalesce(shown.data ? 'email', false) as email_said,
       encode(sha256(convert_to(lower(shown.data->>'email'), 'UTF8')), 'hex') as email_hash,
       membership.teams, membership.roles as team_roles, link.employee_id as person,
       employment_at(person.data, $2)->>'state' as employment
  from chosen
  left join organization on organization.id = chosen.organization_id
  left join shown on shown.id = chosen.id
  left join membership on membership.id = chosen.id
  left join link on link.organization_id = chosen.organization_id and link.subject_key = chosen.holder
   and link.subject_kind = case chosen.dataset when 'members' then 'account' else 'invite' end and link.ended_at is null
  left join person on person.last_roster is null and person.employee_id = link.employee_id`;
