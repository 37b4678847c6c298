import type { EntityManager, QueryRunner } from 'typeorm';
import { streamRows } from '../database/rows.js';
import type { Instant, Person } from './matcher.js';

interface KeyHolder extends Person {
  /** These keys were theirs once: they count only where somebody has them now, whose alone they then are not. */
  readonly once: boolean;
}

interface PersonRow {
  readonly employee_id: string;
  readonly full_name: string | null;
  readonly work_email: string | null;
  readonly other_emails: unknown;
  readonly docker_username: string | null;
  readonly other_usernames: unknown;
}

interface KeyHolderRow extends PersonRow {
  readonly once: boolean;
}

const columns = (alias: string): string =>
  `${alias}.employee_id, ${alias}.data->>'fullName' as full_name, ${alias}.data->>'workEmail' as work_email,
   ${alias}.data->'otherEmails' as other_emails, ${alias}.data->>'dockerUsername' as docker_username,
   ${alias}.data->'otherUsernames' as other_usernames`;

const current = `select ${columns('person')} from person where person.last_roster is null`;

// HR systems blank the address of somebody who leaves, and IT gives it to somebody else. What a leaver once had is still
// theirs: it catches their account, and it keeps the account from being taken for the newcomer's. The latter also where
// the former holder still works there, under another address.
const keyHolders = `
select ${columns('person')}, false as once from person where person.last_roster is null
union all
select ${columns('former')}, employment_at(person.data, $1)->>'state' <> 'ended' as once
  from person as former
  join person on person.employee_id = former.employee_id and person.last_roster is null
 where former.last_roster is not null
   and (former.data->'workEmail', former.data->'otherEmails', former.data->'dockerUsername', former.data->'otherUsernames')
       is distinct from
       (person.data->'workEmail', person.data->'otherEmails', person.data->'dockerUsername', person.data->'otherUsernames')`;

/** Everybody whom an accepted roster ever had, and once more for all other keys that they have had. */
export async function* streamKeyHolders(runner: QueryRunner, now: Instant): AsyncGenerator<KeyHolder, void, void> {
  for await (const row of streamRows<KeyHolderRow>(runner, keyHolders, [now])) {
    yield { ...decodePerson(row), once: row.once };
  }
}

/** Everybody whom an accepted roster ever had, once, as the latest one that had them says, in a fixed order. */
export async function* streamPeople(runner: QueryRunner): AsyncGenerator<Person, void, void> {
  for await (const row of streamRows<PersonRow>(
    runner,
    `${current} and not person.data ? 'sameAs' order by person.employee_id collate "C"`,
  )) {
    yield decodePerson(row);
  }
}

/**
 * The id under which HR has a person now, for each id that the same person had before. Other ids stand for themselves, also
 * one that two people are said to have had.
 */
export async function readPersonOf(manager: Pick<EntityManager, 'query'>): Promise<(employeeId: string) => string> {
  const rows: { former: string; employee_id: string }[] = await manager.query(
    `select former, min(person.employee_id) as employee_id
       from person cross join jsonb_array_elements_text(person.data->'aliases') as former
      where person.last_roster is null and jsonb_typeof(person.data->'aliases') = 'array'
      group by former having count(distinct person.employee_id) = 1`,
  );
  const later = new Map(rows.map((row) => [row.former, row.employee_id]));
  return (employeeId) => {
    const passed = new Set([employeeId]);
    let id = employeeId;
    for (let next = later.get(id); next !== undefined && !passed.has(next); next = later.get(id)) {
      passed.add(next);
      id = next;
    }
    return id;
  };
}

function decodePerson(row: PersonRow): Person {
  return {
    id: row.employee_id,
    fullName: row.full_name,
    addresses: texts(row.work_email, row.other_emails),
    dockerUsernames: texts(row.docker_username, row.other_usernames),
  };
}

function texts(first: string | null, others: unknown): readonly string[] {
  return [first, ...(Array.isArray(others) ? others : [])].filter((text) => typeof text === 'string');
}
