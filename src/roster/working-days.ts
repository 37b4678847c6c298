import { DateTime, IANAZone } from 'luxon';
import type { Day, Instant } from './person.js';

const minuteMs = 60_000;
const earlier = [15, 30, 45, 60, 90, 120];

/** Calendar days of one time zone as instants. */
export class WorkingDays {
  private readonly starts = new Map<Day, Instant>();
  private readonly ends = new Map<Day, Instant>();

  constructor(private readonly zone: string) {}

  /** The first instant of the day, which is not always at midnight. */
  startOf(day: Day): Instant {
    const known = this.starts.get(day);
    if (known !== undefined) return known;
    const start = instantOf(firstOf(day, this.zone));
    this.starts.set(day, start);
    return start;
  }

  /** The first instant after the day. */
  endOf(day: Day): Instant {
    const known = this.ends.get(day);
    if (known !== undefined) return known;
    const end = this.startOf(dayAfter(day));
    this.ends.set(day, end);
    return end;
  }

  /** The day that it is there at an instant. */
  dayOf(instant: Instant): Day {
    return DateTime.fromISO(instant, { zone: this.zone }).toFormat('yyyy-MM-dd');
  }
}

export function instantOf(time: DateTime): Instant {
  return time.toUTC().toFormat("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'");
}

function dayAfter(day: Day): Day {
  return DateTime.fromISO(day, { zone: 'utc' }).plus({ days: 1 }).toFormat('yyyy-MM-dd');
}

/** Midnight of a day around which no clock was moved, as around nearly every one; null: one was. */
function midnightOf(day: Day, zone: string): DateTime | null {
  const rules = IANAZone.create(zone);
  const there = Date.parse(`${day}T00:00:00Z`);
  if (!rules.isValid || Number.isNaN(there)) return null;
  const offset = rules.offset(there);
  const midnight = there - offset * minuteMs;
  const around = [midnight, midnight - (earlier.at(-1) ?? 0) * minuteMs];
  return around.every((time) => rules.offset(time) === offset) ? DateTime.fromMillis(midnight, { zone: 'utc' }) : null;
}

/** Where clocks go back over midnight, the day begins twice: the first time counts. */
function firstOf(day: Day, zone: string): DateTime {
  const quiet = midnightOf(day, zone);
  if (quiet !== null) return quiet;
  const start = DateTime.fromISO(day, { zone }).startOf('day');
  for (const minutes of earlier.toReversed()) {
    const before = start.minus({ minutes });
    if (before.toFormat('yyyy-MM-dd') === day) return before;
  }
  return start;
}
