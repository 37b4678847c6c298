import type { EntityManager } from 'typeorm';
import type { Instant } from '../checks/check.js';
import type { PersonFacts } from '../checks/facts.js';
import { squeezed } from '../checks/worker-types.js';
import { decodePerson, type PersonRow } from './people.query.js';

/**
 * The managers of everybody who is not surely from inside, by the address under which HR names them. Few: those of the rest
 * are not looked for. An address that several people hold is the one's who is employed, if only one of them is.
 */
export async function findManagers(
  manager: EntityManager,
  internalTypes: readonly string[],
  now: Instant,
): Promise<ReadonlyMap<string, PersonFacts | null>> {
  const rows: (Omit<PersonRow, 'employee_id'> & { address: string; employee_id: string | null })[] =
    await manager.query(
      `with named as (
       select distinct lower(trim(spell->>'managerEmail')) as address
         from person cross join lateral jsonb_array_elements(person.data->'spells') as spell
        where person.last_roster is null and spell->>'managerEmail' is not null
          and coalesce(regexp_replace(lower(normalize(spell->>'employmentType')), '[[:space:]_-]+', '', 'g'), '') <> all ($1)
     ), held as (
       select distinct own.address, person.id
         from person
         cross join lateral (
           select lower(person.data->>'workEmail') as address
           union select lower(jsonb_array_elements_text(person.data->'otherEmails'))) as own
        where person.last_roster is null and own.address in (select address from named)
     )
     select named.address, person.employee_id, person.data->>'fullName' as full_name,
            employment_at(person.data, $2) as employment
       from named
       left join held on held.address = named.address
       left join person on person.id = held.id
      order by named.address, person.employee_id`,
      [internalTypes.map(squeezed), now],
    );
  const holders = new Map<string, PersonFacts[]>();
  for (const { address, employee_id: id, ...row } of rows) {
    const known = holders.get(address) ?? [];
    holders.set(address, id === null ? known : [...known, decodePerson({ ...row, employee_id: id })]);
  }
  return new Map([...holders].map(([address, people]) => [address, theOne(people)]));
}

function theOne(people: readonly PersonFacts[]): PersonFacts | null {
  const employed = people.filter(({ employment }) => employment.state === 'employed');
  const [one, ...others] = employed.length > 0 ? employed : people;
  return one === undefined || others.length > 0 ? null : one;
}
