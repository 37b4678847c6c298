import type { QueryRunner } from 'typeorm';
import type { Day, Instant } from '../checks/check.js';
import type { RemovalFacts } from '../checks/leaver-facts.js';
import { longestLookBackDays } from '../checks/look-back.js';
import { foldUsername } from '../config/username.js';
import { streamRows } from '../database/rows.js';
import { auditEvents } from './audit-facts.query.js';
import { memberOf, memberRemoved } from './member-events.js';
import type { SubjectSource } from './subject-source.js';

interface RemovalRow {
  readonly kind: 'account' | 'invite';
  readonly key: string;
  readonly name: string | null;
  readonly employee_id: string;
  readonly full_name: string | null;
  readonly last_day: Day | null;
  readonly left_at: Date;
  readonly inferred: boolean;
  readonly known_to_hr_at: Date | null;
  readonly detected_at: Date | null;
  readonly last_seen_at: Date;
  readonly first_absent_at: Date | null;
  readonly confirmed: boolean;
}

/**
 * $1 organization, $2 snapshot, $3 clock, $4 how many days back.
 *
 * A leave is the end of a spell that no other spell goes on from, or what was concluded when somebody vanished from the
 * roster. A stay is a stretch of readings with the account or invite; one reading without it, which no second one confirms,
 * is no end of it. Of a leave counts the stay that was going on then, or the one that had just ended; else the first one
 * after. Where somebody was employed again before the stay ended, there was nothing to take away. A link whose declaration
 * was withdrawn still says whose it was.
 */
const sql = `
with reading as materialized (
  select sync_run.id as snapshot, sync_run.believed_at as at,
         exists (select from dataset_reading where dataset_reading.run_id = sync_run.id
                    and dataset_reading.dataset = 'members' and dataset_reading.status = 'complete') as members,
         exists (select from dataset_reading where dataset_reading.run_id = sync_run.id
                    and dataset_reading.dataset = 'invites' and dataset_reading.status = 'complete') as invites
    from sync_run
   where sync_run.organization_id = $1 and sync_run.state = 'sealed' and sync_run.id <= $2
), start as materialized (
  select coalesce(max(snapshot) filter (where at <= $3::timestamptz - $4 * interval '1 day'), 0) as snapshot from reading
), subject as materialized (
  select distinct on (link.subject_kind, link.subject_key) link.subject_kind as kind, link.subject_key as key,
         link.employee_id, case link.subject_kind when 'account' then 'members' else 'invites' end as dataset
    from link
   where link.organization_id = $1 and (link.ended_at is null or link.ended_because = 'DECLARATION_REMOVED')
   order by link.subject_kind, link.subject_key, link.ended_at desc nulls first, link.linked_at desc
), spell as materialized (
  select person.employee_id, person.data->>'fullName' as full_name, said.spell->>'endDate' as last_day,
         coalesce((said.spell->>'startsAt')::timestamptz, '-infinity') as starts_at,
         coalesce((said.spell->>'endsAt')::timestamptz, 'infinity') as ends_at,
         coalesce((said.spell->>'inferred')::boolean, false) as inferred
    from person
    cross join lateral jsonb_array_elements(coalesce(person.data->'spells', '[]')) as said(spell)
   where person.last_roster is null and person.employee_id in (select employee_id from subject)
), leave as materialized (
  select employee_id, full_name, last_day, ends_at as left_at, inferred
    from spell
   where ends_at <= $3
     and not exists (
       select from spell as other
        where other.employee_id = spell.employee_id and other.starts_at <= spell.ends_at and other.ends_at > spell.ends_at)
  union
  select employee_id, data->>'fullName', data->>'leftOn', (data->>'leftAt')::timestamptz, true
    from person
   where last_roster is null and (data->>'leftAt')::timestamptz <= $3
     and employee_id in (select employee_id from subject)
), shown as materialized (
  select subject.kind, subject.key, subject.dataset, subject.employee_id, observation.id, observation.first_snapshot,
         observation.data->>(case subject.kind when 'account' then 'username' else 'invitee' end) as name,
         case when observation.last_snapshot <= $2 then observation.last_snapshot end as last_snapshot
    from subject
    join observation on observation.organization_id = $1 and observation.dataset = subject.dataset
     and observation.key = subject.key and observation.first_snapshot <= $2
     and (observation.last_snapshot is null or observation.last_snapshot > (select snapshot from start))
   where subject.employee_id in (select employee_id from leave)
), stepped as (
  select shown.*, lag(last_snapshot) over (partition by kind, key order by first_snapshot) as before from shown
), numbered as materialized (
  select stepped.*,
         count(*) filter (where before < first_snapshot and exists (
           select from reading
            where reading.snapshot > stepped.before and reading.snapshot < stepped.first_snapshot
              and case stepped.kind when 'account' then reading.members else reading.invites end))
           over (partition by kind, key order by first_snapshot) as stay
    from stepped
), stay as materialized (
  select numbered.kind, numbered.key, numbered.employee_id, numbered.stay, min(first_snapshot) as begun,
         case when bool_or(last_snapshot is null) then null else max(last_snapshot) end as ended,
         (array_agg(name order by first_snapshot desc))[1] as name
    from numbered
   group by numbered.kind, numbered.key, numbered.employee_id, numbered.stay
), judged as materialized (
  select distinct on (stay.kind, stay.key, leave.left_at)
         stay.*, leave.full_name, leave.last_day, leave.left_at, leave.inferred, gone.at as first_absent_at
    from leave
    join stay on stay.employee_id = leave.employee_id
    join reading as begun on begun.snapshot = stay.begun
    left join reading as gone on gone.snapshot = stay.ended
   order by stay.kind, stay.key, leave.left_at, begun.at > leave.left_at,
            case when begun.at > leave.left_at then begun.at end, begun.at desc
), latest as materialized (
  select distinct on (kind, key) judged.*
    from judged
   where not exists (
     select from spell
      where spell.employee_id = judged.employee_id and spell.starts_at > judged.left_at
        and spell.starts_at <= coalesce(judged.first_absent_at, $3))
   order by kind, key, left_at desc
)
select latest.kind, latest.key, latest.name, latest.employee_id, latest.full_name, latest.last_day, latest.left_at,
       latest.inferred, latest.first_absent_at, seen.at as last_seen_at,
       latest.ended is not null and exists (
         select from reading
          where reading.snapshot > latest.ended
            and case latest.kind when 'account' then reading.members else reading.invites end) as confirmed,
       (select min(roster.read_at)
          from person as said
          join roster on roster.id = said.first_roster
         where said.employee_id = latest.employee_id
           and ((said.data->>'leftAt')::timestamptz = latest.left_at
                or exists (select from jsonb_array_elements(coalesce(said.data->'spells', '[]')) as spell
                            where (spell->>'endsAt')::timestamptz = latest.left_at))) as known_to_hr_at,
       (select min(finding.first_seen_at)
          from finding
         where finding.check_id = 'offboarded-access-removed' and finding.organization_id = $1
           and finding.subject_kind = latest.kind and finding.subject_key = latest.key
           and finding.first_seen_at >= latest.left_at and finding.first_seen_at <= $3) as detected_at
  from latest
  join lateral (
    -- The newest first, so that looking ends with the first that has it.
    select reading.at
      from (select snapshot, at from reading order by snapshot desc) as reading
     where reading.snapshot >= latest.begun and (latest.ended is null or reading.snapshot < latest.ended)
       and exists (
         select from observation
          where observation.organization_id = $1 and observation.key = latest.key
            and observation.dataset = case latest.kind when 'account' then 'members' else 'invites' end
            and observation.first_snapshot <= reading.snapshot
            and (observation.last_snapshot is null or observation.last_snapshot > reading.snapshot)
            and not exists (
              select from unverified
               where unverified.snapshot = reading.snapshot and unverified.observation_id = observation.id))
     order by reading.snapshot desc limit 1) as seen on true
 order by latest.kind, latest.key`;

