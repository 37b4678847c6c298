import type { EntityManager } from 'typeorm';
import type { Instant, PersonData } from './person.js';
import type { Row } from './row.js';

/**
 * The people of the next roster in tables of this transaction, until they become the people in force or a quarantine.
 *
 * `next_person`: whoever is not plainly as before; `absent`: not in the roster, and still a person. `same_person`: whose data in
 * `person` is what the roster says, and plain enough that nothing which earlier rosters know could change it. Both know on which
 * line they stand, and `rest`, what their data does not tell of their row. `gone_person`: those in force who are in neither.
 */
export async function createStage(manager: EntityManager): Promise<void> {
  await manager.query(`
    create temporary table next_person (
      employee_id text primary key, data jsonb not null, absent boolean not null default false,
      position integer, line integer, rest jsonb) on commit drop;
    create temporary table same_person (
      employee_id text not null, employed boolean, position integer, line integer, rest jsonb) on commit drop;
    create temporary table gone_person (employee_id text not null) on commit drop;
    create temporary table read_row (
      position integer, line integer, employee_id text, employed boolean, rest jsonb, data jsonb) on commit drop;
    create temporary table repeated_row (position integer, employee_id text, row jsonb) on commit drop;
    create temporary table shared_address (address text) on commit drop;
    create temporary table assembled_person (employee_id text, data jsonb, position integer) on commit drop`);
}

/** Whoever has one spell and no doubt has a state that their dates alone tell. */
const isSimple = (data: string): string =>
  `(jsonb_array_length(${data}->'spells') = 1 and not ${data} ?| array['doubt', 'leftAt'])`;

const isNow = (data: string, clock: string): string => `
  (coalesce((${data}#>>'{spells,0,startsAt}')::timestamptz <= ${clock}, true)
   and coalesce((${data}#>>'{spells,0,endsAt}')::timestamptz > ${clock}, true))`;

/** Whether somebody is employed for certain, of whom that is quickly said. False says nothing. */
export const isPlainlyEmployed = (data: string, clock: string): string =>
  `case when ${isSimple(data)} then ${isNow(data, clock)} else false end`;

/**
 * Employment of somebody whose data is simple, else `employment_at`, which says the same of both and costs ten times as much.
 * `clock` is a parameter.
 */
export const isEmployed = (data: string, clock: string): string => `
  case when ${isSimple(data)} then ${isNow(data, clock)}
       else employment_at(${data}, ${clock})->>'state' = 'employed' end`;

const plain = `not given.data ?| array['doubt', 'sameAs', 'aliases']
           and not given.data @> '{"spells": [{"inferred": true}]}'`;

/** Tells those of `read_row` who are as before from those who are not. */
export async function sortRows(manager: EntityManager, now: Instant): Promise<void> {
  await manager.query(
    `with given as materialized (
       select given.*, coalesce(person.data = given.data and ${plain}, false) as same
         from read_row as given
         left join person on person.employee_id = given.employee_id and person.last_roster is null),
     same as (
       insert into same_person (employee_id, employed, position, line, rest)
       select employee_id, coalesce(employed, ${isEmployed('data', '$1')}), position, line, rest from given where same)
     insert into next_person (employee_id, data, position, line, rest)
     select employee_id, data, position, line, rest from given where not same`,
    [now],
  );
  await manager.query('truncate read_row');
}

/** Of those of the first roster of whom whoever read them could not say it. */
export async function sayWhoIsEmployed(manager: EntityManager, now: Instant): Promise<void> {
  await manager.query(
    `update same_person as same set employed = ${isEmployed('person.data', '$1')}
       from person
      where same.employed is null and person.employee_id = same.employee_id and person.last_roster is null`,
    [now],
  );
}

/** A look-up for each row of a portion: whatever the planner believes of a table that has just grown, anything else reads all of it. */
export async function expectFewRows(manager: EntityManager, few: boolean): Promise<void> {
  const others = few ? 'off' : 'on';
  await manager.query(`set local enable_hashjoin = ${others}; set local enable_mergejoin = ${others}`);
}

