import type { EntityManager } from 'typeorm';
import type { Outcome } from '../findings/report.js';
import { anywhere } from '../http/filters.js';
import { findAccounts } from './accounts.query.js';
import { openFindingsOf } from './account-detail.query.js';
import { holdersThen, policyThen, verdictRank, verdictsOfHolder } from './holders.query.js';
import { linkedTo, linksAsKnown } from './links-then.query.js';
import { findLinks } from './links.query.js';
import type { PeopleFilters } from './people-filters.js';
import type { EmploymentState, Person, PersonDetail, PersonSpell } from './person.js';
import { partsOfPlace, placeOf } from './place.js';
import type { View } from './view.query.js';

export interface ListedPerson {
  readonly person: Readonly<Person>;
  /** In the order of their list. */
  readonly place: string;
}

interface PersonData {
  readonly fullName?: string | null;
  readonly workEmail?: string | null;
  readonly otherEmails?: readonly string[];
  readonly dockerUsername?: string | null;
  readonly otherUsernames?: readonly string[];
  readonly aliases?: readonly string[];
  readonly spells?: readonly (PersonSpell & Readonly<Record<string, unknown>>)[];
}

interface PersonRow {
  employee_id: string;
  sort_name: string;
  data: PersonData;
  employment: {
    state: EmploymentState;
    firstDay?: string | null;
    lastDay?: string | null;
    endedAt?: string | null;
    inferred?: boolean;
    reason?: string;
    department?: string | null;
    jobTitle?: string | null;
    employmentType?: string | null;
  };
  accounts: number;
  invites: number;
  worst: Outcome | null;
}

type Choice = Pick<PeopleFilters, 'employment' | 'department' | 'hasAccess' | 'q' | 'sort'> & { readonly id?: string };

/** Nobody has so many. */
const mostOfOne = 1_000;

