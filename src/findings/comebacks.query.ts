import type { EntityManager } from 'typeorm';
import type { Instant } from '../checks/check.js';
import type { HolderFacts } from '../checks/facts.js';
import type { Comeback } from '../checks/lifecycle-facts.js';

interface ComebackRow {
  readonly kind: HolderFacts['kind'];
  readonly key: string;
  readonly gone_at: Date | null;
  readonly back_at: Date;
}

/**
 * $1 organization, $2 snapshot, $3 clock.
 *
 * A row ends only where a complete listing lacks it or has it changed, so that a break between two rows is a complete listing
 * without it. What counts is whatever the person holds, so that neither another account nor an invite instead of an account
 * is anything new, and an invite that became an account no break.
 */
const sql = `
with leaver as materialized (
  select person.employee_id, coalesce(person.data->>'sameAs', person.employee_id) as person,
         (employment_at(person.data, $3)->>'endedAt')::timestamptz as ended_at
    from person
   where person.last_roster is null
     and (person.data ? 'leftAt' or person.data @? '$.spells[*] ? (@.endsAt != null)')
     and exists (select from link
                  where link.employee_id = person.employee_id and link.organization_id = $1 and link.ended_at is null)
     and employment_at(person.data, $3)->>'state' = 'ended'
), shown as materialized (
  select leaver.person, leaver.ended_at, link.subject_kind, link.subject_key, observation.first_snapshot,
         case when observation.last_snapshot <= $2 then observation.last_snapshot end as last_snapshot,
         lag(observation.last_snapshot) over (
           partition by link.subject_kind, link.subject_key order by observation.first_snapshot) as before
    from leaver
    join link on link.employee_id = leaver.employee_id and link.organization_id = $1 and link.ended_at is null
    join observation on observation.organization_id = $1 and observation.key = link.subject_key
     and observation.dataset = case link.subject_kind when 'account' then 'members' else 'invites' end
     and observation.first_snapshot <= $2
), held as (
  select person, ended_at, subject_kind, subject_key,
         max(first_snapshot) filter (where before is distinct from first_snapshot) as begun
    from shown
   group by person, ended_at, subject_kind, subject_key
  having bool_or(last_snapshot is null)
)
select held.subject_kind as kind, held.subject_key as key, back.believed_at as back_at,
       case when back.believed_at >= held.ended_at and not exists (
              select from shown
               where shown.person = held.person and shown.first_snapshot < held.begun
                 and (shown.last_snapshot is null or shown.last_snapshot >= held.begun))
            then (select gone.believed_at from sync_run as gone
                   where gone.id = (select max(shown.last_snapshot) from shown
                                     where shown.person = held.person and shown.last_snapshot < held.begun)) end as gone_at
  from held
  join sync_run as back on back.id = held.begun`;

/** Of everything that people who have left hold tonight, whether it had been gone. They are few, or should be. */
export async function comebacks(
  manager: EntityManager,
  { id, snapshot }: { readonly id: string; readonly snapshot: string },
  now: Instant,
): Promise<ReadonlyMap<string, Partial<HolderFacts>>> {
  const rows: ComebackRow[] = await manager.query(sql, [id, snapshot, now]);
  return new Map(rows.map((row) => [`${row.kind}/${row.key}`, { comeback: decode(row) }]));
}

function decode({ gone_at: goneAt, back_at: backAt }: ComebackRow): Comeback | null {
  return goneAt === null ? null : { goneAt: goneAt.toISOString(), backAt: backAt.toISOString() };
}