export interface RepeatedRow {
  readonly employee_id: string;
  readonly first: number;
  readonly row: Row | null;
  readonly line: number | null;
  readonly data: PersonData | null;
}

/** Every row of an id that several rows have, person by person as they first come, in the order of the file. */
export const repeatedRows = `
  with again as materialized (select distinct employee_id from repeated_row),
  every as (
    select employee_id, position, row, null::integer as line, null::jsonb as data from repeated_row
    union all
    select next.employee_id, next.position, next.rest, next.line, next.data
      from next_person as next join again on again.employee_id = next.employee_id
    union all
    select same.employee_id, same.position, same.rest, same.line, person.data
      from same_person as same join again on again.employee_id = same.employee_id
      join person on person.employee_id = same.employee_id and person.last_roster is null),
  ordered as (select *, min(position) over (partition by employee_id) as first from every)
  select employee_id, first, row, line, data from ordered order by first, position`;

export interface SharingPerson {
  readonly address: string;
  readonly employee_id: string;
  readonly position: number;
  readonly data: PersonData;
}

/** Whoever has a work e-mail that stands in several rows, address by address. */
export const sharingPeople = `
  with shared as materialized (select distinct address from shared_address),
  every as (
    select next.employee_id, next.position, next.data
      from next_person as next join shared on shared.address = next.data->>'workEmail'
    union all
    select same.employee_id, same.position, person.data
      from person join shared on shared.address = person.data->>'workEmail'
      join same_person as same on same.employee_id = person.employee_id
     where person.last_roster is null)
  select data->>'workEmail' as address, employee_id, position, data from every
   order by data->>'workEmail' collate "C", position`;

/** Puts the people of `assembled_person` in the place of what stood under their ids. */
export async function replaceAssembled(manager: EntityManager, rosterId: string | null): Promise<void> {
  await manager.query('analyze assembled_person (employee_id)');
  await manager.query(
    'delete from same_person as same using assembled_person as made where made.employee_id = same.employee_id',
  );
  await manager.query(
    'delete from next_person as next using assembled_person as made where made.employee_id = next.employee_id',
  );
  if (rosterId !== null) {
    await manager.query(
      `delete from person using assembled_person as made
        where made.employee_id = person.employee_id and person.last_roster is null and person.first_roster = $1`,
      [rosterId],
    );
  }
  await manager.query(
    'insert into next_person (employee_id, data, position) select employee_id, data, position from assembled_person',
  );
  await manager.query('truncate assembled_person');
}

export async function analyzeStage(manager: EntityManager): Promise<void> {
  // Nobody asks what stands in their data, and to tell what is frequent in it takes longer than to read it.
  await manager.query(
    'analyze next_person (employee_id, absent), same_person (employee_id), repeated_row (employee_id), shared_address (address)',
  );
}

/** Everybody in it has just been written, and what the planner knows of it is from before. */
export async function analyzePeople(manager: EntityManager): Promise<void> {
  await manager.query('analyze person (employee_id, last_roster)');
}

/** After the last person. */
export async function findGone(manager: EntityManager): Promise<void> {
  await manager.query(
    `insert into gone_person (employee_id)
     select person.employee_id from person
      where person.last_roster is null
        and not exists (
          select from (select employee_id from same_person union all select employee_id from next_person) as given
           where given.employee_id = person.employee_id)`,
  );
  await manager.query('analyze gone_person');
}

/** The number that the next roster will have; nobody else writes one meanwhile. */
export async function nextRosterId(manager: EntityManager): Promise<string> {
  const [row]: [{ id: string }] = await manager.query(
    `select (coalesce(pg_sequence_last_value(sequence), 0) + 1)::text as id
       from (select pg_get_serial_sequence('roster', 'id')::regclass as sequence) as named`,
  );
  return row.id;
}
