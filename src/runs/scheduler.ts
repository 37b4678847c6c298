import { Logger } from '@nestjs/common';
import type { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import type { ConfigurationInForce } from '../config/configuration-in-force.js';
import { isDatabaseLost } from '../database/is-database-lost.js';
import { Recurring } from './recurring.js';
import type { Slots } from './slots.js';

const jobName = 'evaluation';
const usualCatchUpMs = 15_000;

/**
 * Has the nightly run asked for when its time comes, by the schedule that is in force. What a timer misses, because the machine
 * slept or the database was away, is caught up soon after.
 */
export class Scheduler {
  private readonly logger = new Logger('Runs');
  readonly #catchUp: Recurring;
  #isAtWork = false;

  constructor(
    private readonly registry: SchedulerRegistry,
    private readonly slots: Slots,
    private readonly configuration: Pick<ConfigurationInForce, 'current' | 'onChange'>,
    private readonly clock: () => Date = () => new Date(),
    catchUpMs = usualCatchUpMs,
  ) {
    this.#catchUp = new Recurring('catching up', catchUpMs, () =>
      this.slots.catchUp(this.configuration.current.schedule),
    );
    configuration.onChange(() => {
      if (this.#isAtWork) this.#setTimer();
    });
  }

  /** Null: at work. Otherwise what is wrong, in words for anybody. */
  get trouble(): string | null {
    return this.#catchUp.trouble;
  }

  start(): void {
    this.#isAtWork = true;
    this.#setTimer();
    this.#catchUp.start();
  }

  async stop(): Promise<void> {
    this.#isAtWork = false;
    this.#removeTimer();
    await this.#catchUp.stop();
  }

  #setTimer(): void {
    this.#removeTimer();
    const { schedule } = this.configuration.current;
    const job = CronJob.from({
      cronTime: schedule.evaluation,
      timeZone: schedule.timeZone,
      onTick: () => this.#come(),
    });
    this.registry.addCronJob(jobName, job);
    job.start();
  }

  #removeTimer(): void {
    if (this.registry.doesExist('cron', jobName)) this.registry.deleteCronJob(jobName);
  }

  async #come(): Promise<void> {
    try {
      await this.slots.come(this.configuration.current.schedule, this.clock());
    } catch (error) {
      if (isDatabaseLost(error))
        this.logger.warn('The database cannot be reached; the slot is claimed later', { error });
      else this.logger.error('The slot could not be claimed; it is tried again', { error });
    }
  }
}
