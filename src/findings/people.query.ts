import type { EntityManager } from 'typeorm';
import type { Instant } from '../checks/check.js';
import type { Employment, NamedPerson, PersonFacts } from '../checks/facts.js';

/** What the database says of one person: `person.data->>'fullName'` and `employment_at(person.data, clock)`. */
export interface PersonRow {
  readonly employee_id: string;
  readonly full_name: string | null;
  readonly employment: EmploymentRow;
}

type EmploymentRow = Employment & {
  readonly department?: string | null;
  readonly jobTitle?: string | null;
  readonly employmentType?: string | null;
  readonly managerEmail?: string | null;
  readonly status?: string | null;
};

/** People whom the policy names, by the id under which it names them; null where no accepted roster has it. */
export async function findPeople(
  manager: EntityManager,
  ids: readonly string[],
  now: Instant,
): Promise<ReadonlyMap<string, NamedPerson>> {
  const rows: (PersonRow & { asked: string })[] = await manager.query(
    `select asked.id as asked, person.employee_id, person.data->>'fullName' as full_name,
            employment_at(person.data, $2) as employment
       from unnest($1::text[]) as asked(id)
       join person on person.last_roster is null and person.employee_id = asked.id`,
    [ids, now],
  );
  const found = new Map(rows.map((row) => [row.asked, decodePerson(row)]));
  return new Map(ids.map((id) => [id, { id, person: found.get(id) ?? null }]));
}

/**
 * SQL: the row `person` has left at the clock $3, or may have: HR leaves it open, or has them come back. The first line keeps
 * everybody without an end from being looked at any further.
 */
export const mayHaveLeft = `(person.data ? 'leftAt' or person.data ? 'doubt' or person.data @? '$.spells[*] ? (@.endsAt != null)')
     and employment_at(person.data, $3) @?
         '$ ? (@.state == "ended" || @.state == "unknown" || (@.state == "not_started" && exists (@.lastDay)))'`;

/** The same of somebody who has been looked up. */
export function mayBeGone({ employment }: PersonFacts): boolean {
  return (
    employment.state === 'ended' ||
    employment.state === 'unknown' ||
    (employment.state === 'not_started' && employment.lastDay !== undefined)
  );
}

/** `managers`: by address; whose manager it lacks, of them nothing is said. */
export function decodePerson(row: PersonRow, managers?: ReadonlyMap<string, PersonFacts | null>): PersonFacts {
  const { department, jobTitle, employmentType, managerEmail, status, ...employment } = row.employment;
  const manager = typeof managerEmail === 'string' ? managers?.get(managerEmail.trim().toLowerCase()) : undefined;
  return {
    id: row.employee_id,
    name: row.full_name,
    employment: decodeEmployment(employment),
    ...(department !== undefined && { department }),
    ...(jobTitle !== undefined && { jobTitle }),
    ...(employmentType !== undefined && { employmentType }),
    ...(typeof status === 'string' && { onLeave: status === 'on_leave' }),
    ...(managerEmail === null && { manager: null }),
    ...(manager !== undefined && { manager: { person: manager } }),
  };
}

function decodeEmployment(row: Employment): Employment {
  switch (row.state) {
    case 'employed':
      return { state: 'employed', lastDay: row.lastDay };
    case 'not_started':
      return { state: 'not_started', firstDay: row.firstDay, ...('lastDay' in row && { lastDay: row.lastDay }) };
    case 'ended':
      return { state: 'ended', lastDay: row.lastDay, endedAt: row.endedAt, inferred: row.inferred };
    case 'unknown':
      return { state: 'unknown', reason: row.reason };
  }
}
