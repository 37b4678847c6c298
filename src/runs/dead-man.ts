import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { evaluationOnTime } from '../checks/catalog/evaluation-on-time.check.js';
import type { Instant } from '../checks/check.js';
import { minuteOf } from '../checks/compare.js';
import { counted } from '../checks/wording.js';
import type { CheckConfig } from '../config/configuration.js';
import type { ConfigurationInForce } from '../config/configuration-in-force.js';
import { databaseClock } from '../database/database-clock.js';
import { DueDates } from '../findings/due-dates.js';
import { openFinding } from '../findings/open-finding.js';
import { scheduleState, type ScheduleState } from '../findings/schedule-state.query.js';
import { Recurring } from './recurring.js';

const everyMs = 60_000;

/**
 * Tells that nights are missing while they are: the check of the same name can only tell once an evaluation takes place again,
 * which is what does not happen.
 */
export class DeadMan {
  private readonly logger = new Logger('Runs');
  readonly #turns = new Recurring('watching the schedule', everyMs, () => this.look());
  #isTold = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly configuration: Pick<ConfigurationInForce, 'current'>,
  ) {}

  start(): void {
    this.#turns.start();
  }

  async stop(): Promise<void> {
    await this.#turns.stop();
  }

  async look(): Promise<void> {
    const configuration = this.configuration.current;
    const check = configuration.checks.find(({ id }) => id === evaluationOnTime.id);
    if (check?.enabled !== true) return;
    const { manager } = this.dataSource;
    const now = await databaseClock(manager);
    const state = await scheduleState(manager, configuration, new Date(now));
    if (state.onTime || (await this.#isAboutToBeJudged())) {
      this.#isTold &&= !state.onTime;
      return;
    }
    await this.#tell(check, state, notBefore(state.lastEvaluationAt, now));
    if (this.#isTold) return;
    this.logger.error('Scheduled evaluations are missing', {
      missed: state.missed,
      lastSlot: state.lastSlot?.toISOString(),
    });
    this.#isTold = true;
  }

  /** A run that is at work judges the same check at its end, and would meet a finding of ours half-way. */
  async #isAboutToBeJudged(): Promise<boolean> {
    const [row]: { found: boolean }[] = await this.dataSource.query(
      `select exists (select from run where state = 'running' and failures = 0
                                        and started_at > clock_timestamp() - interval '1 hour') as found`,
    );
    return row?.found ?? false;
  }

  async #tell(check: CheckConfig, state: ScheduleState, at: Instant): Promise<void> {
    const { calendar, organizations: configured } = this.configuration.current;
    const dueAt = new DueDates(calendar).after(at, check.sla);
    await this.dataSource.transaction(async (manager) => {
      const organizations: { id: string; name: string }[] = await manager.query(
        'select id, name from organization where name = any ($1) order by id',
        [configured.map(({ name }) => name)],
      );
      for (const { id, name } of organizations) {
        await openFinding(manager, {
          check: check.id,
          organizationId: id,
          subject: { kind: 'organization', key: name, name },
          severity: check.severity,
          dueAt,
          ...sayingOf(name, state),
          at,
        });
      }
    });
  }
}

/** A finding is never older than the evaluation before it, also where that was made with a clock of its own. */
function notBefore(last: Date | null, now: Instant): Instant {
  return last !== null && last.toISOString() > now ? last.toISOString() : now;
}

function sayingOf(
  organization: string,
  { lastEvaluationAt, lastSlot, missed }: ScheduleState,
): { readonly reason: string; readonly message: string } {
  const last =
    lastEvaluationAt === null
      ? `${organization} has never been evaluated`
      : `The last evaluation of ${organization} was at ${minuteOf(lastEvaluationAt.toISOString())}`;
  const due =
    lastSlot === null ? '' : `; the one that was due at ${minuteOf(lastSlot.toISOString())} has not taken place`;
  if (missed === 0) return { reason: 'EVALUATION_LATE', message: `${last}${due}.` };
  return {
    reason: 'NIGHTS_MISSING',
    message: `${last}${due}, and ${counted(missed, 'scheduled evaluation')} before it ${missed === 1 ? 'is' : 'are'} missing too.`,
  };
}
