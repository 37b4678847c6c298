import { DateTime } from 'luxon';
import type { AlertConfig } from '../config/configuration.js';

/** `from` is quiet, `to` no longer; an interval whose end is the earlier time of day goes over midnight. */
export function isQuiet({ from, to, timeZone }: NonNullable<AlertConfig['quietHours']>, now: number): boolean {
  const time = DateTime.fromMillis(now, { zone: timeZone }).toFormat('HH:mm');
  return from <= to ? from <= time && time < to : from <= time || time < to;
}