/** At most `limit` people behind the place `after`, in order. $1 is the evaluation, $2 the instant, $3 the clock, $4 the evaluation that is known. */
export async function findPeople(
  manager: EntityManager,
  view: View,
  filters: Choice,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<ListedPerson[]> {
  const rows = await readPeople(manager, view, filters, { after, limit });
  return rows.map((row) => ({ person: readPerson(row), place: placeOf([row.sort_name, row.employee_id]) }));
}

/** By any employee id that the person has had; null: no roster in force by then has one. */
export async function findPerson(manager: EntityManager, view: View, id: string): Promise<PersonDetail | null> {
  const [row] = await readPeople(manager, view, { id }, { after: null, limit: 1 });
  if (row === undefined) return null;
  const person = readPerson(row);
  const { data } = row;
  const all = { after: null, limit: mostOfOne };
  const listed = await findAccounts(
    manager,
    view,
    { person: person.id, presence: ['present', 'unverified', 'gone'] },
    all,
  );
  const accounts = listed.map(({ account }) => account);
  return {
    ...person,
    formerIds: data.aliases ?? [],
    otherEmails: data.otherEmails ?? [],
    dockerUsernames: [data.dockerUsername, ...(data.otherUsernames ?? [])].filter((name) => typeof name === 'string'),
    spells: (data.spells ?? []).map(readSpell),
    accounts,
    links: await findLinks(manager, view, { person: person.id, standing: 'any' }, all),
    findings: await openFindingsOf(manager, view, accounts),
  };
}

async function readPeople(
  manager: EntityManager,
  view: View,
  filters: Choice,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<PersonRow[]> {
  const parameters: unknown[] = [view.number, view.until, view.clock, view.known];
  const given = (value: unknown): string => `$${parameters.push(value)}`;
  const conditions = [`not person.data ? 'sameAs'`];
  const where = (value: unknown, condition: (parameter: string) => string): void => {
    if (value !== undefined) conditions.push(condition(given(value)));
  };
  let holders = 'true';
  if (filters.id !== undefined) {
    const id = given(filters.id);
    const current = `coalesce((select data->>'sameAs' from roster_person where employee_id = ${id}::text), ${id}::text)`;
    conditions.push(`person.employee_id = ${current}`);
    holders = linkedTo(current);
  }
  where(
    filters.q === undefined ? undefined : anywhere(filters.q),
    (value) => `(person.employee_id ilike ${value} or person.data->>'fullName' ilike ${value}
      or person.data->>'workEmail' ilike ${value} or person.data->>'dockerUsername' ilike ${value}
      or person.data->>'otherEmails' ilike ${value} or person.data->>'otherUsernames' ilike ${value}
      or person.data->>'aliases' ilike ${value})`,
  );
  where(
    filters.hasAccess,
    (value) => `(person.employee_id in (select held.person from held where held.kind = 'account')) = ${value}::boolean`,
  );
  where(filters.employment, (value) => `employment_at(person.data, $3)->>'state' = any (${value}::text[])`);
  where(
    filters.department?.map((department) => department.toLowerCase()),
    (value) => `lower(employment_at(person.data, $3)->>'department') = any (${value}::text[])`,
  );
  const name = filters.sort === 'id' ? `''` : `lower(coalesce(person.data->>'fullName', ''))`;
  const behind =
    after === null
      ? 'true'
      : `(sort_name collate "C", employee_id collate "C") > (${partsOfPlace(after)
          .map((part) => `${given(part)}::text`)
          .join(', ')})`;
  return await manager.query(
    `with ${linksAsKnown('$4')}, ${holdersThen(holders, false)}, ${policyThen},
     held as (
       select owned.person, holder.organization_id, holder.kind, holder.key
         from owned join holder on holder.organization_id = owned.organization_id and holder.kind = owned.subject_kind
          and holder.key = owned.subject_key),
     page as materialized (
       select * from (
         select person.employee_id, person.data, ${name} as sort_name
           from roster_person as person where ${conditions.join(' and ')}) as person
        where ${behind} order by sort_name collate "C", employee_id collate "C" limit ${given(limit)}),
     judged as (
       select holder.person, count(distinct (holder.organization_id, holder.key)) filter (where holder.kind = 'account')::integer as accounts,
              count(distinct (holder.organization_id, holder.key)) filter (where holder.kind = 'invite')::integer as invites,
              (array_agg(said.outcome order by ${verdictRank('said.outcome')}) filter (where said.outcome is not null))[1] as worst
         from held as holder
         left join lateral (select verdict.outcome from ${verdictsOfHolder}) as said on true
        where holder.person in (select employee_id from page)
        group by holder.person)
     select page.employee_id, page.sort_name, page.data, employment_at(page.data, $3) as employment,
            coalesce(judged.accounts, 0) as accounts, coalesce(judged.invites, 0) as invites, judged.worst
       from page left join judged on judged.person = page.employee_id
      order by page.sort_name collate "C", page.employee_id collate "C"`,
    parameters,
  );
}

function readPerson({ employee_id: id, data, employment, accounts, invites, worst }: PersonRow): Readonly<Person> {
  return {
    id,
    name: data.fullName ?? null,
    workEmail: data.workEmail ?? null,
    employment: {
      state: employment.state,
      firstDay: employment.firstDay ?? null,
      lastDay: employment.lastDay ?? null,
      endedAt: employment.endedAt ?? null,
      inferred: employment.inferred ?? false,
      reason: employment.reason ?? null,
    },
    department: employment.department ?? null,
    jobTitle: employment.jobTitle ?? null,
    employmentType: employment.employmentType ?? null,
    accountCount: accounts,
    inviteCount: invites,
    verdict: worst,
  };
}

function readSpell(spell: PersonSpell): PersonSpell {
  const { department, jobTitle, employmentType, managerEmail } = spell;
  return {
    startDate: spell.startDate,
    endDate: spell.endDate,
    startsAt: spell.startsAt,
    endsAt: spell.endsAt,
    status: spell.status,
    ...(spell.inferred === true && { inferred: true }),
    ...(department !== undefined && { department }),
    ...(jobTitle !== undefined && { jobTitle }),
    ...(employmentType !== undefined && { employmentType }),
    ...(managerEmail !== undefined && { managerEmail }),
  };
}
