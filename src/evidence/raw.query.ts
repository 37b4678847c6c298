import { watchedSql } from './population.query.js';

const domainOf = (address: string): string => `lower(split_part(${address}, '@', -1))`;

/**
 * Source records as read, each with the snapshots that showed it. $1, $2: the numbers of the evaluations at the start and the
 * end. Names of people and addresses of their mail are of no use to whoever judges access: of an address the domain stays. A SCIM
 * server has them where it should have user names, too; those of Docker Hub have neither capitals nor dots.
 */
export const recordsSql = `
  select organization.name as organization, observation.dataset, observation.key,
         observation.data - 'fullName' - 'email' - 'emails' - 'inviteeEmail'
           || case when observation.data->>'email' like '%@%'
                   then jsonb_build_object('emailDomain', ${domainOf(`observation.data->>'email'`)}) else '{}' end
           || case when observation.data->>'invitee' like '%@%'
                   then jsonb_build_object('invitee', '*@' || ${domainOf(`observation.data->>'invitee'`)}) else '{}' end
           || case when observation.dataset = 'scim_users' then (
                select coalesce(
                         jsonb_object_agg(name, case when said like '%@%' then '*@' || ${domainOf('said')} else '*' end), '{}')
                  from unnest(array['userName', 'displayName']) as name
                 cross join lateral (select observation.data->>name as said) as told
                 where said !~ '^[a-z0-9_-]*$') else '{}' end
           as data,
         observation.first_snapshot as "firstSnapshot", observation.last_snapshot as "lastSnapshot"
    from (${watchedSql}) as watched
    join organization on organization.id = watched.organization_id
    join observation on observation.organization_id = watched.organization_id
     and observation.first_snapshot <= watched.ended
     and (observation.last_snapshot is null or observation.last_snapshot > watched.started)
   order by organization.name collate "C", observation.dataset collate "C", observation.key collate "C",
            observation.first_snapshot`;

/** How each listing of each snapshot was read. $1, $2: the numbers of the first and the last evaluation. */
export const readingsSql = `
  select organization.name as organization, dataset_reading.run_id as snapshot, dataset_reading.dataset, dataset_reading.status,
         dataset_reading.reason, dataset_reading.message, dataset_reading.received, dataset_reading.reported,
         dataset_reading.read_as as "readAs", dataset_reading.fetched_at as "fetchedAt", sync_run.pages as "pagesOfSnapshot", sync_run.sealed_at as "sealedAt"
    from (select distinct organization_id, run_id from evaluated_snapshot where evaluation_number between $1 and $2) as snapshot
    join organization on organization.id = snapshot.organization_id
    join sync_run on sync_run.id = snapshot.run_id
    join dataset_reading on dataset_reading.run_id = snapshot.run_id
   order by dataset_reading.run_id, dataset_reading.dataset collate "C"`;

/** Events of the audit log in the window. $1, $2: the window. */
export const auditEventsSql = `
  select organization.name as organization, audit_event.at, audit_event.action, audit_event.actor, audit_event.name,
         audit_event.data, audit_event.digest
    from audit_event join organization on organization.id = audit_event.organization_id
   where audit_event.at >= $1 and audit_event.at < $2
   order by audit_event.at, audit_event.id`;

/** Of which time each snapshot read the audit log. $1, $2: the numbers of the first and the last evaluation. */
export const auditWindowsSql = `
  select organization.name as organization, audit_window.run_id as snapshot, audit_window.from_at as "from",
         audit_window.to_at as "to", audit_window.covered_from as "coveredFrom", audit_window.events
    from audit_window
    join organization on organization.id = audit_window.organization_id
    join evaluated_snapshot on evaluated_snapshot.run_id = audit_window.run_id
    join evaluation on evaluation.number = evaluated_snapshot.evaluation_number
   where evaluation.finished_at is not null and evaluation.number between $1 and $2
   group by organization.name, audit_window.id
   order by audit_window.run_id, audit_window.from_at, audit_window.id`;

const employed = `
  select person.employee_id as person, person.first_roster, person.last_roster, person.data
    from person
    join roster as first on first.id = person.first_roster
    left join roster as last on last.id = person.last_roster
   where first.read_at < $2 and (last.id is null or last.read_at >= $1)
     and person.employee_id in (
           select employee_id from link where linked_at < $2 and (ended_at is null or ended_at >= $1)
           union
           select named #>> '{}'
             from evaluation
             cross join lateral (
               select jsonb_path_query(evaluation.policy, '$.identity.serviceAccounts[*].owner')
               union
               select jsonb_path_query(evaluation.policy, '$.criticalSystems[*].owner')
               union
               select jsonb_path_query(evaluation.policy, '$.criticalSystems[*].access[*].who.people[*]')) as declared(named)
            where evaluation.number between $3 and $4)`;

/**
 * Employment of those to whom an account or invite was linked in the window, or whom the policy names, by every roster that had
 * them. $1, $2: the window; $3, $4: the numbers of the first and the last evaluation.
 */
export const employmentSql = `
  select employed.person, employed.first_roster as "firstRoster", employed.last_roster as "lastRoster",
         employed.data->'doubt' as doubt, employed.data->'leftOn' as "leftOn", employed.data->'leftAt' as "leftAt",
         (select jsonb_agg(jsonb_build_object(
                   'status', spell->'status', 'startDate', spell->'startDate', 'startsAt', spell->'startsAt',
                   'endDate', spell->'endDate', 'endsAt', spell->'endsAt', 'inferred', spell->'inferred',
                   'employmentType', spell->'employmentType', 'department', spell->'department', 'jobTitle', spell->'jobTitle'))
            from jsonb_array_elements(employed.data->'spells') as spell) as spells
    from (${employed}) as employed
   order by employed.person collate "C", employed.first_roster`;

/** The rosters that were read in the window, and those that the employment rests on. The parameters are the same. */
export const rostersSql = `
  select roster.id, roster.format, roster.content as sha256, roster.as_of as "asOf", roster.read_at as "readAt",
         case when roster.decided_at >= $2 then 'quarantined' else roster.state end as state,
         roster.people, roster.employed, roster.lost,
         case when roster.decided_at < $2 then roster.decided_at end as "decidedAt",
         case when roster.decided_at < $2 then roster.decided_by end as "decidedBy",
         case when roster.decided_at < $2 then roster.decision_reason end as "decisionReason"
    from roster
   where roster.read_at < $2
     and (roster.read_at >= $1 or roster.id in (select employed.first_roster from (${employed}) as employed))
   order by roster.id`;

/** Every attempt at reading a roster. $1, $2: the window. */
export const rosterReadingsSql = `
  select read_at as "readAt", outcome, roster_id as roster
    from roster_reading where read_at >= $1 and read_at < $2 order by id`;
