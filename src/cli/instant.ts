import { DateTime } from 'luxon';
import type { Instant } from '../checks/check.js';

/** An ISO 8601 instant with its zone, such as 2026-11-21T02:00:00Z, in UTC with milliseconds; null for anything else. */
export function parseInstant(text: string): Instant | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/.test(text)) return null;
  const instant = DateTime.fromISO(text, { zone: 'utc' });
  return instant.isValid && instant.year >= 1970 && instant.year <= 9999 ? instant.toJSDate().toISOString() : null;
}
