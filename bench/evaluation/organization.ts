import { catalog } from '../../src/checks/catalog.js';
import type { RecordedPolicy } from '../../src/findings/recorded-policy.js';

/** One organization, in proportion to its accounts, and the people that they belong to. */
export interface OrganizationSize {
  readonly accounts: number;
}

export const organizationName = 'acme';
export const firstNight = '2026-11-19T02:00:00.000Z';

const datasets = [
  'members',
  'invites',
  'teams',
  'team_members',
  'repositories',
  'repository_teams',
  'tokens',
  'image_access',
  'registry_access',
  'audit_log',
];

/** The whole catalogue with its defaults; two critical systems, one of them narrowed to repositories; machines with owners. */
export function policyOf({ accounts }: OrganizationSize): RecordedPolicy {
  return {
    identity: {
      corporateDomains: ['acme.com'],
      domainAliases: {},
      plusAddressing: true,
      links: [],
      serviceAccounts: Array.from({ length: Math.ceil(accounts / 2_000) }, (_, place) => ({
        username: `jsmith${(place + 1) * 1_999}`,
        owner: `E-${place + 1}`,
        reviewBy: '2027-06-30',
        roles: ['member'],
        reason: 'release pipeline',
      })),
    },
    criticalSystems: [
      {
        name: 'Docker Hub acme',
        organization: organizationName,
        repositories: null,
        owner: 'E-1',
        approvedOn: '2026-09-01',
        access: [
          { roles: ['member'], who: 'everyone', until: null },
          { roles: ['editor', 'owner'], who: { departments: ['Engineering'] }, until: null },
        ],
      },
      {
        name: 'Production images',
        organization: organizationName,
        repositories: ['prod-*'],
        owner: 'E-2',
        approvedOn: '2026-09-01',
        access: [{ roles: ['member', 'editor', 'owner'], who: 'everyone', until: null }],
      },
    ],
    roles: {},
    checks: catalog.map(({ id, severity, sla, policy: Policy }) => ({
      id,
      enabled: true,
      reason: null,
      severity,
      sla,
      policy: new Policy(),
    })),
    schedule: { evaluation: '0 2 * * *', timeZone: 'UTC' },
    calendar: { timeZone: 'UTC', holidays: [], weekend: [6, 7] },
    roster: { timeZone: 'UTC', maxAge: '8d', currentStaffOnly: false },
  };
}

/**
 * Statements that write the people, the first snapshot and the links. Account m is `jsmith<m>`; its key is a hash, as Docker Hub's
 * are in no order. One person in a hundred has left, and one account in two hundred is nobody's.
 */
