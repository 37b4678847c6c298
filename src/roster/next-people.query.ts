import type { EntityManager } from 'typeorm';
import { mentionedPeople, type Mentions } from './mentioned-people.query.js';
import type { Day, Instant } from './person.js';
import { analyzeStage, createStage, findGone, isEmployed, isPlainlyEmployed } from './staged-people.query.js';

/** What becomes of the people in the tables of `staged-people.query.ts`. */

/** What a person's data says about their absence from rosters, taken out. */
const present = (data: string): string =>
  `(${data} - array['doubt', 'missing', 'lastOn', 'lastUntil', 'leftOn', 'leftAt'])`;

/** The keys of one kind that either has, without the first one of the person in force. */
const both = (first: string, others: string): string => `
  (select coalesce(jsonb_agg(key order by key collate "C"), '[]')
     from (select next.data->>'${first}' as key
           union select jsonb_array_elements_text(next.data->'${others}')
           union select jsonb_array_elements_text(person.data->'${others}')) as keys
    where key is not null and key is distinct from person.data->>'${first}')`;

const refused = `jsonb_build_object('doubt', 'ROSTER_ROW_REFUSED')`;

/** Stages the people of a quarantined roster. */
export async function stageCandidate(manager: EntityManager, rosterId: string): Promise<void> {
  await createStage(manager);
  await manager.query(
    'insert into next_person (employee_id, data) select employee_id, data from roster_candidate where roster_id = $1',
    [rosterId],
  );
  await analyzeStage(manager);
  await findGone(manager);
}

interface Losses {
  /** Employed in the roster in force at the clock, so far as it says. */
  readonly employed: number;
  /** Of those: not in the next one, or not employed according to it, or somebody else under the same id. */
  readonly lost: number;
}

/**
 * Whom the next roster could lose. People in doubt count by their spells: a roster that blurs everybody must not be what
 * lets the next one drop them. Whoever merely vanished was lost once already, and an offer without a first day is no job.
 */
const atStake = `
  person.last_roster is null and not person.data ? 'sameAs'
     and person.data->>'doubt' is distinct from 'LEFT_ROSTER'
     and not person.data @> '{"doubt": "HR_STATUS_UNKNOWN", "spells": [{"status": "pending", "startDate": null}]}'
     and case when person.data ? 'doubt' then employment_at(person.data - 'doubt', $1)->>'state' = 'employed'
              else ${isEmployed('person.data', '$1')} end`;

/** Another name and another address under the same id. */
const isSomebodyElse = `
  coalesce(next.data->>'workEmail' <> employed.data->>'workEmail'
       and lower(next.data->>'fullName') <> lower(employed.data->>'fullName')
       and not next.data ? 'sameAs', false)`;

/** How many people the next roster could lose. */
export async function countAtStake(manager: EntityManager, now: Instant): Promise<number> {
  const [row]: [{ count: number }] = await manager.query(`select count(*)::int as count from person where ${atStake}`, [
    now,
  ]);
  return row.count;
}

/**
 * A person with another name and another address than before is another person: ids have slipped by a row. Whoever is as
 * before is not lost.
 */
export async function countLosses(manager: EntityManager, mentions: Mentions, now: Instant): Promise<Losses> {
  const mentioned = await mentionedPeople(manager, mentions);
  const [row]: [Losses] = await manager.query(
    `with employed as (
       select person.employee_id, person.data from person
         join (select employee_id from gone_person union all select employee_id from next_person) as changed
           on changed.employee_id = person.employee_id
        where ${atStake})
     select count(*)::int + (select count(*) from same_person where employed)::int as employed,
            count(*) filter (where case
              when next.employee_id is null then not employed.employee_id = any($2)
              when ${isPlainlyEmployed('next.data', '$1')} then ${isSomebodyElse}
              when employment_at(next.data, $1)->>'state' in ('ended', 'not_started') then true
              when employment_at(next.data, $1)->>'reason' = 'HR_STATUS_UNKNOWN'
                then employment_at(employed.data, $1)->>'state' = 'employed'
              else ${isSomebodyElse} end)::int as lost
       from employed left join next_person as next on next.employee_id = employed.employee_id`,
    [now, mentioned],
  );
  return row;
}

export async function countEmployed(manager: EntityManager, now: Instant): Promise<number> {
  const [row]: [{ employed: number }] = await manager.query(
    `select (select count(*) from same_person where employed)::int
          + (select count(*) from next_person
              where not absent and not data ? 'sameAs' and ${isEmployed('data', '$1')})::int as employed`,
    [now],
  );
  return row.employed;
}

/**
 * A person with a row that cannot be read stays as the roster in force had them, in doubt. The keys in the row count
 * besides: whoever shares one with them does not hold it alone.
 */
