import type { PusherFacts, RepositoryPushFacts } from '../checks/activity-facts.js';
import type { Instant } from '../checks/check.js';
import { foldUsername } from '../config/username.js';
import { streamRows } from '../database/rows.js';
import { auditCoverage, isKnown } from './audit-facts.query.js';
import { CriticalPatterns } from './critical-patterns.js';
import { decodePerson, type PersonRow } from './people.query.js';
import type { JudgedPolicy } from './policy.js';
import type { SubjectSource } from './subject-source.js';

/**
 * $1 organization, $2 snapshot, $3 clock, $4 patterns, $5 since when, $6 the organization's name in lower case. An account goes
 * by the username that it has, or was the last to have.
 */
const sql = `
with push as materialized (
  select lower(event.name) as repository, lower(event.actor collate "C") as actor, event.token,
         count(*)::integer as pushes, max(event.at) as last_at
    from audit_event as event
   where ${isKnown} and event.action = 'repo.tag.push' and event.at between $5::timestamptz and $3::timestamptz
   group by 1, 2, 3
), account as materialized (
  select distinct on (lower(member.data->>'username' collate "C")) lower(member.data->>'username' collate "C") as username,
         member.data->'isGuest' as guest, link.employee_id,
         case when person.id is not null
           then jsonb_build_object('employee_id', person.employee_id, 'full_name', person.data->>'fullName',
                                   'employment', employment_at(person.data, $3)) end as person
    from observation as member
    left join link on link.organization_id = $1 and link.subject_kind = 'account' and link.subject_key = member.key
     and link.ended_at is null
    left join person on person.last_roster is null and person.employee_id = link.employee_id
   where member.organization_id = $1 and member.dataset = 'members' and member.first_snapshot <= $2
     and lower(member.data->>'username' collate "C") in (select actor from push)
   order by lower(member.data->>'username' collate "C"), (member.last_snapshot is null or member.last_snapshot > $2) desc,
            member.first_snapshot desc
), repository as materialized (
  select key as name
    from observation
   where organization_id = $1 and dataset = 'repositories' and key like any ($4::text[])
     and first_snapshot <= $2 and (last_snapshot is null or last_snapshot > $2)
     and not exists (select from unverified where unverified.snapshot = $2 and unverified.observation_id = observation.id)
)
select repository.name, made.pushes
  from repository
  left join lateral (
    select jsonb_agg(jsonb_build_object('actor', push.actor, 'token', push.token, 'pushes', push.pushes,
                                        'lastAt', push.last_at, 'account', to_jsonb(account))
                     order by push.last_at desc, push.actor, push.token) as pushes
      from push left join account on account.username = push.actor
     where push.repository in ($6 || '/' || lower(repository.name), lower(repository.name))) as made on true
 order by repository.name`;

interface PushRow {
  readonly actor: string | null;
  readonly token: string | null;
  readonly pushes: number;
  readonly lastAt: string;
  readonly account: {
    readonly guest: unknown;
    readonly employee_id: string | null;
    readonly person: PersonRow | null;
  } | null;
}

/** The critical repositories that the snapshot shows, with whoever pushed to them in the time that the policy looks at. */
export const repositoryPushSource: SubjectSource = {
  name: 'critical-repository-pushes',
  async *subjects(runner, { organizationId, organization, snapshot, now, policy }) {
    const critical = CriticalPatterns.of(policy, organization);
    if (critical.isEmpty) return;
    const coverage = await auditCoverage(runner.manager, { organizationId, snapshot });
    const archive = { coveredSince: coverage.at(-1)?.from ?? null };
    const since: Instant = new Date(Date.parse(now) - policy.pushWindowMs).toISOString();
    const parameters = [organizationId, snapshot, now, critical.likes, since, organization.toLowerCase()];
    for await (const row of streamRows<{ name: string; pushes: PushRow[] | null }>(runner, sql, parameters)) {
      const { name } = row;
      const facts: RepositoryPushFacts = {
        organization,
        name,
        systems: critical.systemsOf(name),
        pushes: (row.pushes ?? []).map((push) => pusher(push, organization, policy)),
        archive,
      };
      yield { subject: { kind: 'repository', key: name, name, system: null }, facts };
    }
  },
};

function pusher(
  { actor, token, pushes, lastAt, account }: PushRow,
  organization: string,
  policy: JudgedPolicy,
): PusherFacts {
  return {
    ...(actor !== null && { actor }),
    ...(token !== null && { token }),
    pushes,
    lastAt: new Date(lastAt).toISOString(),
    who: whoIs(actor, account, organization, policy),
  };
}

/** A link says more than a declaration that names the same account, as everywhere else. */
function whoIs(
  actor: string | null,
  account: PushRow['account'],
  organization: string,
  policy: JudgedPolicy,
): PusherFacts['who'] {
  if (account?.employee_id != null) {
    const { guest } = account;
    return {
      state: 'linked',
      id: account.employee_id,
      person: account.person === null ? null : decodePerson(account.person),
      ...((guest === null || typeof guest === 'boolean') && { isGuest: guest }),
    };
  }
  if (actor !== null && actor === organization.toLowerCase()) return { state: 'organization' };
  if (account === null) return { state: 'stranger' };
  return { state: policy.serviceAccounts.has(foldUsername(actor ?? '')) ? 'service_account' : 'unlinked' };
}
