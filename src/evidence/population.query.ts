/** Of an account the teams that it is in, of an invite the one that it is for. */
const teamsOf = (data: string): string =>
  `coalesce(${data}->'groups', to_jsonb(array_remove(array[nullif(${data}->>'team', '')], null)))`;

/**
 * Who held access, or access in waiting, in the snapshots of one evaluation. $1: the evaluation's number. Whose it was is what was
 * known at the evaluation's clock.
 */
export const populationSql = `
  select organization.name as organization,
         case observation.dataset when 'members' then 'account' else 'invite' end as kind,
         observation.key as id,
         coalesce(observation.data->>'username', observation.data->>'invitee') as name,
         observation.data->>'role' as role,
         ${teamsOf('observation.data')} as teams,
         link.employee_id as person, link.source as "linkedBy",
         seen.believed_at as "presentSince",
         unverified.observation_id is null as verified
    from evaluated_snapshot
    join evaluation on evaluation.number = evaluated_snapshot.evaluation_number
    join organization on organization.id = evaluated_snapshot.organization_id
    join observation on observation.organization_id = organization.id and observation.dataset in ('members', 'invites')
     and observation.first_snapshot <= evaluated_snapshot.run_id
     and (observation.last_snapshot is null or observation.last_snapshot > evaluated_snapshot.run_id)
    left join unverified on unverified.snapshot = evaluated_snapshot.run_id and unverified.observation_id = observation.id
    left join lateral (
      select min(sync_run.believed_at) as believed_at
        from observation as earlier join sync_run on sync_run.id = earlier.first_snapshot
       where earlier.organization_id = observation.organization_id and earlier.dataset = observation.dataset
         and earlier.key = observation.key) as seen on true
    left join lateral (
      select employee_id, source from link
       where link.organization_id = organization.id and link.subject_key = observation.key
         and link.subject_kind = case observation.dataset when 'members' then 'account' else 'invite' end
         and link.linked_at <= evaluation.at and (link.ended_at is null or link.ended_at > evaluation.at)
       order by link.id desc limit 1) as link on true
   where evaluated_snapshot.evaluation_number = $1
   order by organization.name collate "C", kind, observation.key collate "C"`;

/**
 * Each organization of any evaluation from $1 to $2 with its first and last snapshots there, and whether it was watched at both
 * ends. Not all of them are: organizations come into the configuration and go out of it.
 */
export const watchedSql = `
  select evaluated_snapshot.organization_id, min(run_id) as started, max(run_id) as ended,
         max(evaluation_number) as ended_number,
         not bool_or(evaluation_number = $1) as came, not bool_or(evaluation_number = $2) as went
    from evaluated_snapshot
    join evaluation on evaluation.number = evaluated_snapshot.evaluation_number and evaluation.finished_at is not null
   where evaluation_number between $1 and $2
   group by evaluated_snapshot.organization_id`;

/**
 * Who came, left or changed role or teams between two evaluations, with the snapshots that showed it: between the two instants it
 * happened. Whoever is in an organization when the watching begins or ends within has come and gone with it, and is told apart.
 * $1, $2: the numbers of the evaluations at the start and the end.
 */
export const populationChangesSql = `
  with watched as (${watchedSql}), row as (
    select observation.*, watched.started, watched.ended, watched.ended_number, watched.came, watched.went,
           lag(data) over mine as before, lag(last_snapshot) over mine as before_ended,
           lead(first_snapshot) over mine as next_started
      from watched
      join observation on observation.organization_id = watched.organization_id
       and observation.dataset in ('members', 'invites') and observation.first_snapshot <= watched.ended
    window mine as (partition by observation.organization_id, observation.dataset, observation.key
                    order by observation.first_snapshot)
  ), seen as (
    select row.*, first_snapshot as snapshot, null::bigint as until,
           case when before_ended is distinct from first_snapshot then 'joined' else 'changed' end as what
      from row where first_snapshot > started
    union all
    select row.*, last_snapshot, null, 'left'
      from row where last_snapshot > started and last_snapshot <= ended and next_started is distinct from last_snapshot
    union all
    select row.*, started, null, 'first watched'
      from row where came and first_snapshot <= started and (last_snapshot is null or last_snapshot > started)
    union all
    select row.*, ended, ended_number, 'no longer watched'
      from row where went and (last_snapshot is null or last_snapshot > ended)
  ), event as (
    select organization_id, dataset, key, what, snapshot, until,
           case when what = 'changed' then before when what in ('left', 'no longer watched') then data end as before,
           case when what not in ('left', 'no longer watched') then data end as after
      from seen
  )
  select organization.name as organization,
         case event.dataset when 'members' then 'account' else 'invite' end as kind, event.key as id,
         coalesce(coalesce(event.after, event.before)->>'username', coalesce(event.after, event.before)->>'invitee') as name,
         event.what, event.before->>'role' as "roleBefore", event.after->>'role' as "roleAfter",
         case when event.before is not null then ${teamsOf('event.before')} end as "teamsBefore",
         case when event.after is not null then ${teamsOf('event.after')} end as "teamsAfter",
         case when event.until is not null then sync_run.believed_at
              when event.what <> 'first watched' then (
                select max(earlier.believed_at) from sync_run as earlier
                 where earlier.organization_id = event.organization_id and earlier.state = 'sealed'
                   and earlier.id < event.snapshot) end as "notBefore",
         case when event.until is null then sync_run.believed_at
              else (select min(evaluation.at) from evaluation
                     where evaluation.finished_at is not null and evaluation.number > event.until) end as "seenAt"
    from event
    join organization on organization.id = event.organization_id
    join sync_run on sync_run.id = event.snapshot
   where event.what <> 'changed'
      or (event.before->>'role', event.before->'groups') is distinct from (event.after->>'role', event.after->'groups')
   order by "seenAt", organization.name collate "C", event.dataset, event.key collate "C", event.what`;

/** How many accounts and invites each evaluation of the window judged. $1, $2: its first and last instant. */
export const populationOverTimeSql = `
  select evaluation.at, organization.name as organization,
         count(*) filter (where observation.dataset = 'members')::integer as accounts,
         count(*) filter (where observation.dataset = 'invites')::integer as invites
    from evaluation
    join evaluated_snapshot on evaluated_snapshot.evaluation_number = evaluation.number
    join organization on organization.id = evaluated_snapshot.organization_id
    left join observation on observation.organization_id = organization.id and observation.dataset in ('members', 'invites')
     and observation.first_snapshot <= evaluated_snapshot.run_id
     and (observation.last_snapshot is null or observation.last_snapshot > evaluated_snapshot.run_id)
   where evaluation.finished_at is not null and evaluation.at >= $1 and evaluation.at < $2
   group by evaluation.number, evaluation.at, organization.name
   order by evaluation.number, organization.name collate "C"`;
