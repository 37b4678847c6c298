import type { EntityManager } from 'typeorm';
import type { Instant } from '../../checks/check.js';

/** Days before the expiry on which it is told. */
export const reminderDays = [14, 7, 1] as const;

const dayMs = 86_400_000;

/** The shortest reminder that is due so long before the expiry; null: none is. */
export function dueReminder(expiresAt: Date, now: Instant): number | null {
  const left = expiresAt.getTime() - Date.parse(now);
  return reminderDays.findLast((days) => left <= days * dayMs) ?? null;
}

/**
 * Notes for the alerts that exceptions will expire, each threshold once. What was due when the exception was approved is no
 * news to those who made it so short.
 */
export async function remindOfExpiry(
  manager: EntityManager,
  { number, at }: { readonly number: string; readonly at: Instant },
): Promise<void> {
  const standing: { id: string; expires_at: Date; reminded: number | null }[] = await manager.query(
    `select id, expires_at, reminded from exception where state = 'approved' and expires_at <= $1::timestamptz + interval '14 days'`,
    [at],
  );
  const due = standing.flatMap(({ id, expires_at: expiresAt, reminded }) => {
    const days = dueReminder(expiresAt, at);
    return days === null || (reminded !== null && reminded <= days) ? [] : [{ id, days }];
  });
  if (due.length === 0) return;
  await manager.query(
    `with reminded as (
       update exception set reminded = row.days
         from jsonb_to_recordset($1) as row (id bigint, days smallint) where exception.id = row.id
       returning exception.id, row.days)
     insert into finding_transition (finding_id, evaluation_number, at, kind, because, exception_id)
     select finding.id, $2::bigint, $3::timestamptz, 'exception_expiring', reminded.days || 'd', reminded.id
       from reminded join finding on finding.excepted_by = reminded.id and finding.resolved_at is null
      order by finding.id`,
    [JSON.stringify(due), number, at],
  );
}
