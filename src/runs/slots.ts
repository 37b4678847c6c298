import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { previousSlot, type Schedule } from '../config/schedule.js';
import { databaseClock } from '../database/database-clock.js';
import { endedAtSql } from '../findings/schedule-state.query.js';
import type { RunQueue } from './run-queue.js';

/** A timer may fire a moment before its time. */
const earlyMs = 500;
/** A process whose clock is further off than this from the database's does not say when a night begins. */
const mostSkewMs = 5 * 60_000;

/** Turns the schedule into runs: one for each slot, whoever of the processes claims it and by whatever clock. */
export class Slots {
  private readonly logger = new Logger('Runs');

  constructor(
    private readonly dataSource: DataSource,
    private readonly queue: RunQueue,
  ) {}

  /** The slot that has just come by the clock of this process. */
  async come(schedule: Schedule, now: Date): Promise<void> {
    const slot = previousSlot(schedule, new Date(now.getTime() + earlyMs));
    if (slot === null) return;
    const aheadMs = slot.getTime() - Date.parse(await databaseClock(this.dataSource.manager));
    if (Math.abs(aheadMs) > mostSkewMs) {
      this.logger.error('The clock of this machine and that of the database disagree; set them', {
        seconds: Math.round(aheadMs / 1000),
      });
      return;
    }
    await this.#claim(slot, 'on time');
  }

  /**
   * The newest slot, where nobody has had it and nothing was evaluated since: every process was down, or the database was. Older
   * ones stay missed, because a run can only tell what is the case now. A slot from before the installation is none.
   */
  async catchUp(schedule: Schedule): Promise<void> {
    const slot = previousSlot(schedule, new Date(await databaseClock(this.dataSource.manager)));
    if (slot === null) return;
    const [row]: { missed: boolean }[] = await this.dataSource.query(
      `select not exists (select from schedule_slot where slot = $1)
              and not exists (select from evaluation where finished_at is not null and ${endedAtSql} >= $1)
              and $1 > least((select min(started_at) from evaluation), (select min(requested_at) from run),
                             (select min(created_at) from api_token)) as missed`,
      [slot],
    );
    if (row?.missed === true) await this.#claim(slot, 'caught up');
  }

  async #claim(slot: Date, how: 'on time' | 'caught up'): Promise<void> {
    const claim = await this.queue.claimSlot(slot);
    if (claim !== 'taken') this.logger.log('Slot claimed', { slot: slot.toISOString(), how, claim });
  }
}
