import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { DateTime } from 'luxon';

const withZone = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})$/i;
// The database has no year 0, and our own text of an instant no year 10000.
const earliest = DateTime.fromISO('0001-01-02T00:00:00Z');
const latest = DateTime.fromISO('9999-12-30T00:00:00Z');

/** An instant in whatever zone it was written, as ISO 8601 in UTC with milliseconds; null where the text is none. */
function readInstant(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  // A plus sign that somebody forgot to escape arrives as a space.
  const [, day, zone] = withZone.exec(value.replace(/ (?=\d{2}:?\d{2}$)/, '+')) ?? [];
  if (day === undefined || zone === undefined) return null;
  const instant = DateTime.fromISO(`${day}${zone}`, { zone: 'utc' });
  return instant.isValid && instant >= earliest && instant <= latest ? instant.toISO() : null;
}

/** A field that holds an instant: refused without a zone, handed on in UTC. */
export function IsInstant(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => readInstant(value) ?? value),
    ValidateBy(
      { name: 'isInstant', validator: { validate: (value) => readInstant(value) !== null } },
      { message: 'is not an ISO 8601 instant with a zone, such as 2026-11-21T02:00:00Z' },
    ),
  );
}
