/** How much past there is. `last` is the instant of the newest night, ISO 8601 in UTC. */
export interface HistorySize {
  readonly members: number;
  readonly nights: number;
  readonly last: string;
}

interface Judged {
  readonly policy: object;
  readonly catalogueVersion: string;
  readonly checks: readonly { readonly id: string; readonly title: string }[];
}

/** Of the checks, so many judge every account. */
const checksOfAccounts = 14;

/**
 * Statements that write what so many nights of one company leave behind, each time the same: every night three people join and
 * three leave, who are found a night later and removed two nights after that; roles change; something small fails for a while.
 * The roster is another one every week.
 */
export function historyOf(
  { members, nights, last }: HistorySize,
  { policy, catalogueVersion, checks }: Judged,
): string[] {
  const text = (value: unknown): string => `'${String(value).replaceAll("'", "''")}'`;
  const json = (value: unknown): string => `${text(JSON.stringify(value))}::jsonb`;
  const night = (n: string): string => `(${text(last)}::timestamptz - (${nights} - ${n}) * interval '1 day')`;
  const everybody = members + 3 * nights;
  // Of those there in the beginning three leave every night, in a random order; those who joined stay.
  const joined = `greatest(1, ceil((m - ${members}) / 3.0))::bigint`;
  const left = `case when place <= 3 * ${nights} - 9 then ceil(place / 3.0)::bigint + 1 end`;
  const facts = `jsonb_build_object('heldRoles', jsonb_build_array('member'), 'person', 'E-' || m, 'note', repeat('x', 150))`;
  return [
    'select setseed(0.42)',
    `insert into organization (name) values ('acme')`,
    `create unlogged table bench_member as
       select m, ${joined} as joined, ${left} as gone
         from (select m, row_number() over (order by random()) as place from generate_series(1, ${members}) as m
               union all select m, 1000000000 from generate_series(${members + 1}, ${everybody}) as m) as member
        where m <= ${members} or ${joined} <= ${nights}`,
    `insert into roster (source, format, content, fingerprint, time_zone, current_staff_only, columns, as_of, read_at, state, people, employed)
     select 'people.csv', 'csv', week::text, week::text, 'UTC', false, array['employee_id'], ${night('week * 7 + 1')}, ${night('week * 7 + 1')},
            'accepted', ${members}, ${members} from generate_series(0, (${nights} - 1) / 7) as week`,
    // As of a week's roster somebody works there, and from the roster after leaving on no longer.
    `insert into person (employee_id, data, first_roster, last_roster)
     select 'E-' || m, jsonb_build_object('fullName', 'Person ' || m, 'workEmail', 'p' || m || '@acme.com', 'otherEmails', '[]'::jsonb,
              'spells', jsonb_build_array(jsonb_build_object('startDate', '2020-01-01', 'endDate', null, 'startsAt', '2020-01-01T00:00:00.000Z',
                'endsAt', case when over then to_char(${night('gone')} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.000"Z"') end,
                'status', 'active', 'department', 'Engineering', 'jobTitle', 'Engineer', 'employmentType', 'employee'))),
            case when over then gone / 7 + 1 else greatest((joined - 1) / 7 + 1, 1) end,
            case when not over then gone / 7 + 1 end
       from bench_member cross join (values (false), (true)) as state (over)
      where (gone is not null or not over)
        and case when over then gone / 7 + 1 <= (${nights} - 1) / 7 + 1
                 else gone is null or gone / 7 + 1 > greatest((joined - 1) / 7 + 1, 1) end`,
    'update person set last_roster = null where last_roster > (select max(id) from roster)',
    `insert into sync_run (organization_id, state, credentials, started_at, believed_at, sealed_at)
     select 1, 'sealed', array['acme'], ${night('n')}, ${night('n')}, ${night('n')} from generate_series(1, ${nights}) as n`,
    `insert into dataset_reading (run_id, dataset, status, received, reported, fetched_at)
     select n, dataset, 'complete', ${members}, ${members}, ${night('n')}
       from generate_series(1, ${nights}) as n
      cross join unnest(array['members', 'invites', 'teams', 'team_members', 'repositories', 'repository_teams', 'tokens',
                              'image_access', 'registry_access', 'audit_log', 'scim_users']) as dataset`,
    `create unlogged table bench_stay as
       select m, stay.from_night, stay.to_night, stay.role
         from bench_member
        cross join lateral (
          select coalesce(gone + 3, 1000000) as out, case when m % 4 = 0 then joined + 1 + (m * 7919) % ${nights} end as promoted) as life
        cross join lateral (
          select joined as from_night, least(coalesce(promoted, out), out) as to_night, 'Member' as role
          union all select promoted, out, 'Editor' where promoted < out) as stay`,
    `insert into observation (organization_id, dataset, key, data, first_snapshot, last_snapshot)
     select 1, 'members', 'u' || m, jsonb_build_object('username', 'p' || m, 'email', 'p' || m || '@acme.com', 'fullName', 'Person ' || m,
              'role', role, 'groups', jsonb_build_array('team' || m % 200), 'joinedAt', '2020-01-01T00:00:00.000Z'),
            from_night, case when to_night <= ${nights} then to_night end
       from bench_stay where from_night <= ${nights}`,
    `insert into observation (organization_id, dataset, key, data, first_snapshot, last_snapshot)
     select 1, 'team_members', (m % 200) || '/u' || m, jsonb_build_object('team', 'team' || m % 200, 'member', 'u' || m),
            joined, case when gone + 3 <= ${nights} then gone + 3 end from bench_member`,
    `insert into observation (organization_id, dataset, key, data, first_snapshot)
     select 1, 'teams', team::text, jsonb_build_object('name', 'team' || team, 'role', null), 1 from generate_series(0, 199) as team
     union all
     select 1, 'repositories', 'repo' || repo, jsonb_build_object('name', 'repo' || repo, 'private', true), 1 from generate_series(1, 1000) as repo`,
    `insert into link (organization_id, subject_kind, subject_key, employee_id, source, evidence, linked_at)
     select 1, 'account', 'u' || m, 'E-' || m, 'work-email', jsonb_build_object('username', 'p' || m, 'email', 'p' || m || '@acme.com',
              'keys', jsonb_build_array(jsonb_build_object('matcher', 'work-email', 'key', 'p' || m || '@acme.com'))), ${night('joined')}
       from bench_member`,
    `insert into evaluation (id, at, started_at, finished_at, roster_id, roster_dataset, catalogue_version, policy)
     select gen_random_uuid(), ${night('n')}, ${night('n')}, ${night('n')} + interval '1 minute', (n - 1) / 7 + 1,
            jsonb_build_object('name', 'roster', 'status', 'complete', 'fetchedAt', ${night('n')}, 'received', ${members},
                               'reported', ${members}, 'reason', null, 'message', null), ${text(catalogueVersion)}, ${json(policy)}
       from generate_series(1, ${nights}) as n`,
    `insert into evaluated_snapshot (evaluation_number, organization_id, run_id) select n, 1, n from generate_series(1, ${nights}) as n`,
    `insert into evaluated_check (evaluation_number, check_id, title, severity, status, pass, fail, unknown, error, not_applicable, excepted)
     select n, id, title, 'medium', 'at_risk', ${members}, 3, 0, 0, 0, 0
       from generate_series(1, ${nights}) as n
      cross join jsonb_to_recordset(${json(checks)}) as one (id text, title text)`,
    // Leaving fails one check, and being removed ends them all.
    `insert into verdict (check_id, organization_id, subject_kind, subject_key, subject_name, outcome, reason, message, facts, since,
                          first_evaluation, last_evaluation)
     select one.id, 1, 'account', 'u' || m, 'p' || m, said.outcome, said.reason, 'What is said of p' || m || '.', ${facts},
            ${night('said.from_night')}, said.from_night, case when said.to_night <= ${nights} then said.to_night end
       from bench_stay
       join bench_member using (m)
      cross join (select id, place from jsonb_to_recordset(${json(checks.map((check, place) => ({ ...check, place })))})
                    as one (id text, place integer) where place < ${checksOfAccounts}) as one
      cross join lateral (
        select from_night, case when one.place = 1 then least(to_night, gone + 1) else to_night end as to_night, 'pass' as outcome, 'FINE' as reason
        union all
        select greatest(from_night, gone + 1), to_night, 'fail', 'LEFT' where one.place = 1 and gone + 1 < to_night) as said
      where said.from_night < said.to_night and said.from_night <= ${nights}`,
    `insert into verdict (check_id, organization_id, subject_kind, subject_key, subject_name, outcome, reason, message, facts, since, first_evaluation)
     select one.id, 1, 'repository', 'repo' || repo, 'repo' || repo, 'pass', 'FINE', 'What is said of repo' || repo || '.', '{}', ${night('1')}, 1
       from generate_series(1, 1000) as repo
      cross join (select id from jsonb_to_recordset(${json(checks.slice(checksOfAccounts, checksOfAccounts + 4))}) as one (id text)) as one`,
    // Those who left, and every night six other things that last up to two months.
    `create unlogged table bench_failure as
       select m as id, 1 as place, 'u' || m as key, 'p' || m as name, gone + 1 as opened, gone + 3 as resolved, 'critical' as severity
         from bench_member where gone + 1 <= ${nights}
       union all
       select 10000000 + n * 10 + k, 2 + k, 'o' || n || '-' || k, 'p' || n, n, n + 1 + (n * 31 + k * 17) % 60,
              (array['high', 'medium', 'low'])[1 + k % 3]
         from generate_series(1, ${nights}) as n cross join generate_series(1, 6) as k`,
    `insert into finding (id, check_id, organization_id, subject_kind, subject_key, subject_name, severity, reason, message, first_seen_at,
                          began_at, due_at, resolved_at, resolved_because, overdue_noted)
     overriding system value
     select row_number() over (order by opened, failure.id), one.id, 1, 'account', key, name, severity, 'LEFT', 'What is said of ' || name || '.', ${night('opened')},
            ${night('opened')} - interval '1 day', ${night('opened')} + interval '1 day', case when resolved <= ${nights} then ${night('resolved')} end,
            case when resolved <= ${nights} then 'REMOVED_IN_SOURCE' end, true
       from bench_failure as failure
       join jsonb_to_recordset(${json(checks.map((check, place) => ({ ...check, place })))}) as one (id text, place integer) using (place)`,
    `insert into finding_transition (finding_id, evaluation_number, at, kind, because)
     select id, change.number, change.at, change.kind, 'LEFT'
       from finding
      cross join lateral (
        select first_seen_at as at, 'opened' as kind
        union all select due_at, 'overdue' where due_at <= ${text(last)}::timestamptz
        union all select resolved_at, 'resolved' where resolved_at is not null) as happened
      cross join lateral (
        select ${nights} - round(extract(epoch from ${text(last)}::timestamptz - happened.at) / 86400)::bigint as number, happened.at, happened.kind) as change
      order by change.number, id`,
    'drop table bench_member, bench_stay, bench_failure',
  ];
}
