import { CronTime } from 'cron';

/** A cron expression and the zone whose clock it means. */
export interface Schedule {
  readonly evaluation: string;
  readonly timeZone: string;
}

const minute = 60_000;
const day = 24 * 60 * minute;
/** How far back a slot is looked for, step by step: from every second to the 29th of February. */
const reaches = [minute, 60 * minute, day, 8 * day, 40 * day, 400 * day, 9 * 366 * day];

/** The slots after `after` and not after `until`, oldest first; no more than `atMost` of them. */
export function slotsBetween(schedule: Schedule, after: Date, until: Date, atMost: number): Date[] {
  const slots: Date[] = [];
  const time = new CronTime(schedule.evaluation, schedule.timeZone);
  let slot = next(time, schedule, after);
  while (slot <= until && slots.length < atMost) {
    slots.push(slot);
    slot = next(time, schedule, slot);
  }
  return slots;
}

/** The last slot that is not after `at`; null where there was none in nine years. */
export function previousSlot(schedule: Schedule, at: Date): Date | null {
  const time = new CronTime(schedule.evaluation, schedule.timeZone);
  for (const reach of reaches) {
    let slot = next(time, schedule, new Date(at.getTime() - reach));
    if (slot > at) continue;
    for (let following = next(time, schedule, slot); following <= at; following = next(time, schedule, slot)) {
      slot = following;
    }
    return slot;
  }
  return null;
}

/** The first slot after `at`. */
export function nextSlot(schedule: Schedule, at: Date): Date {
  return next(new CronTime(schedule.evaluation, schedule.timeZone), schedule, at);
}

/** The library's own search starts at the second itself, and leaves the milliseconds of the start in the answer. */
function next(time: CronTime, { timeZone }: Schedule, after: Date): Date {
  const second = new Date(Math.floor(after.getTime() / 1000) * 1000);
  const found = time.getNextDateFrom(second, timeZone).toJSDate();
  return new Date(Math.floor(found.getTime() / 1000) * 1000);
}
