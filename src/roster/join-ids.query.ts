import type { EntityManager } from 'typeorm';
import type { Instant, PersonData } from './person.js';

/**
 * Somebody who came back under a new id while the row of the old one is gone, or no longer names them alike. The reading
 * of a roster joins ids that stand in one file; this joins what stood in different ones, in `next_person`.
 */

/** An id that is gone from the roster goes on standing for the person who has a later one. */
export async function keepAliases(manager: EntityManager): Promise<void> {
  await unsame(
    manager,
    `select person.data->>'sameAs' from person where person.last_roster is null and person.data ? 'sameAs'
     union select data->>'sameAs' from next_person where data ? 'sameAs'`,
  );
  await manager.query(
    `insert into next_person (employee_id, data, absent)
     select former.employee_id,
            jsonb_build_object('fullName', former.data->'fullName', 'otherEmails', '[]'::jsonb, 'spells', later.data->'spells',
                               'sameAs', coalesce(later.data->>'sameAs', later.employee_id))
            || case when later.data ? 'doubt' then jsonb_build_object('doubt', later.data->'doubt') else '{}' end, true
       from person as former
       join next_person as later on later.employee_id = former.data->>'sameAs'
      where former.last_roster is null and former.data ? 'sameAs'
        and not exists (select from next_person as next where next.employee_id = former.employee_id)`,
  );
  await manager.query(
    `update next_person as later set data = later.data || jsonb_build_object('aliases', aliases.ids)
       from (select data->>'sameAs' as later, jsonb_agg(employee_id order by employee_id collate "C") as ids
               from next_person where data ? 'sameAs' group by 1) as aliases
      where later.employee_id = aliases.later and not later.data ? 'sameAs'
        and later.data->'aliases' is distinct from aliases.ids`,
  );
}

/** Takes people who are as before among those who may change. `ids`: a query. */
async function unsame(manager: EntityManager, ids: string): Promise<void> {
  await manager.query(
    `with moved as (
       delete from same_person where employee_id in (${ids}) returning employee_id, position, line, rest)
     insert into next_person (employee_id, data, position, line, rest)
     select moved.employee_id, person.data, moved.position, moved.line, moved.rest
       from moved join person on person.employee_id = moved.employee_id and person.last_roster is null`,
  );
}

interface Pair {
  readonly former: string;
  readonly former_data: PersonData;
  readonly later: string;
  readonly later_data: PersonData;
}

/**
 * Two ids of one person: an earlier roster joined them, or the former is gone and has the work e-mail and the name of
 * the later. In both cases the former employment is over before the later begins.
 */
export async function joinReturned(manager: EntityManager, now: Instant): Promise<void> {
  await unsame(
    manager,
    `select person.employee_id from person
      where person.last_roster is null
        and person.data->>'workEmail' in (select data->>'workEmail' from next_person where absent)`,
  );
  const pairs: Pair[] = await manager.query(
    `with pair as (
       select former.employee_id as former, later.employee_id as later
         from next_person as former
         join next_person as later on later.data->>'workEmail' = former.data->>'workEmail'
          and lower(later.data->>'fullName') = lower(former.data->>'fullName')
        where former.absent and not later.absent
       union
       select person.employee_id, person.data->>'sameAs' from person
        where person.last_roster is null and person.data ? 'sameAs'),
     counted as (select former, later, count(*) over (partition by former) as laters from pair)
     select pair.former, former.data as former_data, pair.later, later.data as later_data
       from counted as pair
       join next_person as former on former.employee_id = pair.former
       join next_person as later on later.employee_id = pair.later
      where not former.data ?| array['sameAs', 'doubt'] and not later.data ?| array['sameAs', 'doubt']
        and pair.laters = 1
        and employment_at(former.data, $1)->>'state' = 'ended'
        and (select bool_and(coalesce((spell->>'startsAt')::timestamptz >= (employment_at(former.data, $1)->>'endedAt')::timestamptz, false))
               from jsonb_array_elements(later.data->'spells') as spell)
      order by pair.former collate "C"`,
    [now],
  );
  const joined = new Map<string, string>();
  const standingFor = new Map<string, string[]>();
  const changed = new Map<string, PersonData>();
  for (const pair of pairs) {
    const later = joined.get(pair.later) ?? pair.later;
    if (later === pair.former) continue;
    const after = changed.get(later) ?? pair.later_data;
    const before = changed.get(pair.former) ?? pair.former_data;
    changed.set(later, { ...after, ...keysOfBoth(after, before) });
    changed.set(pair.former, { fullName: before.fullName, otherEmails: [], spells: after.spells, sameAs: later });
    const others = standingFor.get(later) ?? [];
    standingFor.set(later, others);
    for (const id of [pair.former, ...(standingFor.get(pair.former) ?? [])]) {
      joined.set(id, later);
      others.push(id);
    }
  }
  if (changed.size === 0) return;
  await manager.query(
    `update next_person as next set data = row.data
       from jsonb_to_recordset($1::jsonb) as row (employee_id text, data jsonb)
      where next.employee_id = row.employee_id`,
    [JSON.stringify([...changed].map(([id, data]) => ({ employee_id: id, data })))],
  );
  // Those who stood for an id that now stands for somebody itself.
  await manager.query(
    `update next_person as next
        set data = next.data || jsonb_build_object('sameAs', former.data->'sameAs', 'spells', former.data->'spells')
       from next_person as former
      where next.data ? 'sameAs' and former.data ? 'sameAs' and former.employee_id = next.data->>'sameAs'`,
  );
  await keepAliases(manager);
}

/** The keys of the later id, and those that the former had besides. */
function keysOfBoth(after: PersonData, before: PersonData): Partial<PersonData> {
  const addresses = new Set([...after.otherEmails, ...before.otherEmails]);
  const known = [before.dockerUsername, ...(before.otherUsernames ?? [])].filter((name) => typeof name === 'string');
  const usernames = new Set([...(after.otherUsernames ?? []), ...known]);
  if (typeof before.workEmail === 'string') addresses.add(before.workEmail);
  if (typeof after.workEmail === 'string') addresses.delete(after.workEmail);
  if (typeof after.dockerUsername === 'string') usernames.delete(after.dockerUsername);
  return {
    otherEmails: [...addresses].sort(),
    ...(usernames.size > 0 ? { otherUsernames: [...usernames].sort() } : {}),
  };
}