export function organizationOf({ accounts }: OrganizationSize): string[] {
  const teams = Math.ceil(accounts / 25);
  const repositories = Math.ceil(accounts / 5);
  return [
    `insert into organization (name) values ('${organizationName}')`,
    `insert into roster (source, format, content, fingerprint, time_zone, current_staff_only, columns, as_of, read_at, state, people, employed)
     values ('people.csv', 'csv', '1', '1', 'UTC', false, array['employee_id'], '${firstNight}', '${firstNight}', 'accepted', ${accounts}, ${accounts})`,
    `insert into roster_reading (roster_id, read_at, outcome) values (1, '${firstNight}', 'accepted')`,
    `insert into person (employee_id, data, first_roster)
     select 'E-' || m, ${personData('m', `case when m % 100 = 7 then '2026-10-30' end`)}, 1 from generate_series(1, ${accounts}) as m`,
    ...snapshotOf(1, accounts),
    `insert into observation (organization_id, dataset, key, data, first_snapshot)
     select 1, 'members', md5(m::text), ${memberData('m', roleOf('m'), '2026-11-18T12:00:00.000Z')}, 1
       from generate_series(1, ${accounts}) as m`,
    `insert into observation (organization_id, dataset, key, data, first_snapshot)
     select 1, 'teams', team::text, jsonb_build_object('name', 'team' || team, 'memberCount', 25, 'role', null), 1
       from generate_series(0, ${teams - 1}) as team
     union all
     select 1, 'team_members', (m % ${teams}) || '/' || md5(m::text),
            jsonb_build_object('team', 'team' || m % ${teams}, 'member', md5(m::text), 'username', 'jsmith' || m), 1
       from generate_series(1, ${accounts}) as m
     union all
     select 1, 'repositories', ${repositoryName('repo')},
            jsonb_build_object('name', ${repositoryName('repo')}, 'isPrivate', true, 'lastUpdated', '2026-11-01T00:00:00.000Z'), 1
       from generate_series(1, ${repositories}) as repo
     union all
     select 1, 'repository_teams', ${repositoryName('repo')} || '/' || repo % ${teams},
            jsonb_build_object('repository', ${repositoryName('repo')}, 'team', 'team' || repo % ${teams}, 'permission', 'write'), 1
       from generate_series(1, ${repositories}) as repo
     union all
     select 1, 'invites', 'invite' || m, jsonb_build_object('invitee', 'invited' || m || '@acme.com', 'inviter', 'jsmith1', 'team', null,
              'role', 'member', 'createdAt', '2026-11-10T00:00:00.000Z'), 1
       from generate_series(1, ${Math.ceil(accounts / 1_000)}) as m
     union all
     select 1, 'tokens', 'token' || m, jsonb_build_object('label', 'ci-' || m, 'createdBy', 'jsmith' || m, 'isActive', true,
              'createdAt', '2026-06-01T00:00:00.000Z', 'expiresAt', '2027-03-01T00:00:00.000Z', 'lastUsedAt', '2026-11-18T00:00:00.000Z',
              'resources', jsonb_build_array(jsonb_build_object('type', 'TYPE_REPO', 'path', '${organizationName}/repo' || m,
                                                                'scopes', jsonb_build_array('repo-pull')))), 1
       from generate_series(1, least(${Math.ceil(accounts / 1_000)}, 100)) as m
     union all
     select 1, 'image_access', 'settings', '{"enabled": true, "allowOfficialImages": true, "allowVerifiedPublishers": false}', 1
     union all
     select 1, 'registry_access', 'settings', '{"enabled": true, "registries": []}', 1`,
    `insert into link (organization_id, subject_kind, subject_key, employee_id, source, evidence, linked_at)
     select 1, 'account', md5(m::text), 'E-' || m, 'work-email',
            jsonb_build_object('username', 'jsmith' || m, 'email', 'jsmith' || m || '@acme.com', 'keys',
              jsonb_build_array(jsonb_build_object('matcher', 'work-email', 'key', 'jsmith' || m || '@acme.com'))), '${firstNight}'
       from generate_series(1, ${accounts}) as m where m % 1999 <> 0 and m % 200 <> 11`,
    `insert into unmatched (organization_id, subject_kind, subject_key, candidates, suggestions)
     select 1, 'account', md5(m::text), '{}', '[]' from generate_series(1, ${accounts}) as m where m % 200 = 11 and m % 1999 <> 0`,
    'vacuum analyze',
  ];
}

/** The next night, on which nothing of Docker Hub and nobody in the roster changed. */
export function quietNight(snapshot: number, size: OrganizationSize): string[] {
  return [
    ...snapshotOf(snapshot, size.accounts),
    `insert into roster_reading (roster_id, read_at, outcome) select max(id), '${nightOf(snapshot)}', 'unchanged' from roster where state = 'accepted'`,
    'analyze',
  ];
}

/**
 * The next night, on which one account in twenty changed: most of them were seen since, one in ten of these has another role, one in
 * ten belongs to somebody who has left since, and one in a hundred is gone.
 */
