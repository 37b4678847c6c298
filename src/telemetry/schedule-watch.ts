import { Logger } from '@nestjs/common';
import { isDatabaseLost } from '../database/is-database-lost.js';
import { SharedAnswer } from './shared-answer.js';

/** How the evaluations keep to the schedule. */
export interface ScheduleView {
  readonly lastEvaluationAt: Date | null;
  readonly nextSlot: Date;
  readonly missed: number;
  readonly onTime: boolean;
}

const keepMs = 10_000;
const patienceMs = 2_000;

/** Keeps the answer for a while and never waits long for it: counting the slots of a year is work. */
export class ScheduleWatch {
  private readonly logger = new Logger('Telemetry');
  readonly #answer: SharedAnswer<ScheduleView | null>;

  constructor(look: () => Promise<ScheduleView>) {
    this.#answer = new SharedAnswer(async () => {
      try {
        return await look();
      } catch (error) {
        if (!isDatabaseLost(error)) this.logger.error('The schedule could not be looked at', { error });
        return null;
      }
    }, keepMs);
  }

  /** Null: the database did not say in time. */
  async view(): Promise<ScheduleView | null> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), patienceMs);
    });
    try {
      return await Promise.race([this.#answer.get(), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