export async function keepRefused(manager: EntityManager): Promise<void> {
  await manager.query(
    `update next_person as next
        set data = ${present('person.data')} || ${refused}
          || jsonb_build_object('otherEmails', ${both('workEmail', 'otherEmails')})
          || jsonb_strip_nulls(jsonb_build_object(
               'otherUsernames', nullif(${both('dockerUsername', 'otherUsernames')}, '[]')))
       from person
      where person.employee_id = next.employee_id and person.last_roster is null
        and next.data->>'doubt' = 'ROSTER_ROW_REFUSED'`,
  );
}

/** "Terminated" without a date means since a roster first said so, not since the latest. */
export async function keepFirstSeen(manager: EntityManager): Promise<void> {
  await manager.query(
    `update next_person as next
        set data = jsonb_set(next.data, '{spells}', (
          select jsonb_agg(case when spell ? 'inferred' then spell || coalesce((
                   select jsonb_build_object('endsAt', earlier->'endsAt')
                     from jsonb_array_elements(person.data->'spells') as earlier
                    where earlier->'startDate' = spell->'startDate' and earlier->>'endsAt' < spell->>'endsAt'
                    order by earlier->>'endsAt' limit 1), '{}') else spell end order by position)
            from jsonb_array_elements(next.data->'spells') with ordinality as spells (spell, position)))
       from person
      where person.employee_id = next.employee_id and person.last_roster is null
        and next.data @> '{"spells": [{"inferred": true}]}'`,
  );
  // Whoever had left by absence before HR said so left then.
  await manager.query(
    `update next_person as next
        set data = jsonb_set(next.data, '{spells}', (
          select jsonb_agg(case when spell ? 'inferred' and spell->>'endsAt' > person.data->>'leftAt'
                   then spell || jsonb_build_object(
                     'endsAt', person.data->'leftAt',
                     'startsAt', case when spell->>'startsAt' > person.data->>'leftAt' then person.data->'leftAt' else spell->'startsAt' end)
                   else spell end order by position)
            from jsonb_array_elements(next.data->'spells') with ordinality as spells (spell, position)))
       from person
      where person.employee_id = next.employee_id and person.last_roster is null
        and person.data ? 'leftAt' and next.data @> '{"spells": [{"inferred": true}]}'`,
  );
}

interface Absence {
  readonly mentions: Mentions;
  readonly now: Instant;
  /** The last day of the roster in force, and the first instant after it (not after the clock). */
  readonly lastOn: Day;
  readonly lastUntil: Instant;
  /** Whoever is absent has left at once. */
  readonly currentStaffOnly: boolean;
  /** The same bytes read under another configuration say nothing new about who is gone. */
  readonly sameContent: boolean;
}

/** Adds everybody whom the next roster lacks, as they are from then on. Nobody is ever removed. */
export async function addAbsent(manager: EntityManager, absence: Absence): Promise<void> {
  const { now, lastOn, lastUntil, currentStaffOnly, sameContent } = absence;
  const mentioned = await mentionedPeople(manager, absence.mentions);
  await manager.query(
    `insert into next_person (employee_id, data, absent)
     select person.employee_id, case
              when person.employee_id = any($1)
                then ${present('person.data')} || ${refused}
              when coalesce(person.data->>'doubt', 'LEFT_ROSTER') = 'LEFT_ROSTER'
               and employment_at(person.data - 'doubt', $2)->>'state' = 'ended'
                then person.data - array['doubt', 'missing', 'lastOn', 'lastUntil']
              when $5 or (person.data ? 'missing' and not $6)
                then ${present('person.data')} || jsonb_build_object(
                  'leftOn', coalesce(person.data->>'lastOn', $3), 'leftAt', coalesce(person.data->>'lastUntil', $4))
              when person.data ? 'missing' then person.data
              else ${present('person.data')} || jsonb_build_object(
                'doubt', 'LEFT_ROSTER', 'missing', 1, 'lastOn', $3::text, 'lastUntil', $4::text) end, true
       from gone_person as gone join person on person.employee_id = gone.employee_id and person.last_roster is null
      where not exists (select from next_person as next where next.employee_id = gone.employee_id)`,
    [mentioned, now, lastOn, lastUntil, currentStaffOnly, sameContent],
  );
}

/** Makes the next people the people in force. Somebody who is as before is not written. */
export async function writePeople(manager: EntityManager, rosterId: string): Promise<void> {
  await manager.query(
    `update person set last_roster = $1 from next_person as next
      where next.employee_id = person.employee_id and person.last_roster is null and person.data <> next.data`,
    [rosterId],
  );
  await manager.query(
    `insert into person (employee_id, data, first_roster)
     select next.employee_id, next.data, $1 from next_person as next
      where not exists (
        select from person where person.employee_id = next.employee_id and person.last_roster is null)`,
    [rosterId],
  );
}

export async function keepCandidate(manager: EntityManager, rosterId: string): Promise<void> {
  await manager.query(
    `insert into roster_candidate (roster_id, employee_id, data)
     select $1::bigint, employee_id, data from next_person
     union all
     select $1::bigint, person.employee_id, person.data from same_person as same
       join person on person.employee_id = same.employee_id and person.last_roster is null`,
    [rosterId],
  );
}