export function changedNight(snapshot: number, size: OrganizationSize): string[] {
  const { accounts } = size;
  const turn = snapshot % 20;
  const chosen = `m % 20 = ${turn}`;
  const became = `case when (m / 20) % 10 = 1 then case when ${roleOf('m')} = 'Member' then 'Editor' else 'Member' end else ${roleOf('m')} end`;
  return [
    ...snapshotOf(snapshot, accounts),
    `insert into roster (source, format, content, fingerprint, time_zone, current_staff_only, columns, as_of, read_at, state, people, employed)
     values ('people.csv', 'csv', '${snapshot}', '${snapshot}', 'UTC', false, array['employee_id'], '${nightOf(snapshot)}', '${nightOf(snapshot)}',
             'accepted', ${accounts}, ${accounts})`,
    `insert into roster_reading (roster_id, read_at, outcome) select max(id), '${nightOf(snapshot)}', 'accepted' from roster`,
    `with left_now as (
       update person set last_roster = (select max(id) from roster)
         from generate_series(1, ${accounts}) as m
        where ${chosen} and (m / 20) % 10 = 2 and employee_id = 'E-' || m and last_roster is null
       returning m)
     insert into person (employee_id, data, first_roster)
     select 'E-' || m, ${personData('m', `'${nightOf(snapshot - 2).slice(0, 10)}'`)}, (select max(id) from roster) from left_now`,
    `with ended as (
       update observation set last_snapshot = ${snapshot}
         from generate_series(1, ${accounts}) as m
        where ${chosen} and organization_id = 1 and dataset = 'members' and key = md5(m::text) and last_snapshot is null
       returning m)
     insert into observation (organization_id, dataset, key, data, first_snapshot)
     select 1, 'members', md5(m::text), ${memberData('m', became, nightOf(snapshot - 1))}, ${snapshot}
       from ended where (m / 20) % 100 <> 3`,
    `update observation set last_snapshot = ${snapshot}
       from generate_series(1, ${accounts}) as m
      where ${chosen} and (m / 20) % 100 = 3 and organization_id = 1 and dataset = 'team_members'
        and key = (m % ${Math.ceil(accounts / 25)}) || '/' || md5(m::text) and last_snapshot is null`,
    'analyze',
  ];
}

export function nightOf(snapshot: number): string {
  return new Date(Date.parse(firstNight) + (snapshot - 1) * 86_400_000).toISOString();
}

function snapshotOf(snapshot: number, accounts: number): string[] {
  const at = nightOf(snapshot);
  return [
    `insert into sync_run (organization_id, state, credentials, started_at, believed_at, sealed_at)
     values (1, 'sealed', array['acme'], '${at}', '${at}', '${at}')`,
    `insert into dataset_reading (run_id, dataset, status, received, reported, fetched_at)
     select ${snapshot}, dataset, 'complete', ${accounts}, ${accounts}, '${at}'::timestamptz
       from unnest(array[${datasets.map((name) => `'${name}'`).join(', ')}]) as dataset
     union all select ${snapshot}, 'scim_users', 'not_configured', 0, null, null`,
    `insert into audit_window (organization_id, run_id, from_at, to_at, covered_from, events)
     select 1, ${snapshot}, start, '${at}', start, 0
       from (select '${at}'::timestamptz - interval '${snapshot === 1 ? 30 : 1} days' as start) as since`,
  ];
}

function roleOf(m: string): string {
  return `case when ${m} <= 3 then 'Owner' when ${m} % 50 = 5 then 'Editor' else 'Member' end`;
}

function repositoryName(repo: string): string {
  return `case when ${repo} % 1000 = 1 then 'prod-' else 'repo' end || ${repo}`;
}

function memberData(m: string, role: string, seenAt: string): string {
  return `jsonb_build_object('username', 'jsmith' || ${m}, 'fullName', 'Person ' || ${m}, 'email', 'jsmith' || ${m} || '@acme.com',
            'role', ${role}, 'groups', '[]'::jsonb, 'isGuest', false, 'dateJoined', '2024-03-01T00:00:00.000Z',
            'lastSeenAt', '${seenAt}', 'lastLoggedInAt', '2026-11-02T08:00:00.000Z')`;
}

/** `lastDay`: SQL of a date as text, or of null. */
function personData(m: string, lastDay: string): string {
  return `jsonb_build_object('fullName', 'Person ' || ${m}, 'workEmail', 'jsmith' || ${m} || '@acme.com', 'otherEmails', '[]'::jsonb,
            'spells', jsonb_build_array(jsonb_build_object('startDate', '2024-01-01', 'startsAt', '2024-01-01T00:00:00.000Z',
              'endDate', ${lastDay}, 'endsAt', to_char((${lastDay})::date + 1, 'YYYY-MM-DD') || 'T00:00:00.000Z',
              'department', case when ${m} % 3 = 0 then 'Sales' else 'Engineering' end, 'jobTitle', 'Engineer',
              'employmentType', 'employee', 'managerEmail', 'jsmith' || (1 + ${m} % 1000) || '@acme.com', 'status', 'active')))`;
}
