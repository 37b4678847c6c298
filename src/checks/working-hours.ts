import { ValidateBy } from 'class-validator';
import type { Instant } from './check.js';

const written = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/;

/** Minutes after midnight; null where the text is no span of one day. */
function spanOf(text: string): { readonly from: number; readonly to: number } | null {
  const match = written.exec(text.trim());
  if (match === null) return null;
  const [from, to] = [Number(match[1]) * 60 + Number(match[2]), Number(match[3]) * 60 + Number(match[4])];
  return from < to && to <= 1440 ? { from, to } : null;
}

/** `07:00-19:00`. */
export function HoursOfDay(): PropertyDecorator {
  return ValidateBy(
    {
      name: 'hoursOfDay',
      validator: { validate: (value: unknown) => typeof value === 'string' && spanOf(value) !== null },
    },
    { message: 'expected hours of one day such as "07:00-19:00"' },
  );
}

export function TimeZone(): PropertyDecorator {
  return ValidateBy(
    { name: 'timeZone', validator: { validate: (value: unknown) => typeof value === 'string' && isTimeZone(value) } },
    { message: 'expected a time zone such as Europe/Berlin or UTC' },
  );
}

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Whether somebody who works these hours, Monday to Friday, was at work. Hours and zone as the policy validated them. */
export function isAtWork(at: Instant, hours: string, timeZone: string): boolean {
  const span = spanOf(hours);
  const parts = new Map(
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
      .formatToParts(Date.parse(at))
      .map(({ type, value }) => [type, value]),
  );
  const minute = Number(parts.get('hour')) * 60 + Number(parts.get('minute'));
  const isWeekend = ['Sat', 'Sun'].includes(parts.get('weekday') ?? '');
  return span !== null && !isWeekend && minute >= span.from && minute < span.to;
}
