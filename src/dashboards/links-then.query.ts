/**
 * For a `with`, of the links that stood at the instant $2 (null: now): `roster_person`, everybody as the roster of the evaluation
 * `known` (a parameter) has them, and `owned`, each link with `person`, the id that HR has them under by then.
 *
 * Not materialized, so that whoever joins them uses the indexes below: a planner that knows nothing of what is in a `with` compares
 * everybody with everybody.
 */
export const linksAsKnown = (known: string): string => `
  roster_person as not materialized (
    select person.employee_id, person.data from person
     where person.first_roster <= (select roster_id from evaluation where number = ${known}::bigint)
       and (person.last_roster is null or person.last_roster > (select roster_id from evaluation where number = ${known}::bigint))),
  former_id as materialized (
    select employee_id, data->>'sameAs' as person from roster_person where data ? 'sameAs'),
  owned as not materialized (
    select link.id, link.organization_id, link.subject_kind, link.subject_key, link.source, link.linked_at,
           link.employee_id, coalesce(former_id.person, link.employee_id) as person
      from link
      left join former_id on former_id.employee_id = link.employee_id
     where link.linked_at <= coalesce($2::timestamptz, 'infinity') and (link.ended_at is null or link.ended_at > $2))`;

/**
 * A condition that all accounts and invites of one person hold, and few others, for `holdersThen` behind `linksAsKnown`: whose they
 * are is to be asked of `owned`. `person` is a parameter.
 */
export const linkedTo = (person: string): string => `
  (observation.organization_id, observation.dataset, observation.key) in (
    select link.organization_id, case link.subject_kind when 'account' then 'members' else 'invites' end, link.subject_key
      from link where link.employee_id in (
        select ${person}::text union all select former_id.employee_id from former_id where former_id.person = ${person}::text))`;

/** By the roster of the evaluation $1. */
export const linksThen = linksAsKnown('$1');
