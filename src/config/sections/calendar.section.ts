import { IsOptional } from 'class-validator';
import { Text, TextList } from '../fields.js';
import { isDay, isTimeZone } from '../formats.js';

/** As `calendar.weekend` writes them; the number is that of ISO 8601. */
export const weekdays: Readonly<Record<string, number>> = {
  monday: 1,
  tuesday: 2,
  wednesday: 3,
  thursday: 4,
  friday: 5,
  saturday: 6,
  sunday: 7,
};

export class CalendarSection {
  @IsOptional()
  @Text('a time zone such as Europe/Berlin or UTC', isTimeZone)
  readonly timeZone?: string | null;

  @IsOptional()
  @TextList('a list of days of the calendar, YYYY-MM-DD, such as [2026-12-25]', 0, isDay)
  readonly holidays?: string[] | null;

  @IsOptional()
  @TextList('a list of days of the week, such as [saturday, sunday]', 0, (text) =>
    Object.hasOwn(weekdays, text.toLowerCase()),
  )
  readonly weekend?: string[] | null;
}
