import type { EntityManager } from 'typeorm';
import type { Instant } from './person.js';

const strings = (list: string): string =>
  `jsonb_array_elements_text(case when jsonb_typeof(${list}) = 'array' then ${list} else '[]' end)`;

/** Every address and username in a person's data, one a row. */
const keysIn = (data: string): string => `
  select ${data}->>'workEmail' as key union all select ${strings(`${data}->'otherEmails'`)}
  union all select ${data}->>'dockerUsername' union all select ${strings(`${data}->'otherUsernames'`)}`;

/**
 * The id of somebody who has left, under which the next roster has another name and none of the keys that the id ever had: HR gave it to
 * somebody else, or the ids slipped by a row. Whatever is linked to the id belongs to whoever had it before, so nothing
 * can be said of them by what the roster says now. It stays so until the id is who it was, or shares a key with them. Whoever is
 * employed may change name and address at once, and stays who they are: people marry.
 *
 * Keys of refused rows are no proof of who somebody was. An id without any has nothing that could be taken for another's.
 */
export async function doubtChangedIdentities(manager: EntityManager, now: Instant): Promise<void> {
  await manager.query(
    `with renamed as (
       select next.employee_id, next.data as next_data, person.data as data,
              coalesce(person.data->'identityBefore'->>'fullName', person.data->>'fullName') as full_name
         from next_person as next
         join person on person.employee_id = next.employee_id and person.last_roster is null
        where not next.absent and next.data->>'doubt' is distinct from 'ROSTER_ROW_REFUSED'
          -- Few have another name, and whether somebody had left is the dear question.
          and case when lower(next.data->>'fullName')
                        <> lower(coalesce(person.data->'identityBefore'->>'fullName', person.data->>'fullName'))
                   then person.data ? 'identityBefore'
                        or employment_at(person.data - 'doubt', $1)->>'state' = 'ended' end),
     compared as (
       select renamed.employee_id, renamed.full_name, before.keys,
              array(select key from (${keysIn('renamed.next_data')}
                    union all
                    select later_key.key from next_person as later cross join lateral (${keysIn('later.data')}) as later_key
                     where later.employee_id = renamed.next_data->>'sameAs') as now_keys where key is not null) as now_keys
         from renamed
        cross join lateral (
          select case when renamed.data ? 'identityBefore'
                   then array(select ${strings(`renamed.data->'identityBefore'->'keys'`)})
                   else array(
                     select distinct past_key.key collate "C"
                       from person as past cross join lateral (${keysIn('past.data')}) as past_key
                      where past.employee_id in (renamed.employee_id, renamed.data->>'sameAs')
                        and past.data->>'doubt' is distinct from 'ROSTER_ROW_REFUSED'
                        and not past.data ? 'identityBefore' and past_key.key is not null
                      order by 1) end as keys) as before)
     update next_person as next
        set data = next.data || jsonb_build_object(
              'doubt', 'IDENTITY_CHANGED',
              'identityBefore', jsonb_build_object('fullName', compared.full_name, 'keys', to_jsonb(compared.keys)))
       from compared
      where next.employee_id = compared.employee_id and cardinality(compared.keys) > 0
        and not compared.keys && compared.now_keys
        and (cardinality(compared.now_keys) > 0 or next.data @> '{"spells": [{"endsAt": null}]}')`,
    [now],
  );
}
