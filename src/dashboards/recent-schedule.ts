import type { EntityManager } from 'typeorm';
import type { Configuration } from '../config/configuration.js';
import { scheduleState } from '../findings/schedule-state.query.js';
import type { OverviewSchedule } from './overview.js';

const freshMs = 5_000;

/**
 * How evaluations keep to the schedule. To search a cron expression for its slots takes longer than all that an overview reads,
 * so an answer holds for five seconds, or until there is another evaluation or another configuration.
 */
export class RecentSchedule {
  #last: {
    readonly configuration: Configuration;
    readonly evaluation: string | null;
    readonly until: number;
    readonly state: Promise<OverviewSchedule>;
  } | null = null;

  /** `evaluation` is the number of the newest one. */
  async state(
    manager: EntityManager,
    configuration: Configuration,
    evaluation: string | null,
    now: Date,
  ): Promise<OverviewSchedule> {
    const last = this.#last;
    if (
      last !== null &&
      last.configuration === configuration &&
      last.evaluation === evaluation &&
      now.getTime() < last.until
    ) {
      return last.state;
    }
    const state = read(manager, configuration, now);
    const entry = { configuration, evaluation, until: now.getTime() + freshMs, state };
    this.#last = entry;
    try {
      return await state;
    } catch (error) {
      if (this.#last === entry) this.#last = null;
      throw error;
    }
  }
}

async function read(manager: EntityManager, configuration: Configuration, now: Date): Promise<OverviewSchedule> {
  const state = await scheduleState(manager, configuration, now);
  return {
    lastEvaluationAt: state.lastEvaluationAt?.toISOString() ?? null,
    lastSlot: state.lastSlot?.toISOString() ?? null,
    nextSlot: state.nextSlot.toISOString(),
    missed: state.missed,
    onTime: state.onTime,
  };
}
