import { DateTime } from 'luxon';
import type { Day, Duration, Instant } from '../checks/check.js';
import { parseBusinessDays, parseDuration } from '../checks/duration.js';
import type { BusinessCalendar } from '../config/configuration.js';

/** The wall clock in the calendar's zone: what it shows, whether or not it shows it once. */
interface LocalTime {
  readonly day: Day;
  /** Since 00:00 on the clock's face, in milliseconds. */
  readonly timeOfDay: number;
}

/**
 * When something is due. Hours and days are that long. Business days are counted on the calendar: due at the same local time so
 * many business days later, where what starts on a weekend or holiday counts from 00:00 of the next business day. A local time
 * that the clock skips is due as much later, and one that it shows twice is due the first time.
 */
export class DueDates {
  readonly #holidays: ReadonlySet<Day>;
  readonly #weekend: ReadonlySet<number>;

  constructor(private readonly calendar: BusinessCalendar) {
    this.#holidays = new Set(calendar.holidays);
    this.#weekend = new Set(calendar.weekend);
  }

  /** `sla` was validated: a duration, or business days. */
  after(start: Instant, sla: Duration): Instant {
    const days = parseBusinessDays(sla);
    if (days !== null) return this.#instantOf(this.#later(this.#firstOf(this.#localTimeOf(start)), days));
    const milliseconds = parseDuration(sla);
    if (milliseconds === null) throw new Error(`neither a duration nor business days: ${sla}`);
    return new Date(Date.parse(start) + milliseconds).toISOString();
  }

  #firstOf(local: LocalTime): LocalTime {
    if (this.#isBusinessDay(local.day)) return local;
    let { day } = local;
    while (!this.#isBusinessDay(day)) day = following(day);
    return { day, timeOfDay: 0 };
  }

  #later({ day, timeOfDay }: LocalTime, days: number): LocalTime {
    let last = day;
    for (let left = days; left > 0; left -= this.#isBusinessDay(last) ? 1 : 0) last = following(last);
    return { day: last, timeOfDay };
  }

  #isBusinessDay(day: Day): boolean {
    return !this.#holidays.has(day) && !this.#weekend.has(DateTime.fromISO(day, { zone: 'utc' }).weekday);
  }

  #localTimeOf(instant: Instant): LocalTime {
    const local = DateTime.fromISO(instant, { zone: this.calendar.timeZone });
    const { hour, minute, second, millisecond } = local;
    return { day: dayOf(local), timeOfDay: ((hour * 60 + minute) * 60 + second) * 1000 + millisecond };
  }

  #instantOf({ day, timeOfDay }: LocalTime): Instant {
    const face = DateTime.fromISO(day, { zone: 'utc' }).plus(timeOfDay);
    // Luxon settles on either one of two instants with the same local time.
    const instants = face.setZone(this.calendar.timeZone, { keepLocalTime: true }).getPossibleOffsets();
    return new Date(Math.min(...instants.map((instant) => instant.toMillis()))).toISOString();
  }
}

function following(day: Day): Day {
  return dayOf(DateTime.fromISO(day, { zone: 'utc' }).plus({ days: 1 }));
}

function dayOf(date: DateTime): Day {
  return date.toFormat('yyyy-MM-dd');
}