export interface RemovalQuestion {
  readonly organizationId: string;
  readonly organization: string;
  readonly snapshot: string;
  readonly now: Instant;
}

/**
 * For every account and invite that somebody held who has left, how long they held it: also those that are gone for good, if
 * they were seen within the last 400 days. One line each, about the latest leave. Streams; the numbers of "time to revoke".
 */
export async function* removals(
  runner: QueryRunner,
  { organizationId, organization, snapshot, now }: RemovalQuestion,
): AsyncIterable<RemovalFacts> {
  const since = new Date(Date.parse(now) - longestLookBackDays * 86_400_000).toISOString();
  const wanted = { actions: [memberRemoved], since, until: now };
  const events = await auditEvents(runner.manager, { organizationId, snapshot }, wanted);
  const removed = events.map((event) => ({ at: event.at, username: memberOf(event, organization) }));
  const rows = streamRows<RemovalRow>(runner, sql, [organizationId, snapshot, now, longestLookBackDays]);
  for await (const row of rows) {
    const lastSeenAt = row.last_seen_at.toISOString();
    const firstAbsentAt = row.first_absent_at?.toISOString() ?? null;
    const username = row.kind === 'account' && row.name !== null ? foldUsername(row.name) : null;
    yield {
      organization,
      kind: row.kind,
      id: row.key,
      name: row.name ?? row.key,
      person: { id: row.employee_id, name: row.full_name },
      lastDay: row.last_day,
      leftAt: row.left_at.toISOString(),
      inferred: row.inferred,
      knownToHrAt: row.known_to_hr_at?.toISOString() ?? null,
      detectedAt: row.detected_at?.toISOString() ?? null,
      lastSeenAt,
      firstAbsentAt,
      confirmed: row.confirmed,
      removedAt:
        (firstAbsentAt !== null &&
          username !== null &&
          removed.findLast((one) => one.username === username && one.at >= lastSeenAt && one.at <= firstAbsentAt)
            ?.at) ||
        null,
    };
  }
}

/** Whoever left and held access within the last 400 days. */
export const removalSource: SubjectSource = {
  name: 'removals',
  async *subjects(runner, about) {
    for await (const facts of removals(runner, about)) {
      const { kind, id: key, name } = facts;
      yield { subject: { kind, key, name, system: null }, facts };
    }
  },
};
