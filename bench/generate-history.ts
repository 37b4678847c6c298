/** How much past there is. */
export interface HistorySize {
  /** On the first night. */
  readonly members: number;
  readonly nights: number;
  /** About so many in all, of which those of the last two months are open. */
  readonly findings: number;
  /** The instant of the newest night, ISO 8601 in UTC. */
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
 * three leave, who are found a night later and removed two nights after that; roles change; of the accounts some fail other checks,
 * each for one night to two months. One in twenty of these findings is acknowledged, and one in thirty comes back once. The roster
 * is another one every week.
 */
export function historyOf(
  { members, nights, findings, last }: HistorySize,
  { policy, catalogueVersion, checks }: Judged,
): string[] {
  const text = (value: unknown): string => `'${String(value).replaceAll("'", "''")}'`;
  const json = (value: unknown): string => `${text(JSON.stringify(value))}::jsonb`;
  const night = (n: string): string => `(${text(last)}::timestamptz - (${nights} - ${n}) * interval '1 day')`;
  const everybody = members + 3 * nights;
  const failures = Math.max(6, Math.round(findings / nights) - 3);
  if (failures * 61 > members * (checksOfAccounts - 2))
    throw new Error(
      `${members} accounts cannot fail ${failures} times a night; expected fewer findings or more accounts.`,
    );
  // Of those there in the beginning three leave every night, in a random order; those who joined stay.
  const joined = `greatest(1, ceil((m - ${members}) / 3.0))::bigint`;
  const left = `case when place <= 3 * ${nights} - 9 then ceil(place / 3.0)::bigint + 1 end`;
  const facts = `jsonb_build_object('heldRoles', jsonb_build_array('member'), 'person', 'E-' || m, 'note', repeat('x', 150))`;
  return [
    'select setseed(0.42)',
    // Checked once at the end, and not at each of a million rows.
    `create table bench_reference as
       select conrelid::regclass::text as holder, conname as name, pg_get_constraintdef(oid) as definition
         from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`,
    eachReference("'alter table %s drop constraint %I', holder, name"),
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
    `create unlogged table bench_failure as
       select m as id, m, 1 as place, gone + 1 as opened, gone + 3 as resolved, false as returned
         from bench_member where gone + 1 <= ${nights}
       union all
       select ${everybody} + number, number % ${members} + 1, 2 + (number % ${members} + number / ${members}) % ${checksOfAccounts - 2}, opened, opened + lasted,
              number % 30 = 0 and lasted >= 9
         from (select (n - 1) * ${failures} + k as number, n as opened, 1 + (n * 31 + k * 17) % 60 as lasted
                 from generate_series(1, ${nights}) as n cross join generate_series(0, ${failures} - 1) as k) as failure`,
    // Each account passes each check but while it fails it, and being removed ends them all.
    `insert into verdict (check_id, organization_id, subject_kind, subject_key, subject_name, outcome, reason, message, facts, since,
                          first_evaluation, last_evaluation)
     select one.id, 1, 'account', 'u' || m, 'p' || m, said.outcome, said.reason, 'What is said of p' || m || '.', ${facts},
            ${night('said.from_night')}, said.from_night, case when said.to_night <= ${nights} then said.to_night end
       from (
         select m, place, coalesce(lag(resolved) over failed, joined) as from_night, opened as to_night, 'pass' as outcome, 'FINE' as reason
           from bench_failure join bench_member using (m) window failed as (partition by m, place order by opened)
         union all
         select m, place, opened, resolved, 'fail', 'LEFT' from bench_failure where not returned
         union all
         select m, place, opened, opened + (resolved - opened) / 3, 'fail', 'LEFT' from bench_failure where returned
         union all
         select m, place, opened + (resolved - opened) / 3, opened + (resolved - opened) * 2 / 3, 'pass', 'FINE' from bench_failure where returned
         union all
         select m, place, opened + (resolved - opened) * 2 / 3, resolved, 'fail', 'LEFT' from bench_failure where returned
         union all
         select m, place, coalesce(max(resolved), joined), coalesce(gone + 3, 1000000), 'pass', 'FINE'
           from bench_member cross join generate_series(0, ${checksOfAccounts - 1}) as place left join bench_failure using (m, place)
          group by m, place, joined, gone) as said
       join (select id, place from jsonb_to_recordset(${json(checks.map((check, place) => ({ ...check, place })))})
               as one (id text, place integer)) as one using (place)
      where said.from_night < said.to_night and said.from_night <= ${nights}`,
    `insert into verdict (check_id, organization_id, subject_kind, subject_key, subject_name, outcome, reason, message, facts, since, first_evaluation)
     select one.id, 1, 'repository', 'repo' || repo, 'repo' || repo, 'pass', 'FINE', 'What is said of repo' || repo || '.', '{}', ${night('1')}, 1
       from generate_series(1, 1000) as repo
      cross join (select id from jsonb_to_recordset(${json(checks.slice(checksOfAccounts, checksOfAccounts + 4))}) as one (id text)) as one`,
    `insert into finding (id, check_id, organization_id, subject_kind, subject_key, subject_name, severity, reason, message, first_seen_at,
                          began_at, due_at, resolved_at, resolved_because, acknowledged_at, acknowledged_by, acknowledged_reason, reopened,
                          overdue_noted)
     overriding system value
     select row_number() over (order by opened, failure.id), one.id, 1, 'account', 'u' || m, 'p' || m, severity, 'LEFT',
            'What is said of p' || m || '.', ${night('opened')}, ${night('opened')} - interval '1 day',
            ${night('opened')} + grace * interval '1 day',
            case when ended is not null then ${night('ended')} end, case when ended is not null then 'REMOVED_IN_SOURCE' end,
            case when seen then ${night('opened')} + interval '6 hours' end, case when seen then 'olga' end,
            case when seen then 'on it' end, case when returned and back <= ${nights} then 1 else 0 end, true
       from bench_failure as failure
       join jsonb_to_recordset(${json(checks.map((check, place) => ({ ...check, place })))}) as one (id text, place integer) using (place)
      cross join lateral (
        select (array['medium', 'critical', 'high', 'low'])[1 + place % 4] as severity, (array[14, 1, 7, 30])[1 + place % 4] as grace,
               failure.id % 20 = 7 and opened < ${nights} as seen, opened + (resolved - opened) * 2 / 3 as back) as term
      cross join lateral (
        select case when resolved <= ${nights} then resolved
                    when returned and opened + (resolved - opened) / 3 <= ${nights} and back > ${nights}
                    then opened + (resolved - opened) / 3 end as ended) as ending`,
    `insert into finding_transition (finding_id, evaluation_number, at, kind, because, by)
     select id, case when kind <> 'acknowledged' then night end,
            ${night('night')} + case when kind = 'acknowledged' then interval '6 hours' else interval '0' end,
            kind, case when kind <> 'overdue' then 'LEFT' end, case when kind = 'acknowledged' then 'olga' end
       from (select finding.id, finding.acknowledged_at, opened, resolved, returned, extract(day from due_at - first_seen_at)::integer as grace
               from (select row_number() over (order by opened, id) as id, opened, resolved, returned from bench_failure) as failure
               join finding on finding.id = failure.id) as failure
      cross join lateral (
        select opened as night, 'opened' as kind
        union all select opened, 'acknowledged' where acknowledged_at is not null
        union all select opened + (resolved - opened) / 3, 'resolved' where returned
        union all select opened + (resolved - opened) * 2 / 3, 'reopened' where returned
        union all select opened + grace + 1, 'overdue' where opened + grace + 1 < resolved
        union all select resolved, 'resolved') as happened
      where night <= ${nights}
      order by night, kind <> 'acknowledged', id`,
    eachReference("'alter table %s add constraint %I %s', holder, name, definition"),
    'drop table bench_member, bench_stay, bench_failure, bench_reference',
  ];
}

function eachReference(formatted: string): string {
  return `do $$ declare statement text;
    begin
      for statement in select format(${formatted}) from bench_reference loop
        execute statement;
      end loop;
    end $$`;
}
