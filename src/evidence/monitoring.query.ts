/** Every evaluation of the window, the one at its start included. $1, $2: the numbers of the first and the last. */
export const evaluationsSql = `
  select number, id, at, started_at as "startedAt", finished_at as "finishedAt", catalogue_version as "catalogueVersion",
         report_hash as "reportHash", trail_number as "trailNumber", trail_hash as "trailHash",
         (select jsonb_object_agg(organization.name, evaluated_snapshot.run_id order by organization.name)
            from evaluated_snapshot join organization on organization.id = evaluated_snapshot.organization_id
           where evaluated_snapshot.evaluation_number = evaluation.number) as snapshots
    from evaluation where finished_at is not null and number between $1 and $2 order by number`;

/** How each check stood after each evaluation. $1, $2: the numbers of the first and the last; $3: the checks. */
export const checkStatusSql = `
  select evaluation.at, evaluated_check.check_id as check, evaluated_check.severity, evaluated_check.status,
         evaluated_check.pass, evaluated_check.fail, evaluated_check.unknown, evaluated_check.error,
         evaluated_check.not_applicable as "notApplicable", evaluated_check.excepted
    from evaluated_check join evaluation on evaluation.number = evaluated_check.evaluation_number
   where evaluation.finished_at is not null and evaluation.number between $1 and $2 and evaluated_check.check_id = any ($3)
   order by evaluation.number, evaluated_check.check_id collate "C"`;

/** Listings that were not whole, by evaluation. $1, $2: the numbers of the first and the last. */
export const incompleteReadingsSql = `
  select evaluation.at, organization.name as organization, dataset_reading.dataset, dataset_reading.status,
         dataset_reading.reason, dataset_reading.message
    from evaluation
    join evaluated_snapshot on evaluated_snapshot.evaluation_number = evaluation.number
    join organization on organization.id = evaluated_snapshot.organization_id
    join dataset_reading on dataset_reading.run_id = evaluated_snapshot.run_id
   where evaluation.finished_at is not null and evaluation.number between $1 and $2
     and dataset_reading.status not in ('complete', 'not_configured')
   order by evaluation.number, organization.name collate "C", dataset_reading.dataset collate "C"`;

/**
 * Hours in which nothing newer than a day and two hours was known, in which an organization that was watched at another time of
 * the window was not, and in which a check could not tell of somebody: from the evaluation that did not to the next one. $1, $2:
 * the numbers of the first and the last; $3: until when nobody looked after the last; $4: the checks; $5: since when nobody had
 * looked before the first, null: somebody had.
 */
export const gapsSql = `
  with night as (
    select number, at, coalesce(lead(at) over (order by number), $3::timestamptz) as next
      from evaluation where finished_at is not null and number between $1 and $2
  ), gap as (
    select 'no evaluation' as what, null::text as organization, null::text as check, at as since, next as until,
           null::integer as subjects
      from night where next - at > interval '26 hours'
    union all
    select 'no evaluation', null, null, $5::timestamptz, at, null
      from night where number = $1 and at - $5::timestamptz > interval '26 hours'
    union all
    select 'not watched', organization.name, null, night.at, night.next, null
      from night
      join organization on organization.id in (
        select organization_id from evaluated_snapshot where evaluation_number in (select number from night))
     where not exists (
       select from evaluated_snapshot
        where evaluation_number = night.number and organization_id = organization.id)
    union all
    select 'cannot tell', null, evaluated_check.check_id, night.at, night.next, evaluated_check.unknown + evaluated_check.error
      from night join evaluated_check on evaluated_check.evaluation_number = night.number
     where evaluated_check.unknown + evaluated_check.error > 0 and evaluated_check.check_id = any ($4)
  )
  select what, organization, "check", since as "from", until as "to",
         round(extract(epoch from until - since)::numeric / 3600, 1)::float8 as hours, subjects
    from gap
   order by since, what, organization collate "C" nulls first, "check" collate "C" nulls first`;

/** Evaluations that were judged by another policy or another catalogue than the one before. $1, $2: the numbers of the first and the last. */
export const policiesSql = `
  with judged as (
    select number, at, catalogue_version, policy, lag(policy) over (order by number) as policy_before,
           lag(catalogue_version) over (order by number) as version_before
      from evaluation where finished_at is not null and number between $1 and $2
  )
  select at, number, catalogue_version as "catalogueVersion", version_before as "versionBefore", policy,
         policy_before as "policyBefore"
    from judged
   where number = $1 or (policy, catalogue_version) is distinct from (policy_before, version_before)
   order by number`;
