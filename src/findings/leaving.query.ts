import { DateTime } from 'luxon';
import type { EntityManager } from 'typeorm';
import type { Day, Instant } from '../checks/check.js';
import type { HolderFacts } from '../checks/facts.js';
import type { LeavingFacts } from '../checks/privilege-facts.js';
import type { BusinessCalendar, Configuration } from '../config/configuration.js';

/** No policy asks about somebody who stays for longer. */
const mostDays = 60;
const day = 86_400_000;

interface LeavingRow {
  readonly key: string;
  readonly last_day: Day | null;
  readonly ends_at: string;
}

/** The accounts of people whose employment ends within sixty days and does not go on in another spell. */
export async function leavingSoon(
  manager: EntityManager,
  organizationId: string,
  { roster, calendar }: Pick<Configuration, 'roster' | 'calendar'>,
  now: Instant,
): Promise<ReadonlyMap<string, Partial<HolderFacts>>> {
  const rows: LeavingRow[] = await manager.query(
    `select link.subject_key as key, present.spell->>'endDate' as last_day, present.spell->>'endsAt' as ends_at
       from link
       join person on person.employee_id = link.employee_id and person.last_roster is null
       cross join lateral (
         select spell from jsonb_array_elements(person.data->'spells') as spell
          where coalesce((spell->>'startsAt')::timestamptz, '-infinity') <= $2
            and coalesce((spell->>'endsAt')::timestamptz, 'infinity') > $2
          order by coalesce((spell->>'startsAt')::timestamptz, '-infinity') desc limit 1) as present
      where link.organization_id = $1 and link.subject_kind = 'account' and link.ended_at is null
        and (present.spell->>'endsAt')::timestamptz <= $2::timestamptz + $3 * interval '1 day'
        and not exists (
          select from jsonb_array_elements(person.data->'spells') as next
           where next <> present.spell
             and coalesce((next->>'startsAt')::timestamptz, '-infinity') <= (present.spell->>'endsAt')::timestamptz
             and coalesce((next->>'endsAt')::timestamptz, 'infinity') > (present.spell->>'endsAt')::timestamptz)`,
    [organizationId, now, mostDays],
  );
  return new Map(rows.map((row) => [`account/${row.key}`, { leaving: leavingFacts(row, roster.timeZone, calendar) }]));
}

function leavingFacts({ last_day, ends_at }: LeavingRow, zone: string, calendar: BusinessCalendar): LeavingFacts {
  const endsAt = new Date(ends_at);
  const handoverBy = lastBusinessDay(endsAt, zone, calendar);
  return {
    lastDay: last_day,
    endsAt: endsAt.toISOString(),
    handoverBy: handoverBy.toISOString(),
    clockFrom: new Date(handoverBy.getTime() - day).toISOString(),
  };
}

/** When the last business day before `endsAt` begins. */
function lastBusinessDay(endsAt: Date, zone: string, { holidays, weekend }: BusinessCalendar): Date {
  const closed = (date: DateTime): boolean =>
    weekend.includes(date.weekday) || holidays.includes(date.toFormat('yyyy-MM-dd'));
  let date = DateTime.fromJSDate(endsAt, { zone }).minus({ milliseconds: 1 }).startOf('day');
  // A calendar may call a whole year a holiday.
  for (let days = 0; closed(date) && days < mostDays; days += 1) date = date.minus({ days: 1 });
  return date.toJSDate();
}
