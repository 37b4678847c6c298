import type { EntityManager } from 'typeorm';

/** For each row that could not be used, the ids and addresses that stand in it. */
export type Mentions = readonly (readonly string[])[];

/**
 * The people of the roster in force whom the next one lacks and a refused row names: their row is there, though it cannot
 * be read. A row that names several of them is none of a person, but lines that ran into each other, and speaks for nobody.
 */
export async function mentionedPeople(manager: EntityManager, mentions: Mentions): Promise<readonly string[]> {
  if (mentions.every((keys) => keys.length === 0)) return [];
  const rows: { employee_id: string }[] = await manager.query(
    `with mention as (
       select position, key
         from jsonb_array_elements($1::jsonb) with ordinality as refused (keys, position)
        cross join jsonb_array_elements_text(keys) as key),
     missing as (
       select person.employee_id, person.data->>'workEmail' as work_email,
              coalesce(person.data->>'sameAs', person.employee_id) as who
         from gone_person as gone
         join person on person.employee_id = gone.employee_id and person.last_roster is null),
     named as (
       select mention.position, missing.who from mention join missing on missing.employee_id = mention.key
       union
       select mention.position, missing.who from mention join missing on missing.work_email = mention.key),
     alone as (select min(who) as who from named group by position having count(*) = 1)
     select missing.employee_id from missing where missing.who in (select who from alone)`,
    [JSON.stringify(mentions)],
  );
  return rows.map((row) => row.employee_id);
}
