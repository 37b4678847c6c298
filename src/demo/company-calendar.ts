import { DateTime } from 'luxon';

/** Days and moments as seen from one instant, so that the demo tells the same story in any year. */
export class Calendar {
  readonly #now: DateTime;

  /** Days change at midnight in `timeZone`. */
  constructor(now: string, timeZone: string) {
    this.#now = DateTime.fromISO(now, { zone: timeZone });
  }

  /** `YYYY-MM-DD`, so many days from today. */
  day(offset: number): string {
    return this.#now.plus({ days: offset }).toFormat('yyyy-MM-dd');
  }

  /** An instant so many days from now, with the microseconds that Docker Hub writes. */
  moment(offset: number): string {
    return this.#now.plus({ days: offset }).toUTC().toFormat("yyyy-MM-dd'T'HH:mm:ss.SSS'000Z'");
  }

  /** To the second, as organization tokens and SCIM have it. */
  second(offset: number): string {
    return this.#now.plus({ days: offset }).toUTC().toFormat("yyyy-MM-dd'T'HH:mm:ss'Z'");
  }
}
